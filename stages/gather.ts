import { artifactKinds } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import { FAILURE, tableArtifact } from "./artifacts/table.js";
import { columnNamed } from "./inputs/columnNamed.js";
import { axesAhead, columnFaults, named, pointsOfRows, rowsAhead } from "./inputs/columnsAhead.js";

interface Params {
  columns?: string[];
  rows: "tables" | "all";
}

const takenName = `a matrix axis is called "${FAILURE}", the name of the column for messages of failed points; rename it`;

export const gatherStage: Stage<Params> = {
  name: "gather",
  version: 2,
  inputs: { table: { kinds: artifactKinds.filter((kind) => kind !== "figure" && kind !== "report"), many: true } },
  output: "table",
  fanIn: true,
  outlook({ columns, rows }, { table }) {
    const ahead = rowsAhead(table, rows === "all");
    const axes = axesAhead(table);
    return {
      ...(ahead && { columns: [...axes, ...(columns ? named(ahead.columns, columns) : ahead.columns), FAILURE] }),
      ...{ rowAxes: axes, rowPoints: pointsOfRows(table) },
    };
  },
  checkInputs({ columns = [], rows }, { table }) {
    const faults = columnFaults(rowsAhead(table, rows === "all")?.columns, columns, "columns");
    if (!axesAhead(table).includes(FAILURE)) return faults;
    return [...faults, { path: ["from", "table"], message: takenName }];
  },
  async run({ params, sources }) {
    const [{ cellColumn }, { columnsOf, onePerPoint }] = await Promise.all([
      import("./inputs/cellColumn.js"),
      import("./inputs/onePerPoint.js"),
    ]);
    const all = sources("table");
    const axes = [...new Set(all.flatMap(({ point }) => Object.keys(point)))];
    if (axes.includes(FAILURE)) throw new Error(takenName);
    const rows = onePerPoint(all, params.rows === "all");
    const found = columnsOf(rows);
    // A column that is missing because every point failed is not a mistake in the parameters.
    const everyFailed = all.every(({ error }) => error !== undefined);
    const names = everyFailed
      ? []
      : (params.columns?.map((name, i) => columnNamed(found, name, `columns[${i}]`)) ?? found);
    const isFailed = rows.some(({ failure }) => failure !== "");
    return tableArtifact(
      {
        ...Object.fromEntries(axes.map((axis) => [axis, cellColumn(rows.map(({ point }) => point[axis]))])),
        ...Object.fromEntries(names.map((name) => [name, cellColumn(rows.map(({ row }) => row[name]))])),
        ...(isFailed && { [FAILURE]: rows.map(({ failure }) => failure) }),
      },
      { axes },
    );
  },
};
