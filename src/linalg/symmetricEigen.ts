import { axpy, dot, maxAbs } from "./vectors.js";

export interface Eigen {
  /** n eigenvalues, ascending. */
  values: Float64Array;
  /** n × n, row-major: row k is the unit eigenvector of `values[k]`. */
  vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a dense symmetric matrix: Householder reduction to tridiagonal form, then implicit QL
 * (Wilkinson & Reinsch, Handbook for Automatic Computation II, 1971). O(n³); errors are of the order of ε‖A‖.
 *
 * @param matrix n × n, row-major. Only the lower triangle is read, and nothing is changed.
 * @throws RangeError when the matrix does not have n² entries; Error when an entry is NaN or infinite.
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  if (matrix.length !== n * n) throw new RangeError(`a ${n}×${n} matrix has ${n * n} entries, found ${matrix.length}`);
  const rows = Array.from({ length: n }, (_, i) => matrix.slice(i * n, i * n + i + 1));
  const scaling = powerOfTwoAbove(rows.reduce((largest, row, i) => Math.max(largest, finiteMax(row, `row ${i}`)), 0));
  for (const row of rows) for (let j = 0; j < row.length; j++) row[j] /= scaling;

  const { diagonal, offDiagonal, reflectors, halves } = tridiagonalize(rows);
  const { values, vectors } = tridiagonalEigen(diagonal, offDiagonal);
  for (let k = 0; k < n; k++) {
    const vector = vectors.subarray(k * n, (k + 1) * n);
    for (let i = 2; i < n; i++) {
      if (halves[i] === 0) continue;
      const head = vector.subarray(0, i);
      axpy(-dot(reflectors[i], head) / halves[i], reflectors[i], head);
    }
    values[k] *= scaling;
  }
  return { values, vectors };
}

/**
 * Eigenvalues and eigenvectors of a symmetric tridiagonal matrix by implicit QL.
 *
 * @param diagonal n entries. @param offDiagonal n − 1 entries, `offDiagonal[i]` couples i and i + 1. Neither is
 * changed.
 * @throws RangeError when the lengths disagree; Error when an entry is NaN or infinite.
 */
export function tridiagonalEigen(diagonal: Float64Array, offDiagonal: Float64Array): Eigen {
  const n = diagonal.length;
  const vectors = Array.from({ length: n }, (_, k) => {
    const row = new Float64Array(n);
    row[k] = 1;
    return row;
  });
  const values = implicitQL(diagonal, offDiagonal, (i, sine, cosine) =>
    rotate(vectors[i], vectors[i + 1], sine, cosine),
  );
  const order = Array.from(values.keys()).sort((i, j) => values[i] - values[j] || i - j);
  const sorted = new Float64Array(n * n);
  for (const [k, i] of order.entries()) sorted.set(vectors[i], k * n);
  return { values: Float64Array.from(order, (i) => values[i]), vectors: sorted };
}

/**
 * QᵀAQ = T with Q = P₍ₙ₋₁₎ … P₂, Pᵢ = I − vᵢvᵢᵀ/hᵢ acting on the first i coordinates. `rows[i]` holds row i of the
 * lower triangle. Reflector i overwrites it.
 */
function tridiagonalize(rows: Float64Array[]) {
  const n = rows.length;
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(Math.max(0, n - 1));
  const halves = new Float64Array(n);
  for (let i = n - 1; i >= 1; i--) {
    const v = rows[i].subarray(0, i);
    diagonal[i] = rows[i][i];
    const length = Math.sqrt(dot(v, v));
    if (i === 1 || length === 0 || maxAbs(v.subarray(0, i - 1)) === 0) {
      offDiagonal[i - 1] = v[i - 1];
      continue;
    }
    const last = v[i - 1];
    offDiagonal[i - 1] = last > 0 ? -length : length;
    halves[i] = length * (length + Math.abs(last));
    v[i - 1] = last - offDiagonal[i - 1];

    const q = new Float64Array(i);
    for (let j = 0; j < i; j++) {
      const row = rows[j].subarray(0, j);
      q[j] += dot(row, v) + rows[j][j] * v[j];
      axpy(v[j], row, q.subarray(0, j));
    }
    for (let j = 0; j < i; j++) q[j] /= halves[i];
    axpy(-dot(v, q) / (2 * halves[i]), v, q);
    for (let j = 0; j < i; j++) {
      const row = rows[j];
      for (let k = 0; k <= j; k++) row[k] -= v[j] * q[k] + q[j] * v[k];
    }
  }
  if (n > 0) diagonal[0] = rows[0][0];
  const reflectors = rows.map((row, i) => row.subarray(0, i));
  return { diagonal, offDiagonal, reflectors, halves };
}

