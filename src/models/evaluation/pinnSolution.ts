import type { Dtype } from "../../graph/program.js";
import type { Architecture } from "../networks/architecture.js";
import { type PinnProblem, type Points, pinnVariables } from "../problems/pinn.js";
import { pinnGrid } from "../problems/pinnPoints.js";
import { pinnExact } from "./pinnErrors.js";
import { predict } from "./predict.js";

/** The network's u on the whole grid of a problem, first variable fastest, and the exact u if the problem states it. */
export async function pinnSolution(
  architecture: Architecture,
  theta: Float64Array,
  problem: PinnProblem,
  options: { dtype: Dtype },
): Promise<{ points: Points; u: Float64Array; exact?: Float64Array }> {
  const points = pinnGrid(problem);
  const variables = pinnVariables(problem);
  const count = points[variables[0]].length;
  const inputs = new Float64Array(variables.length * count);
  for (const [row, name] of variables.entries()) inputs.set(points[name], row * count);
  const u = await predict(architecture, theta, inputs, options);
  return { points, u, exact: pinnExact(problem, points) };
}
