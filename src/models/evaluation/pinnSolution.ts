import type { Dtype } from "../../graph/program.js";
import { type Architecture, createModel } from "../networks/architecture.js";
import { exactSolution } from "../problems/exactSolution.js";
import { inputValues } from "../problems/inputFeatures.js";
import { transformedValues } from "../problems/outputTransform.js";
import { type PinnProblem, type Points, pinnOutputs, pinnVariables } from "../problems/pinn.js";
import { pinnGrid, regionOf } from "../problems/pinnPoints.js";
import { solutionErrors } from "./pinnErrors.js";
import { predict } from "./predict.js";

/** A solution to measure against, at points of its own. */
export interface Reference {
  readonly points: Points;
  /** By output. Points where a value is not finite, such as those outside of a polygon, do not count. */
  readonly exact: Readonly<Record<string, Float64Array>>;
}

/**
 * The outputs on the grid of a problem, first variable fastest, with the exact ones that the problem states; NaN where
 * the equation does not hold.
 */
export interface PinnSolution {
  readonly points: Points;
  readonly computed: Readonly<Record<string, Float64Array>>;
  readonly exact: Readonly<Record<string, Float64Array>>;
  /** The number of points where the equation does not hold, or the reference has no value. */
  readonly outside: number;
  /** The error of each output with an exact solution. */
  readonly errors: Readonly<Record<string, number>>;
}

/** With a reference, the points and the exact outputs are its own. */
export async function pinnSolution(
  architecture: Architecture,
  theta: Float64Array,
  problem: PinnProblem,
  { dtype, reference }: { dtype: Dtype; reference?: Reference },
): Promise<PinnSolution> {
  const points = reference?.points ?? pinnGrid(problem);
  const variables = pinnVariables(problem);
  const count = points[variables[0]].length;
  const inputs = inputValues(points, problem, count);
  // Unknown coefficients follow the weights of the network.
  const weights = theta.subarray(0, createModel(architecture).size);
  const rows = await predict(architecture, weights, inputs, { dtype });
  const outputs = pinnOutputs(problem).map((name, row) => [name, rows.slice(row * count, (row + 1) * count)]);
  const computed = transformedValues(Object.fromEntries(outputs), points, problem);
  const exact = reference?.exact ?? exactSolution(problem, points);
  const phi = regionOf(problem)?.(points);
  const references = Object.values(reference?.exact ?? {});
  const counts = Array.from(
    { length: count },
    (_, i) => (phi === undefined || phi[i] < 0) && references.every((values) => Number.isFinite(values[i])),
  );
  const within = (lists: PinnSolution["computed"], map: (list: Float64Array) => Float64Array) =>
    Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, map(list)]));
  const kept = (list: Float64Array) => list.filter((_, i) => counts[i]);
  const masked = (list: Float64Array) => list.map((value, i) => (counts[i] ? value : Number.NaN));
  return {
    points,
    computed: within(computed, masked),
    exact: within(exact, masked),
    outside: counts.reduce((sum, counted) => sum + Number(!counted), 0),
    errors: solutionErrors(problem, within(computed, kept), within(exact, kept)),
  };
}
