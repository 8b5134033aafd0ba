import { type Artifact, type Column, listAt, rowCount, type VectorColumn } from "../../artifact/artifact.js";
import { type CsvColumn, quotedCell, writeCsv } from "../../files/writeCsv.js";

export const isVectors = (column: Column): column is VectorColumn => !Array.isArray(column) && "width" in column;

/**
 * An artifact as comma-separated values. Vectors have a column for each entry, counted from 1. Lists are written with
 * spaces between their numbers.
 */
export function csv(of: Artifact): Uint8Array {
  const columns = Object.entries(of.columns).flatMap(([name, column]): CsvColumn[] =>
    isVectors(column) ? entriesOf(name, column) : [{ name, cell: (row) => cell(column, row) }],
  );
  return writeCsv(columns, rowCount(of));
}

function entriesOf(name: string, { width, values }: VectorColumn): CsvColumn[] {
  return Array.from({ length: width }, (_, k) => ({
    name: `${name}${k + 1}`,
    cell: (row) => String(values[row * width + k]),
  }));
}

function cell(column: Exclude<Column, VectorColumn>, row: number): string {
  if (Array.isArray(column)) {
    const item = column[row];
    return typeof item === "string" ? quotedCell(item) : Buffer.from(item).toString("base64");
  }
  if (ArrayBuffer.isView(column)) return String(column[row]);
  return listAt(column, row).join(" ");
}
