import { pinnSolution } from "../../src/models/evaluation/pinnSolution.js";
import type { ExternalProblem } from "../../src/models/problems/externalProblem.js";
import type { ProblemWithoutData } from "../../src/models/problems/lossFunction.js";
import type { Objective } from "../../src/models/problems/objective.js";
import type { Setting } from "../artifacts/model.js";

/**
 * The terms of the loss, and the errors of a solution on the whole grid when the problem states the exact one. Problems
 * that learn from samples have neither.
 */
export async function solutionFacts(
  setting: Setting<ProblemWithoutData | ExternalProblem>,
  theta: Float64Array,
  objective: Objective,
): Promise<{ terms: Record<string, number>; errors: Record<string, number> }> {
  const terms = Object.entries(await objective.lossTerms(theta)).map(([name, [value]]) => [name, value] as const);
  return { terms: Object.fromEntries(terms), errors: await solutionErrors(setting, theta) };
}

async function solutionErrors(
  { architecture, problem, dtype }: Setting<ProblemWithoutData | ExternalProblem>,
  theta: Float64Array,
): Promise<Record<string, number>> {
  if (problem.kind !== "pinn") return {};
  return (await pinnSolution(architecture, theta, problem, { dtype })).errors;
}
