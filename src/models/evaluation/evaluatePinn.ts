import type { Dtype } from "../../graph/program.js";
import type { Architecture } from "../networks/architecture.js";
import type { Objective } from "../problems/objective.js";
import type { PinnProblem } from "../problems/pinn.js";
import type { Evaluation } from "./evaluateSupervised.js";
import { pinnSolution, type Reference } from "./pinnSolution.js";

/**
 * The errors of a network with parameters `theta` on a differential equation: the training loss with its terms and, if
 * the problem states the exact solution, the errors of solutionErrors on the whole grid; with a reference, at its
 * points.
 */
export async function evaluatePinn(
  objective: Objective,
  theta: Float64Array,
  {
    architecture,
    problem,
    ...options
  }: { architecture: Architecture; problem: PinnProblem; dtype: Dtype; reference?: Reference },
): Promise<Evaluation> {
  const { loss, ...terms } = await objective.lossTerms(theta);
  const { computed, errors, outside } = await pinnSolution(architecture, theta, problem, options);
  const outputs = Object.values(computed);
  const all = outputs.flatMap((values) => [...values]);
  const first = Object.entries({ loss, ...terms }).map(([name, [value]]) => [name, value]);
  return {
    measures: { ...Object.fromEntries(first), ...errors },
    ofClasses: {},
    nonFinite: all.reduce((count, value) => count + Number(!Number.isFinite(value)), -outside * outputs.length),
    samples: outputs[0].length - outside,
  };
}
