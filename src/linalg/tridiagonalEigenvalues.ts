import { finiteMax, powerOfTwoAbove } from "./symmetricEigen.js";

/**
 * The eigenvalues of a symmetric tridiagonal matrix, ascending, by the QL iteration without square roots (Pal, Walker &
 * Kahan; Parlett 1980, *The symmetric eigenvalue problem*, section 8.15), in O(n²). Errors are of the order of ε‖T‖.
 *
 * @param diagonal n entries. @param offDiagonal n − 1 entries, `offDiagonal[i]` couples i and i + 1. Neither is
 * changed.
 * @throws Error when an entry is NaN or infinite.
 */
export function tridiagonalEigenvalues(diagonal: Float64Array, offDiagonal: Float64Array): Float64Array {
  const n = diagonal.length;
  const scaling = powerOfTwoAbove(
    Math.max(finiteMax(diagonal, "the diagonal"), finiteMax(offDiagonal, "the off-diagonal")),
  );
  const d = diagonal.map((x) => x / scaling);
  const squares = new Float64Array(n);
  for (let i = 0; i + 1 < n; i++) squares[i] = (offDiagonal[i] / scaling) ** 2;
  for (let low = 0; low < n; low++) {
    for (let sweep = 0; ; sweep++) {
      let high = low;
      while (high < n - 1) {
        const small = Number.EPSILON * (Math.abs(d[high]) + Math.abs(d[high + 1])) + Number.EPSILON ** 2;
        if (squares[high] <= small * small) break;
        high++;
      }
      if (high === low) break;
      if (sweep === 60) throw new Error(`QL has not converged for eigenvalue ${low} of ${n} after 60 sweeps`);
      chase(d, squares, low, high);
    }
  }
  return d.map((x) => x * scaling).sort();
}

/** One sweep with Wilkinson's shift over the rows low … high, in squares of sines and cosines. */
function chase(d: Float64Array, squares: Float64Array, low: number, high: number): void {
  const root = Math.sqrt(squares[low]);
  const half = (d[low + 1] - d[low]) / (2 * root);
  const shift = d[low] - root / (half + Math.sign(half || 1) * Math.hypot(half, 1));
  let cosine = 1;
  let sine = 0;
  let gamma = d[high] - shift;
  let p = gamma * gamma;
  for (let i = high - 1; i >= low; i--) {
    const square = squares[i];
    const r = p + square;
    squares[i + 1] = sine * r;
    const before = cosine;
    cosine = p / r;
    sine = square / r;
    const old = gamma;
    gamma = cosine * (d[i] - shift) - sine * old;
    d[i + 1] = old + (d[i] - gamma);
    p = cosine === 0 ? before * square : (gamma * gamma) / cosine;
  }
  squares[low] = sine * p;
  d[low] = shift + gamma;
  squares[high] = 0;
}
