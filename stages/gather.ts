import { artifactKinds, type Column } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import { listed } from "../src/text/words.js";
import { tableArtifact } from "./artifacts/table.js";
import { type Cell, onePerPoint } from "./inputs/onePerPoint.js";

interface Params {
  columns?: string[];
  rows: "tables" | "all";
}

export const gatherStage: Stage<Params> = {
  name: "gather",
  version: 1,
  inputs: { table: { kinds: artifactKinds.filter((kind) => kind !== "figure" && kind !== "report"), many: true } },
  output: "table",
  fanIn: true,
  async run({ params, sources }) {
    const all = sources("table");
    const axes = [...new Set(all.flatMap(({ point }) => Object.keys(point)))];
    const rows = onePerPoint(all, params.rows === "all");
    const found = [...new Set(rows.flatMap(({ row }) => Object.keys(row)))].filter((name) => name !== "error");
    const missing = (params.columns ?? []).filter((name) => !found.includes(name));
    if (missing.length > 0) throw new Error(`no column ${listed(missing)} to gather; there are ${found.join(", ")}`);
    const failed = rows.some(({ row }) => row.error !== undefined) ? ["error"] : [];
    const names = [...(params.columns ?? found), ...failed];
    return tableArtifact({
      ...Object.fromEntries(axes.map((axis) => [axis, columnOf(rows.map(({ point }) => point[axis]))])),
      ...Object.fromEntries(names.map((name) => [name, columnOf(rows.map(({ row }) => row[name]))])),
    });
  },
};

/** Numbers where all cells are; NaN where one is missing. Otherwise text. */
function columnOf(cells: Cell[]): Column {
  return cells.every((cell) => cell === undefined || typeof cell === "number")
    ? Float64Array.from(cells, (cell) => (cell === undefined ? Number.NaN : Number(cell)))
    : cells.map((cell) => (cell === undefined ? "" : String(cell)));
}
