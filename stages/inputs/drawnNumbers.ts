import type { Cell, PageTable } from "../../src/figures/pageTable.js";
import type { Spec } from "../../src/figures/theme.js";

/** The most rows and columns of the table behind a figure. */
const MOST_ROWS = 100;
const MOST_COLUMNS = 12;

/**
 * The numbers that a figure draws, as a table: the longest list of rows in its specification, thinned evenly with a
 * note in its name. Undefined where it holds none, as for pictures.
 */
export function drawnNumbers({ data }: Spec, name: string): PageTable | undefined {
  const lists = [data].flat().flatMap((each): Record<string, unknown>[][] => {
    const values = (each as { values?: unknown } | undefined)?.values;
    return Array.isArray(values) && values.length > 0 && values.every(isRow) ? [values] : [];
  });
  const rows = lists.sort((a, b) => b.length - a.length)[0];
  if (rows === undefined) return undefined;
  const isCell = (value: unknown) => typeof value === "number" || (typeof value === "string" && value.length < 60);
  const columns = Object.keys(rows[0]).filter((column) => rows.some((row) => isCell(row[column])));
  const kept = columns.slice(0, MOST_COLUMNS);
  if (!kept.some((column) => rows.some((row) => typeof row[column] === "number"))) return undefined;
  const every = Math.ceil(rows.length / MOST_ROWS);
  const few = rows.filter((_, i) => i % every === 0);
  const thinned = every > 1 ? `, ${few.length} of ${rows.length} rows` : "";
  const cell = (value: unknown): Cell => (isCell(value) ? (value as Cell) : null);
  return { name: `${name}${thinned}`, columns: kept, rows: few.map((row) => kept.map((column) => cell(row[column]))) };
}

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
