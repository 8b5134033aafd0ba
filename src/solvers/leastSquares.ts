import { axpy, dot } from "../linalg/vectors.js";

/**
 * The x that minimises ‖Ax − b‖₂, by Householder reflections (Golub & Van Loan, Matrix Computations, §5.3). Columns
 * that depend on the ones before them get the coefficient 0.
 *
 * @param columns The columns of A, each as long as b, with at least as many rows as columns. Overwritten.
 */
export function leastSquares(columns: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = columns.length;
  if (b.length < n) throw new RangeError(`${b.length} equations for ${n} unknowns; expected at least as many`);
  const right = b.slice();
  const diagonal = new Float64Array(n);
  const largest = Math.sqrt(columns.reduce((most, column) => Math.max(most, dot(column, column)), 0));
  for (let k = 0; k < n; k++) {
    const reflector = columns[k].subarray(k);
    const norm = Math.sqrt(dot(reflector, reflector));
    if (norm <= Number.EPSILON * largest) {
      reflector.fill(0);
      continue;
    }
    diagonal[k] = reflector[0] > 0 ? -norm : norm;
    reflector[0] -= diagonal[k];
    const half = dot(reflector, reflector) / 2;
    for (let j = k + 1; j <= n; j++) {
      const target = (j < n ? columns[j] : right).subarray(k);
      axpy(-dot(reflector, target) / half, reflector, target);
    }
  }
  const x = new Float64Array(n);
  for (let k = n - 1; k >= 0; k--) {
    if (diagonal[k] === 0) continue;
    let sum = right[k];
    for (let j = k + 1; j < n; j++) sum -= columns[j][k] * x[j];
    x[k] = sum / diagonal[k];
  }
  return x;
}
