import type { SparseMatrix } from "./sparseMatrix.js";

/** Columns that are computed together. */
const PANEL = 16;

/**
 * (A₁A₂ … Aₖ)ᵗ for a square product of sparse matrices, dense, row major: a few columns at a time, t times through the factors, so that
 * the work is t · entries of the factors · columns and the columns at work stay in the cache.
 */
export function sparsePower(factors: SparseMatrix[], t: number): Float64Array {
  const n = factors[0].rows;
  const result = new Float64Array(n * n);
  for (let first = 0; first < n; first += PANEL) {
    const width = Math.min(PANEL, n - first);
    let panel = new Float64Array(n * PANEL);
    for (let k = 0; k < width; k++) panel[(first + k) * PANEL + k] = 1;
    for (let step = 0; step < t; step++) for (const factor of factors.toReversed()) panel = timesPanel(factor, panel);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < width; k++) result[i * n + first + k] = panel[i * PANEL + k];
    }
  }
  return result;
}

function timesPanel({ rows, start, column, value }: SparseMatrix, panel: Float64Array): Float64Array<ArrayBuffer> {
  const product = new Float64Array(rows * PANEL);
  for (let i = 0; i < rows; i++) {
    for (let at = start[i]; at < start[i + 1]; at++) {
      const factor = value[at];
      const from = column[at] * PANEL;
      for (let k = 0; k < PANEL; k++) product[i * PANEL + k] += factor * panel[from + k];
    }
  }
  return product;
}
