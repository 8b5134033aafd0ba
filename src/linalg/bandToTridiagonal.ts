/**
 * A tridiagonal matrix with the eigenvalues of a symmetric band matrix (Murata & Horikoshi 1975; Lang 1993): a reflection makes one column tridiagonal, and
 * what it fills in below the band is pushed down along the diagonal and out of the matrix by further ones. O(n² width).
 *
 * @param matrix n × n, row major; the lower triangle down to `width` below the diagonal is read.
 */
export function bandToTridiagonal(matrix: Float64Array, n: number, width: number) {
  // Row i of the band: columns i − 2·width … i.
  const reach = 2 * width;
  const stride = reach + 1;
  const band = new Float64Array(n * stride);
  for (let i = 0; i < n; i++) {
    for (let j = Math.max(0, i - width); j <= i; j++) band[i * stride + j - i + reach] = matrix[i * n + j];
  }
  const v = new Float64Array(width);
  const image = new Float64Array(width);
  for (let column = 0; column + 2 < n; column++) {
    // Rows top … end − 1 of column `from` are folded into its entry at `top`.
    let from = column;
    for (let top = column + 1; top + 1 < n; top += width) {
      const size = Math.min(width, n - top);
      const factor = fold(band, stride, reach, top, from, size, v);
      if (factor !== 0) {
        applyLeft(band, stride, reach, top, from + 1, size, v, factor, image);
        applyBoth(band, stride, reach, top, size, v, factor, image);
        applyRight(band, stride, reach, top, size, Math.min(width, n - top - size), v, factor);
      }
      from = top;
    }
  }
  return {
    diagonal: Float64Array.from({ length: n }, (_, i) => band[i * stride + reach]),
    offDiagonal: Float64Array.from({ length: Math.max(0, n - 1) }, (_, i) => band[(i + 1) * stride + reach - 1]),
  };
}

/** The reflection I − factor·vvᵀ that makes rows top + 1 … of column `from` zero, done to that column. */
function fold(
  band: Float64Array,
  stride: number,
  reach: number,
  top: number,
  from: number,
  size: number,
  v: Float64Array,
): number {
  const first = top * stride + from - top + reach;
  let square = 0;
  for (let r = 1; r < size; r++) square += band[first + r * (stride - 1)] ** 2;
  if (square === 0) return 0;
  const head = band[first];
  const length = Math.sqrt(head * head + square);
  const turned = head > 0 ? -length : length;
  const pivot = head - turned;
  v[0] = 1;
  for (let r = 1; r < size; r++) {
    v[r] = band[first + r * (stride - 1)] / pivot;
    band[first + r * (stride - 1)] = 0;
  }
  band[first] = turned;
  return -pivot / turned;
}

/** To the columns next … top − 1 of rows top … top + size − 1. */
function applyLeft(
  band: Float64Array,
  stride: number,
  reach: number,
  top: number,
  next: number,
  size: number,
  v: Float64Array,
  factor: number,
  image: Float64Array,
): void {
  const columns = top - next;
  if (columns <= 0) return;
  image.fill(0, 0, columns);
  for (let r = 0; r < size; r++) {
    const row = (top + r) * stride + next - top - r + reach;
    const x = v[r];
    for (let c = 0; c < columns; c++) image[c] += x * band[row + c];
  }
  for (let r = 0; r < size; r++) {
    const row = (top + r) * stride + next - top - r + reach;
    const x = factor * v[r];
    for (let c = 0; c < columns; c++) band[row + c] -= x * image[c];
  }
}

/** To the square on the diagonal, from both sides: B ← B − vwᵀ − wvᵀ with w = factor·Bv − ½factor²(vᵀBv)v. */
function applyBoth(
  band: Float64Array,
  stride: number,
  reach: number,
  top: number,
  size: number,
  v: Float64Array,
  factor: number,
  image: Float64Array,
): void {
  image.fill(0, 0, size);
  for (let r = 0; r < size; r++) {
    const row = (top + r) * stride - r + reach;
    const x = v[r];
    let sum = band[row + r] * x;
    for (let c = 0; c < r; c++) {
      const entry = band[row + c];
      sum += entry * v[c];
      image[c] += entry * x;
    }
    image[r] += sum;
  }
  let overlap = 0;
  for (let r = 0; r < size; r++) overlap += v[r] * image[r];
  const share = 0.5 * factor * factor * overlap;
  for (let r = 0; r < size; r++) image[r] = factor * image[r] - share * v[r];
  for (let r = 0; r < size; r++) {
    const row = (top + r) * stride - r + reach;
    const [x, y] = [v[r], image[r]];
    for (let c = 0; c <= r; c++) band[row + c] -= x * image[c] + y * v[c];
  }
}

/** To the `rows` rows below the square, in its columns. */
function applyRight(
  band: Float64Array,
  stride: number,
  reach: number,
  top: number,
  size: number,
  rows: number,
  v: Float64Array,
  factor: number,
): void {
  for (let r = 0; r < rows; r++) {
    const row = (top + size + r) * stride - size - r + reach;
    let sum = 0;
    for (let c = 0; c < size; c++) sum += band[row + c] * v[c];
    const x = factor * sum;
    for (let c = 0; c < size; c++) band[row + c] -= x * v[c];
  }
}
