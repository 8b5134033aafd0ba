import type { Column } from "../../src/artifact/artifact.js";
import type { Cell } from "./onePerPoint.js";

/**
 * A column of numbers with NaN for missing cells when all cells are numbers, otherwise a column of text with empty
 * cells.
 */
export function cellColumn(cells: readonly Cell[]): Column {
  return cells.every((cell) => cell === undefined || typeof cell === "number")
    ? Float64Array.from(cells, (cell) => (cell === undefined ? Number.NaN : Number(cell)))
    : cells.map((cell) => (cell === undefined ? "" : String(cell)));
}
