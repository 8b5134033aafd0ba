import type { SparseMatrix } from "./sparseMatrix.js";
import { instantiate } from "./webAssembly.js";

/** Vectors in one panel. The kernel `timesPanel` keeps a row of it in registers. */
const PANEL = 16;

type Run = (entry: number, value: number, rowEnd: number, lastRow: number, x: number, y: number) => void;

/**
 * Multiplies vectors by M₁M₂ … Mₖ, `times` times. Returns a function that changes the rows of an array in place, with a
 * SIMD kernel, 16 vectors at a time through all factors. The last factor has as many columns as the first has rows.
 */
export function timesSparse(factors: SparseMatrix[]): (vectors: Float64Array, times: number) => void {
  const n = factors[0].rows;
  const { loaded, panels, multiply } = panelMemory(factors);
  return (vectors, times) => {
    for (let first = 0; first < vectors.length && times > 0; first += PANEL * n) {
      const own = vectors.subarray(first, first + PANEL * n);
      const count = own.length / n;
      const from = panels[0];
      for (let k = 0; k < count; k++) for (let i = 0; i < n; i++) from[i * PANEL + k] = own[k * n + i];
      let at = 0;
      for (let step = 0; step < times; step++) {
        for (const factor of loaded) {
          multiply(factor, at);
          at = 1 - at;
        }
      }
      const to = panels[at];
      for (let k = 0; k < count; k++) for (let i = 0; i < n; i++) own[k * n + i] = to[i * PANEL + k];
    }
  };
}

/** The factors and two panels in one memory. The factors are in the order in which they are applied. */
function panelMemory(factors: SparseMatrix[]) {
  const widest = Math.max(...factors.map(({ rows }) => rows));
  const panelBytes = 8 * PANEL * widest;
  const total = factors.reduce((sum, { rows, column }) => sum + 12 * column.length + 4 * rows + 16, 2 * panelBytes);
  const { buffer, run } = instantiate<Run>("timesPanel", total);
  let free = 2 * panelBytes;
  const loaded = factors.toReversed().map(({ rows, start, column, value }) => {
    const values = new Float64Array(buffer, free, value.length);
    values.set(value);
    const offsets = new Int32Array(buffer, free + values.byteLength, column.length);
    for (let at = 0; at < column.length; at++) offsets[at] = 8 * PANEL * column[at];
    const ends = new Int32Array(buffer, offsets.byteOffset + offsets.byteLength, rows);
    for (let i = 0; i < rows; i++) ends[i] = offsets.byteOffset + 4 * start[i + 1];
    free = Math.ceil((ends.byteOffset + ends.byteLength) / 8) * 8;
    return { values, offsets, ends };
  });
  const panels = [0, 1].map((k) => new Float64Array(buffer, k * panelBytes, PANEL * widest));
  return {
    loaded,
    panels,
    /** The other panel ← factor · panel `at`. */
    multiply({ values, offsets, ends }: (typeof loaded)[number], at: number) {
      const last = ends.byteOffset + ends.byteLength;
      const [x, y] = [panels[at].byteOffset, panels[1 - at].byteOffset];
      run(offsets.byteOffset, values.byteOffset, ends.byteOffset, last, x, y);
    },
  };
}
