import { centredGram } from "../linalg/centredRows.js";
import type { AddProduct } from "../linalg/matrixProduct.js";
import { mirror } from "../linalg/mirror.js";
import { requireFinite } from "../linalg/vectors.js";
import type { Points } from "./points.js";

export type DistanceName = "euclidean" | "cosine";

/**
 * Squared distances below this share of the points' squared distances from their mean are recomputed from differences.
 * The others come from products, |a|² + |b|² − 2ab, with a relative error of about ε divided by this share.
 */
const CANCELLED = 1e-5;

/**
 * The distances of all pairs: n × n, row-major, symmetric, 0 on the diagonal and between equal points. The metric is
 * Euclidean or cosine. The cosine distance is 1 − the cosine of the angle at the origin, computed as half the squared
 * distance of the normalized vectors. Relative errors are below 10⁻¹⁰ for Euclidean and 2·10⁻¹⁰ for cosine distances,
 * even for points that are near each other and far from the origin.
 *
 * @throws RangeError for points of different lengths; Error when a coordinate is NaN or infinite and, for cosine, when
 * a point is the origin.
 */
export async function pairwiseDistances(
  points: Points,
  distance: DistanceName,
  { progress, product }: { progress?: (fraction: number) => void; product?: AddProduct } = {},
): Promise<Float64Array> {
  const n = points.length;
  requirePoints(points);
  const scales = distance === "cosine" ? Float64Array.from(points, reciprocalNorm) : new Float64Array(n).fill(1);
  const result = await centredGram(points, { center: "mean", scales, progress }, product);
  const squares = Float64Array.from({ length: n }, (_, i) => result[i * n + i]);
  for (let i = 0; i < n; i++) {
    result[i * n + i] = 0;
    for (let j = 0; j < i; j++) {
      const size = squares[i] + squares[j];
      let square = size - 2 * result[i * n + j];
      if (!(square > CANCELLED * size)) square = squaredDifference(points[i], scales[i], points[j], scales[j]);
      result[i * n + j] = distance === "cosine" ? square / 2 : Math.sqrt(square);
    }
  }
  mirror(result, n);
  return result;
}

/** @throws RangeError for points of different lengths; Error when a coordinate is NaN or infinite. */
export function requirePoints(points: Points): void {
  for (const [i, point] of points.entries()) {
    if (point.length !== points[0].length) {
      throw new RangeError(`point ${i} has ${point.length} coordinates, point 0 has ${points[0].length}`);
    }
    requireFinite(point, `point ${i}`);
  }
}

function reciprocalNorm(point: ArrayLike<number>, index: number): number {
  let square = 0;
  for (let k = 0; k < point.length; k++) square += point[k] * point[k];
  if (square === 0) throw new Error(`point ${index} is the origin, which has no cosine distance to others`);
  return 1 / Math.sqrt(square);
}

function squaredDifference(a: ArrayLike<number>, scaleA: number, b: ArrayLike<number>, scaleB: number): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) {
    const difference = scaleA * a[k] - scaleB * b[k];
    sum += difference * difference;
  }
  return sum;
}
