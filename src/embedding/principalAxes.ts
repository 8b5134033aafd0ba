import { symmetricEigen } from "../linalg/symmetricEigen.js";

/**
 * Moves the mean of n points in `dimensions` coordinates (row-major, in place) to 0, and rotates them so that the first
 * coordinate varies most, then the second. The entry of the largest size on each axis is positive. So a drawing that
 * may be rotated and mirrored freely always looks the same.
 */
export function toPrincipalAxes(points: Float64Array, n: number, dimensions: number): void {
  for (let k = 0; k < dimensions; k++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += points[i * dimensions + k] / n;
    for (let i = 0; i < n; i++) points[i * dimensions + k] -= mean;
  }
  const products = new Float64Array(dimensions * dimensions);
  for (let i = 0; i < n; i++) {
    const point = points.subarray(i * dimensions, (i + 1) * dimensions);
    for (let k = 0; k < dimensions; k++)
      for (let l = 0; l <= k; l++) products[k * dimensions + l] += point[k] * point[l];
  }
  const { vectors } = symmetricEigen(products, dimensions);
  const turned = new Float64Array(points.length);
  for (let k = 0; k < dimensions; k++) {
    const axis = vectors.subarray((dimensions - 1 - k) * dimensions, (dimensions - k) * dimensions);
    const along = Float64Array.from({ length: n }, (_, i) =>
      axis.reduce((sum, share, l) => sum + share * points[i * dimensions + l], 0),
    );
    const sign = signOf(along);
    for (let i = 0; i < n; i++) turned[i * dimensions + k] = sign * along[i];
  }
  points.set(turned);
}

/** The sign of the first entry of the largest size. Entries that differ only by rounding count as equally large. */
export function signOf(vector: Float64Array): number {
  const largest = vector.reduce((x, y) => Math.max(x, Math.abs(y)), 0);
  return Math.sign(vector.find((x) => Math.abs(x) >= largest * (1 - 1e-9)) ?? 1) || 1;
}
