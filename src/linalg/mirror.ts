/** Rows and columns of the squares that are copied at a time. Source and target of a square both fit in the cache. */
const SQUARE = 32;

/** Copies the entries below the diagonal of an n × n matrix to the places above it. */
export function mirror(matrix: Float64Array, n: number): void {
  for (let top = 0; top < n; top += SQUARE) {
    const bottom = Math.min(n, top + SQUARE);
    for (let left = 0; left <= top; left += SQUARE) {
      for (let i = top; i < bottom; i++) {
        const end = Math.min(i, left + SQUARE);
        for (let j = left, to = left * n + i; j < end; j++, to += n) matrix[to] = matrix[i * n + j];
      }
    }
  }
}
