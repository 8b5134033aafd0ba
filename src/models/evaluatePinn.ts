import type { Evaluation } from "./evaluateSupervised.js";
import type { Objective } from "./objective.js";
import type { PinnProblem } from "./pinn.js";
import { pinnErrors } from "./pinnErrors.js";
import { pinnSolution } from "./pinnSolution.js";
import type { Predictor } from "./predictor.js";

/**
 * How well a network with parameters `theta` solves a differential equation: the training loss and the terms it is the sum
 * of, and where the exact solution is stated, the errors of pinnErrors on the whole grid.
 */
export async function evaluatePinn(
  { objective, predictor }: { objective: Objective; predictor: Predictor },
  theta: Float64Array,
  problem: PinnProblem,
): Promise<Evaluation> {
  const { loss, ...terms } = await objective.lossTerms(theta);
  const { u, exact } = await pinnSolution(predictor, theta, problem);
  const first = Object.entries({ loss, ...terms }).map(([name, [value]]) => [name, value]);
  return {
    measures: { ...Object.fromEntries(first), ...(exact && pinnErrors(u, exact)) },
    ofClasses: {},
    nonFinite: u.reduce((count, value) => (Number.isFinite(value) ? count : count + 1), 0),
    samples: u.length,
  };
}
