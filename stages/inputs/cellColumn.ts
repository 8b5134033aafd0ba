import type { Column } from "../../src/artifact/artifact.js";
import type { Cell } from "./onePerPoint.js";

/** Numbers where all cells are; NaN where one is missing. Otherwise text, empty where one is missing. */
export function cellColumn(cells: readonly Cell[]): Column {
  return cells.every((cell) => cell === undefined || typeof cell === "number")
    ? Float64Array.from(cells, (cell) => (cell === undefined ? Number.NaN : Number(cell)))
    : cells.map((cell) => (cell === undefined ? "" : String(cell)));
}
