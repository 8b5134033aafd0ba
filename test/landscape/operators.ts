/** Symmetric operators with a known spectrum. */
import type { Multiply } from "../../src/landscape/symmetricOperator.js";
import { randomStream } from "../../src/linalg/random.js";
import { symmetricEigen } from "../../src/linalg/symmetricEigen.js";
import { axpy, dot } from "../../src/linalg/vectors.js";

export const dense =
  (matrix: Float64Array, n: number): Multiply =>
  async (v) =>
    Float64Array.from({ length: n }, (_, i) => dot(matrix.subarray(i * n, (i + 1) * n), v));

export const diagonal =
  (d: Float64Array): Multiply =>
  async (v) =>
    v.map((x, i) => x * d[i]);

/** A dense symmetric matrix with the given eigenvalues and random eigenvectors. */
export function withSpectrum(spectrum: number[], seed: number): Float64Array {
  const n = spectrum.length;
  const random = randomStream(seed, "matrix");
  const q = symmetricEigen(Float64Array.from({ length: n * n }, random.normal), n).vectors;
  const matrix = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const v = q.subarray(k * n, (k + 1) * n);
    for (let i = 0; i < n; i++) axpy(spectrum[k] * v[i], v, matrix.subarray(i * n, (i + 1) * n));
  }
  return matrix;
}
