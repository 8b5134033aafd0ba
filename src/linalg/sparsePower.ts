import { addProduct, view } from "./matrixProduct.js";
import { dense, type SparseMatrix, sparseProduct } from "./sparseMatrix.js";
import { PANEL, sparsePanelKernel } from "./sparsePanelKernel.js";
import { instantiate } from "./webAssembly.js";

/**
 * (A₁A₂ … Aₖ)ᵗ for a square product of sparse matrices, dense, row major. Either 16 columns at a time through all factors, t times, in a SIMD kernel, which
 * takes t · (stored entries) · n steps, or, where the factors are too full for that to be less, by squaring.
 *
 * @param t a positive integer.
 */
export function sparsePower(factors: SparseMatrix[], t: number): Float64Array {
  const n = factors[0].rows;
  const entries = factors.reduce((sum, { column }) => sum + column.length, 0);
  const products = Math.floor(Math.log2(t)) + t.toString(2).replaceAll("0", "").length - 1;
  return t * entries <= products * n * n
    ? powerByColumns(factors, t)
    : powerBySquaring(dense(factors.reduce(sparseProduct)), n, t);
}

function powerByColumns(factors: SparseMatrix[], t: number): Float64Array {
  const n = factors[0].rows;
  const widest = factors.reduce((most, { rows }) => Math.max(most, rows), n);
  const { load, panels, times } = panelMemory(factors, widest);
  const result = new Float64Array(n * n);
  for (let first = 0; first < n; first += PANEL) {
    const width = Math.min(PANEL, n - first);
    let at = 0;
    panels[at].fill(0);
    for (let k = 0; k < width; k++) panels[at][(first + k) * PANEL + k] = 1;
    for (let step = 0; step < t; step++) {
      for (const factor of load) {
        times(factor, at);
        at = 1 - at;
      }
    }
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < width; k++) result[i * n + first + k] = panels[at][i * PANEL + k];
    }
  }
  return result;
}

type Run = (entry: number, value: number, rowEnd: number, lastRow: number, x: number, y: number) => void;

/** The factors and two panels of so many rows in one memory; the factors in the order in which they are applied. */
function panelMemory(factors: SparseMatrix[], rows: number) {
  const panelBytes = 8 * PANEL * rows;
  const total = factors.reduce((sum, { rows, column }) => sum + 12 * column.length + 4 * rows + 16, 2 * panelBytes);
  const { buffer, run } = instantiate<Run>(sparsePanelKernel, total);
  let free = 2 * panelBytes;
  const load = factors.toReversed().map(({ rows, start, column, value }) => {
    const values = new Float64Array(buffer, free, value.length);
    values.set(value);
    const offsets = new Int32Array(buffer, free + values.byteLength, column.length);
    for (let at = 0; at < column.length; at++) offsets[at] = 8 * PANEL * column[at];
    const ends = new Int32Array(buffer, offsets.byteOffset + offsets.byteLength, rows);
    for (let i = 0; i < rows; i++) ends[i] = offsets.byteOffset + 4 * start[i + 1];
    free = Math.ceil((ends.byteOffset + ends.byteLength) / 8) * 8;
    return { values, offsets, ends };
  });
  const panels = [0, 1].map((k) => new Float64Array(buffer, k * panelBytes, PANEL * rows));
  return {
    load,
    panels,
    /** The other panel ← factor · panel `at`. */
    times({ values, offsets, ends }: (typeof load)[number], at: number) {
      const last = ends.byteOffset + ends.byteLength;
      run(
        offsets.byteOffset,
        values.byteOffset,
        ends.byteOffset,
        last,
        panels[at].byteOffset,
        panels[1 - at].byteOffset,
      );
    },
  };
}

function powerBySquaring(matrix: Float64Array, n: number, t: number): Float64Array {
  const times = (a: Float64Array, b: Float64Array) => {
    const product = new Float64Array(n * n);
    addProduct(1, view(a, n), view(b, n), view(product, n), { rows: n, columns: n, inner: n });
    return product;
  };
  let power = matrix;
  for (const digit of t.toString(2).slice(1)) {
    power = times(power, power);
    if (digit === "1") power = times(power, matrix);
  }
  return power;
}
