import { type Column, listAt } from "../../src/artifact/artifact.js";

/** One row of a column. */
export function pickRow(column: Column, row: number): Column {
  if (Array.isArray(column)) return [column[row]] as Column;
  if (ArrayBuffer.isView(column)) return column.slice(row, row + 1);
  const values = listAt(column, row).slice();
  if ("width" in column) return { width: column.width, values };
  return { offsets: Int32Array.of(0, values.length), values: values as Int32Array | Float64Array };
}
