/** A grid from the columns of a table. */
import { orderedGrid } from "./arraysGrid.js";
import type { FileGrid, GridFileOptions } from "./fileGrid.js";
import { tensorGrid } from "./tensorGrid.js";

/** A table of numbers. */
export interface NumberTable {
  names?: string[];
  rows: number;
  /** The number of columns. */
  width: number;
  /** The place of a row in its file, from 1. */
  lineOf(row: number): number;
  /** The numbers of column `index`, from 0. Throws Error when it holds other things. */
  column(index: number): Float64Array;
}

/**
 * Without column names the numbers are a matrix with one row per index along the first axis, or a vector when there is
 * one row or column. With names, or with `column` or `coordinates`, each line is a point.
 */
export function tableGrid(
  table: NumberTable,
  { column, coordinates, order }: GridFileOptions,
  name: string,
  unit: "line" | "row",
): FileGrid {
  const { names, rows, width } = table;
  if (names === undefined && column === undefined && coordinates === undefined) {
    const columns = Array.from({ length: width }, (_, c) => table.column(c));
    const values = new Float64Array(rows * width);
    for (const [c, numbers] of columns.entries()) values.set(numbers, c * rows);
    const shape = width === 1 ? [rows] : rows === 1 ? [width] : [rows, width];
    return orderedGrid({ shape, values, fortranOrder: true }, order);
  }
  const at = (wanted: string | number) => columnIndex(wanted, names, width, name);
  const value = at(column ?? (names?.includes("loss") ? "loss" : width));
  const others = coordinates?.map(at) ?? Array.from({ length: width }, (_, c) => c).filter((c) => c !== value);
  if (others.length === 0) return { shape: [rows], values: table.column(value) };
  const labels = others.map((c) => names?.[c] ?? `column ${c + 1}`);
  const columns = others.map((c) => table.column(c));
  const placeOf = (row: number) => `${unit} ${table.lineOf(row)}`;
  const { axes, values } = tensorGrid(columns, table.column(value), { name, names: labels, placeOf });
  return { shape: axes.map((axis) => axis.length), values, axes, labels: names && labels };
}

/** The place of a column, by name or by number from 1. Throws Error when there is none, or several. */
export function columnIndex(
  wanted: string | number,
  names: readonly string[] | undefined,
  width: number,
  name: string,
): number {
  const index = typeof wanted === "number" ? wanted - 1 : (names ?? []).indexOf(wanted);
  const twice = typeof wanted === "string" && names?.indexOf(wanted, index + 1) !== -1 && index >= 0;
  if (twice) throw new Error(`${name} has several columns "${wanted}"; choose one by its number`);
  if (index >= 0 && index < width) return index;
  const known = names ? names.map((entry) => JSON.stringify(entry)).join(", ") : `${width} columns without names`;
  throw new Error(`${name} has no column ${JSON.stringify(wanted)}; it has ${known}`);
}
