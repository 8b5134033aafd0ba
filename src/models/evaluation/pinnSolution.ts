import type { Dtype } from "../../graph/program.js";
import type { Architecture } from "../networks/architecture.js";
import { type PinnProblem, type Points, pinnOutputs, pinnVariables } from "../problems/pinn.js";
import { pinnGrid } from "../problems/pinnPoints.js";
import { pinnExact, solutionErrors } from "./pinnErrors.js";
import { predict } from "./predict.js";

/** The outputs on the grid of a problem, first variable fastest, with the exact ones that the problem states. */
export interface PinnSolution {
  readonly points: Points;
  readonly computed: Readonly<Record<string, Float64Array>>;
  readonly exact: Readonly<Record<string, Float64Array>>;
  /** Of the outputs with an exact solution. */
  readonly errors: Readonly<Record<string, number>>;
}

export async function pinnSolution(
  architecture: Architecture,
  theta: Float64Array,
  problem: PinnProblem,
  options: { dtype: Dtype },
): Promise<PinnSolution> {
  const points = pinnGrid(problem);
  const variables = pinnVariables(problem);
  const count = points[variables[0]].length;
  const inputs = new Float64Array(variables.length * count);
  for (const [row, name] of variables.entries()) inputs.set(points[name], row * count);
  const rows = await predict(architecture, theta, inputs, options);
  const outputs = pinnOutputs(problem).map((name, row) => [name, rows.slice(row * count, (row + 1) * count)]);
  const computed: Record<string, Float64Array> = Object.fromEntries(outputs);
  const exact = pinnExact(problem, points);
  return { points, computed, exact, errors: solutionErrors(problem, computed, exact) };
}
