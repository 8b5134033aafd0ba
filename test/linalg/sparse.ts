import type { SparseMatrix } from "../../src/linalg/sparseMatrix.js";

/** The entries of a dense matrix (row major) that are not 0. */
export function sparse(entries: Float64Array, rows: number, columns: number): SparseMatrix {
  const places = [...entries.keys()].filter((at) => entries[at] !== 0);
  return {
    rows,
    columns,
    start: Int32Array.from({ length: rows + 1 }, (_, i) => places.filter((at) => at < i * columns).length),
    column: Int32Array.from(places, (at) => at % columns),
    value: Float64Array.from(places, (at) => entries[at]),
  };
}