/**
 * The eigenvalues in the order in which they appear on the diagonal. Each rotation of the axes i and i + 1 is passed to
 * `turn`.
 */
function implicitQL(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  turn: (i: number, sine: number, cosine: number) => void,
): Float64Array {
  const n = diagonal.length;
  if (offDiagonal.length !== Math.max(0, n - 1)) {
    throw new RangeError(
      `${n} diagonal entries need ${Math.max(0, n - 1)} off-diagonal ones, found ${offDiagonal.length}`,
    );
  }
  const largest = Math.max(finiteMax(diagonal, "the diagonal"), finiteMax(offDiagonal, "the off-diagonal"));
  const scaling = powerOfTwoAbove(largest);
  const d = diagonal.map((x) => x / scaling);
  const e = new Float64Array(n);
  for (let i = 0; i + 1 < n; i++) e[i] = offDiagonal[i] / scaling;

  const negligible = Number.EPSILON ** 2;
  for (let low = 0; low < n; low++) {
    for (let sweep = 0; ; sweep++) {
      let high = low;
      while (high < n - 1) {
        const size = Math.abs(d[high]) + Math.abs(d[high + 1]);
        if (Math.abs(e[high]) <= Number.EPSILON * size + negligible) break;
        high++;
      }
      if (high === low) break;
      if (sweep === 60) throw new Error(`QL has not converged for eigenvalue ${low} of ${n} after 60 sweeps`);

      // Wilkinson's shift, then Givens rotations that chase a bulge from `high` up to `low`.
      let g = (d[low + 1] - d[low]) / (2 * e[low]);
      const root = Math.hypot(g, 1);
      g = d[high] - d[low] + e[low] / (g + (g < 0 ? -root : root));
      let sine = 1;
      let cosine = 1;
      let p = 0;
      let i = high - 1;
      for (; i >= low; i--) {
        const f = sine * e[i];
        const b = cosine * e[i];
        const r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= p;
          e[high] = 0;
          break;
        }
        sine = f / r;
        cosine = g / r;
        g = d[i + 1] - p;
        const t = (d[i] - g) * sine + 2 * cosine * b;
        p = sine * t;
        d[i + 1] = g + p;
        g = cosine * t - b;
        turn(i, sine, cosine);
      }
      if (i >= low) continue;
      d[low] -= p;
      e[low] = g;
      e[high] = 0;
    }
  }
  return d.map((x) => x * scaling);
}

function rotate(a: Float64Array, b: Float64Array, sine: number, cosine: number): void {
  for (let k = 0; k < a.length; k++) {
    const f = b[k];
    b[k] = sine * a[k] + cosine * f;
    a[k] = cosine * a[k] - sine * f;
  }
}

/** Dividing by a power of two is exact. This scaling keeps squares in range without loss of accuracy. */
export function powerOfTwoAbove(x: number): number {
  return x === 0 ? 1 : 2 ** Math.min(1023, Math.max(-1022, Math.ceil(Math.log2(x))));
}

export function finiteMax(a: Float64Array, place: string): number {
  const largest = maxAbs(a);
  if (!Number.isFinite(largest)) {
    const index = a.findIndex((x) => !Number.isFinite(x));
    throw new Error(`${place} of the matrix has ${a[index]} at ${index}; eigenvalues need finite entries`);
  }
  return largest;
}
