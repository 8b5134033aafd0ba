import { instantiate } from "./webAssembly.js";

/** Diagonals below the main one. The kernel `reflect` is compiled for this number. */
export const BAND_WIDTH = 48;

/**
 * A tridiagonal matrix with the eigenvalues of a symmetric band matrix (Murata & Horikoshi 1975; Lang 1993). A
 * reflection makes one column tridiagonal. Further reflections push the entries that it fills in below the band down
 * along the diagonal and out of the matrix. O(n² width), in a SIMD kernel.
 *
 * @param matrix n × n, row major; the lower triangle down to BAND_WIDTH below the diagonal is read.
 */
export function bandToTridiagonal(matrix: Float64Array, n: number) {
  // Row i of the band holds the columns i − 2·width … i, and a zero. Rows of zeros follow the last one, so that all
  // reflections have the same width.
  const reach = 2 * BAND_WIDTH;
  const stride = reach + 2;
  const rows = n + 2 * BAND_WIDTH;
  type Run = (corner: number, v: number, image: number, left: number, factor: number) => void;
  const { buffer, run } = instantiate<Run>("reflect", 8 * (rows * stride + 2 * BAND_WIDTH));
  const band = new Float64Array(buffer, 0, rows * stride);
  const v = new Float64Array(buffer, band.byteLength, BAND_WIDTH);
  const image = v.byteOffset + v.byteLength;
  for (let i = 0; i < n; i++) {
    for (let j = Math.max(0, i - BAND_WIDTH); j <= i; j++) band[i * stride + j - i + reach] = matrix[i * n + j];
  }

  for (let column = 0; column + 2 < n; column++) {
    // The reflection folds the rows of column `from` from `top` on into the entry at `top`.
    let from = column;
    for (let top = column + 1; top + 1 < n; top += BAND_WIDTH) {
      const first = top * stride + from - top + reach;
      const fold = foldingReflection(band, first, stride - 1, v);
      if (fold) {
        const corner = 8 * (top * stride + reach);
        run(corner, v.byteOffset, image, from === column ? corner : corner - 8 * BAND_WIDTH, fold.factor);
        band[first] = fold.entry;
        for (let r = 1; r < BAND_WIDTH; r++) band[first + r * (stride - 1)] = 0;
      }
      from = top;
    }
  }
  return {
    diagonal: Float64Array.from({ length: n }, (_, i) => band[i * stride + reach]),
    offDiagonal: Float64Array.from({ length: Math.max(0, n - 1) }, (_, i) => band[(i + 1) * stride + reach - 1]),
  };
}

/**
 * The reflection I − factor·vvᵀ that makes all entries of a column but the first zero, and the value that the first
 * becomes. Returns undefined when those entries are zero already.
 */
function foldingReflection(band: Float64Array, first: number, step: number, v: Float64Array) {
  let square = 0;
  for (let r = 1; r < v.length; r++) square += band[first + r * step] ** 2;
  if (square === 0) return undefined;
  const head = band[first];
  const length = Math.sqrt(head * head + square);
  const entry = head > 0 ? -length : length;
  const pivot = head - entry;
  v[0] = 1;
  for (let r = 1; r < v.length; r++) v[r] = band[first + r * step] / pivot;
  return { factor: -pivot / entry, entry };
}
