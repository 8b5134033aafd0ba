import { arraysGrid, orderedGrid } from "./arraysGrid.js";
import type { FileGrid, GridFileOptions } from "./fileGrid.js";
import type { NpyArray } from "./npy.js";
import { tableGrid } from "./tableGrid.js";

/**
 * The grid in a JSON file: nested lists of numbers, a mapping of names to such lists, or a mapping with `rows`, a list
 * of mappings with one number per column, as this program exports it. The texts "NaN", "Infinity" and "-Infinity" are
 * numbers.
 */
export function jsonGrid(bytes: Uint8Array, options: GridFileOptions, name: string): FileGrid {
  const content = parse(bytes, name);
  if (Array.isArray(content)) return orderedGrid(arrayOf(content, name), options.order);
  if (content === null || typeof content !== "object") {
    throw new Error(`${name} holds ${JSON.stringify(content)?.slice(0, 40)}; expected lists of numbers`);
  }
  const { rows } = content as { rows?: unknown };
  if (Array.isArray(rows)) return rowsGrid(rows, options, name);
  const lists = Object.entries(content).filter(([, value]) => Array.isArray(value));
  return arraysGrid(new Map(lists.map(([key, list]) => [key, () => arrayOf(list, `${name}: ${key}`)])), options, name);
}

function parse(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Error(`${name} is not a JSON file: ${(error as Error).message}`);
  }
}

const numberOf = (value: unknown): number | undefined => {
  if (typeof value === "number") return value;
  if (value === null) return Number.NaN; // many programs write null for NaN
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : undefined;
};

/** NumPy has no more. */
const MOST_AXES = 64;

/** Nested lists of equal lengths as an array. */
function arrayOf(list: unknown, name: string): NpyArray {
  const shape: number[] = [];
  for (let inner = list; Array.isArray(inner); [inner] = inner) shape.push(inner.length);
  if (shape.length > MOST_AXES) {
    throw new Error(`${name} has lists that are nested ${shape.length} deep; expected at most ${MOST_AXES}`);
  }
  const values: number[] = [];
  const collect = (item: unknown, depth: number): void => {
    if (depth === shape.length) {
      const value = numberOf(item);
      if (value === undefined) {
        throw new Error(
          `${name}: number ${values.length + 1} is ${JSON.stringify(item).slice(0, 40)}; expected a number`,
        );
      }
      values.push(value);
      return;
    }
    if (!Array.isArray(item) || item.length !== shape[depth]) {
      const found = Array.isArray(item) ? `a list of ${item.length}` : JSON.stringify(item).slice(0, 40);
      throw new Error(`${name} has ${found} after ${values.length} numbers; expected a list of ${shape[depth]}`);
    }
    for (const inner of item) collect(inner, depth + 1);
  };
  collect(list, 0);
  return { shape, values: Float64Array.from(values), fortranOrder: false };
}

function rowsGrid(rows: unknown[], options: GridFileOptions, name: string): FileGrid {
  const records = rows as Record<string, unknown>[];
  const names = Object.keys(records[0] ?? {});
  const column = (index: number) =>
    Float64Array.from(records, (record, row) => {
      const value = numberOf(record?.[names[index]]);
      if (value !== undefined) return value;
      throw new Error(`${name}: row ${row + 1} has no number "${names[index]}"`);
    });
  const table = { names, rows: rows.length, width: names.length, lineOf: (row: number) => row + 1, column };
  return tableGrid(table, options, name, "row");
}
