/**
 * Dense operations on f64 vectors, in which the optimizers and Lanczos spend their time.
 *
 * Dot products run in eight independent partial sums, always in the same order, so the same input gives the same bits.
 * All vectors of a call must have the same length, which is not checked here.
 */

type Vector = Float64Array | Float32Array;

/** Σ aᵢbᵢ, in f64. */
export function dot(a: Vector, b: Vector): number {
  const n = a.length;
  const end = n - (n & 7);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  for (let i = 0; i < end; i += 8) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
    s4 += a[i + 4] * b[i + 4];
    s5 += a[i + 5] * b[i + 5];
    s6 += a[i + 6] * b[i + 6];
    s7 += a[i + 7] * b[i + 7];
  }
  for (let i = end; i < n; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7));
}

/** Euclidean norm. Rescales when the squares overflow or underflow. NaN when an entry is NaN. */
export function norm(a: Vector): number {
  const squares = dot(a, a);
  if (squares > 1e-280 && squares < 1e300) return Math.sqrt(squares);
  const largest = maxAbs(a);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** max |aᵢ|. 0 for an empty vector, NaN when an entry is NaN. */
export function maxAbs(a: Vector): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const size = Math.abs(a[i]);
    if (!(size <= largest)) {
      if (Number.isNaN(size)) return size;
      largest = size;
    }
  }
  return largest;
}

/** True when every entry is finite. */
export function allFinite(a: Vector): boolean {
  const end = a.length - (a.length & 3);
  // 0 when all entries are finite, otherwise NaN. Four independent sums run in parallel.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < end; i += 4) {
    s0 += 0 * a[i];
    s1 += 0 * a[i + 1];
    s2 += 0 * a[i + 2];
    s3 += 0 * a[i + 3];
  }
  for (let i = end; i < a.length; i++) s0 += 0 * a[i];
  return s0 + s1 + s2 + s3 === 0;
}

/** Σ |aᵢ|. */
export function sumAbs(a: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]);
  return sum;
}

/** a ← αa. */
export function scale(alpha: number, a: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] *= alpha;
}

/** y ← y + αx. */
export function axpy(alpha: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i] += alpha * x[i];
}

/** y ← y + αx, then Σ yᵢzᵢ. Has the bits of `axpy` followed by `dot(y, z)`, in one pass over y instead of two. */
export function axpyDot(alpha: number, x: Float64Array, y: Float64Array, z: Float64Array): number {
  const n = y.length;
  const end = n - (n & 7);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  for (let i = 0; i < end; i += 8) {
    s0 += (y[i] += alpha * x[i]) * z[i];
    s1 += (y[i + 1] += alpha * x[i + 1]) * z[i + 1];
    s2 += (y[i + 2] += alpha * x[i + 2]) * z[i + 2];
    s3 += (y[i + 3] += alpha * x[i + 3]) * z[i + 3];
    s4 += (y[i + 4] += alpha * x[i + 4]) * z[i + 4];
    s5 += (y[i + 5] += alpha * x[i + 5]) * z[i + 5];
    s6 += (y[i + 6] += alpha * x[i + 6]) * z[i + 6];
    s7 += (y[i + 7] += alpha * x[i + 7]) * z[i + 7];
  }
  for (let i = end; i < n; i++) s0 += (y[i] += alpha * x[i]) * z[i];
  return s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7));
}

/** @throws Error that names the first NaN or infinite entry. The message begins with `what`. */
export function requireFinite(a: ArrayLike<number>, what: string): void {
  for (let i = 0; i < a.length; i++) {
    if (!Number.isFinite(a[i])) throw new Error(`${what} is not finite: entry ${i} is ${a[i]}`);
  }
}
