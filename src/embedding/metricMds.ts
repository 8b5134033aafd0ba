import { randomStream } from "../linalg/random.js";
import { classicalCoordinates } from "./classicalMds.js";
import { toPrincipalAxes } from "./principalAxes.js";
import { sgdMds } from "./sgdMds.js";
import { smacof } from "./smacof.js";
import { stressOf } from "./stress.js";

export interface MetricMdsOptions {
  dimensions: number;
  /** Stochastic gradient descent on pairs, or majorization. */
  solver: "sgd" | "smacof";
  seed: number;
  progress?(fraction: number): void;
}

const sgdEpochs = 15;
/** The classical solution is only a start, so this accuracy is enough. */
const startTolerance = 1e-4;
/** The default of phate 1.0. */
const smacofSteps = 3000;

/**
 * Metric multidimensional scaling: n points (row-major, along their principal axes) at a local minimum of the stress
 * Σ(drawn − given)² over all pairs, starting from the classical solution.
 *
 * @param distances n × n, row-major, symmetric, ≥ 0, with 0 on the diagonal.
 * @throws RangeError when the matrix does not have n² entries; Error when one is NaN or infinite.
 */
export function metricMds(distances: Float64Array, n: number, options: MetricMdsOptions): Float64Array {
  const { dimensions, solver, seed, progress } = options;
  const points = classicalCoordinates(distances, n, dimensions, startTolerance);
  leaveSubspace(distances, points, n, dimensions, seed);
  if (solver === "sgd") {
    sgdMds(distances, points, n, dimensions, {
      seed,
      epochs: sgdEpochs,
      onEpoch: (epoch) => progress?.(epoch / sgdEpochs),
    });
  } else {
    smacof(distances, points, n, dimensions, {
      iterations: smacofSteps,
      onStep: (step) => progress?.(step / smacofSteps),
    });
  }
  toPrincipalAxes(points, n, dimensions);
  return points;
}

/**
 * Points that all lie at 0 on an axis never leave it by themselves. When this costs stress, they start slightly off the
 * axis.
 */
function leaveSubspace(
  distances: Float64Array,
  points: Float64Array,
  n: number,
  dimensions: number,
  seed: number,
): void {
  const size = points.reduce((x, y) => Math.max(x, Math.abs(y)), 0);
  const flat = Array.from({ length: dimensions }, (_, k) => k).filter((k) =>
    points.every((x, c) => c % dimensions !== k || x === 0),
  );
  if (flat.length === 0 || stressOf(distances, points, n, dimensions).normalized < 1e-9) return;
  const random = randomStream(seed, "beside the subspace");
  for (let i = 0; i < n; i++) for (const k of flat) points[i * dimensions + k] = 1e-3 * (size || 1) * random.normal();
}
