import type { Stage } from "../src/stage.js";
import { type Correlation, type CorrelationMethod, correlation } from "../src/statistics/correlation.js";
import { type Correction, correctedPValues } from "../src/statistics/multipleTests.js";
import { tableArtifact } from "./artifacts/table.js";
import { cellColumn } from "./inputs/cellColumn.js";
import { columnNamed } from "./inputs/columnNamed.js";
import { columnFaults, gatheredAhead, named } from "./inputs/columnsAhead.js";
import { axesOfRows, cellAt, gatheredKinds, gatheredRows, groupedRows } from "./inputs/gatheredRows.js";
import { type Cell, columnsOf, type PointRow } from "./inputs/onePerPoint.js";

interface Params {
  x: string[];
  y: string[];
  methods: CorrelationMethod[];
  group: string[];
  level: number;
  resamples: number;
  permutations: number;
  correction: Correction;
  seed: number;
}

const results = [
  ...["x", "y", "method", "coefficient", "low", "high", "pValue", "correctedPValue", "pairs", "missing"],
];

interface Row extends Correlation {
  group: Cell[];
  x: string;
  y: string;
  method: CorrelationMethod;
  pairs: number;
  missing: number;
}

export const correlateStage: Stage<Params> = {
  name: "correlate",
  version: 1,
  inputs: { table: { kinds: gatheredKinds, many: true } },
  output: "table",
  fanIn: true,
  outlook({ group }, { table }) {
    const known = gatheredAhead(table);
    const by = known && named([...known.axes, ...known.columns], group);
    return by ? { columns: [...by, ...results], rowAxes: by } : {};
  },
  checkInputs({ x, y, group }, { table }) {
    const known = gatheredAhead(table);
    const all = known && [...known.axes, ...known.columns];
    return Object.entries({ x, y, group }).flatMap(([name, columns]) => columnFaults(all, columns, name));
  },
  async run({ params, sources, progress }) {
    const all = gatheredRows(sources("table"));
    const known = [...axesOfRows(all), ...columnsOf(all)];
    const named = (names: readonly string[], place: string) =>
      names.map((name, i) => columnNamed(known, name, `${place}[${i}]`));
    const [x, y, by] = [named(params.x, "x"), named(params.y, "y"), named(params.group, "group")];
    const pairs = x.flatMap((first) =>
      y.filter((second) => second !== first).map((second) => [first, second] as const),
    );
    if (pairs.length === 0) throw new Error("x and y name the same column; expected two columns");
    const groups = groupedRows(all, by);
    const rows = groups.flatMap(({ values, rows }, g) =>
      pairs.flatMap(([first, second], k) => {
        progress((g * pairs.length + k) / (groups.length * pairs.length), `${first}, ${second}`);
        return params.methods.map((method) => correlated(rows, first, second, method, values, params));
      }),
    );
    return tableArtifact(
      {
        ...Object.fromEntries(by.map((name, k) => [name, cellColumn(rows.map(({ group }) => group[k]))])),
        x: rows.map((row) => row.x),
        y: rows.map((row) => row.y),
        method: rows.map((row) => row.method),
        ...Object.fromEntries(
          (["coefficient", "low", "high", "pValue"] as const).map((name) => [
            name,
            Float64Array.from(rows, (row) => row[name]),
          ]),
        ),
        correctedPValue: corrected(rows, params),
        pairs: Int32Array.from(rows, (row) => row.pairs),
        missing: Int32Array.from(rows, (row) => row.missing),
      },
      { axes: by, ...params },
      { correlations: rows.length },
    );
  },
};

/** The correlation of two columns in a group. Rows with a missing value are left out and counted. */
function correlated(
  rows: readonly PointRow[],
  x: string,
  y: string,
  method: CorrelationMethod,
  group: Cell[],
  options: Params,
): Row {
  const both = rows
    .map((row) => [numberAt(row, x), numberAt(row, y)] as const)
    .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
  const [first, second] = [0, 1].map((k) => Float64Array.from(both, (pair) => pair[k]));
  const found = correlation(first, second, { ...options, method });
  return { ...found, group, x, y, method, pairs: both.length, missing: rows.length - both.length };
}

function numberAt(row: PointRow, name: string): number {
  const cell = cellAt(row, name);
  if (cell === undefined) return Number.NaN;
  if (typeof cell !== "number") throw new Error(`the column ${name} has the text "${cell}"; expected numbers`);
  return cell;
}

/** Corrected for the number of pairs and groups, for each method separately. */
function corrected(rows: readonly Row[], { methods, correction }: Params): Float64Array {
  const all = new Float64Array(rows.length);
  for (const method of methods) {
    const own = rows.flatMap((row, i) => (row.method === method ? [i] : []));
    const values = correctedPValues(
      Float64Array.from(own, (i) => rows[i].pValue),
      correction,
    );
    for (const [k, i] of own.entries()) all[i] = values[k];
  }
  return all;
}
