import type { Column } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import { moments, quantileAt } from "../src/statistics/describe.js";
import { tableArtifact } from "./artifacts/table.js";
import { cellColumn } from "./inputs/cellColumn.js";
import { columnNamed } from "./inputs/columnNamed.js";
import {
  axisFault,
  columnFaults,
  gatheredAhead,
  gatheredAxes,
  gatheredPoints,
  named,
  pointsWithout,
} from "./inputs/columnsAhead.js";
import { axesOfRows, gatheredKinds, gatheredRows, groupedRows, type RowGroup } from "./inputs/gatheredRows.js";
import { columnsOf, type PointRow } from "./inputs/onePerPoint.js";

type Statistic = "mean" | "deviation" | "standardError" | "minimum" | "median" | "maximum" | "count";

interface Params {
  over: string[];
  columns?: string[];
  statistics: Statistic[];
  quantiles: number[];
}

export const aggregateStage: Stage<Params> = {
  name: "aggregate",
  version: 2, // 2: means and deviations of very small and very large numbers are finite and not 0
  inputs: { table: { kinds: gatheredKinds, many: true } },
  output: "table",
  fanIn: true,
  outlook({ over, columns, statistics, quantiles }, { table }) {
    const ahead = gatheredAhead(table);
    const left = gatheredAxes(table)?.filter((axis) => !over.includes(axis));
    if (left === undefined) return {};
    const rows = { rowAxes: left, rowPoints: pointsWithout(gatheredPoints(table), over) };
    if (ahead === undefined) return rows;
    const ends = [...statistics, ...quantiles.map(percentage)];
    const described = columns ? named(ahead.columns, columns) : ahead.columns;
    return { columns: [...left, ...described.flatMap((name) => ends.map((end) => `${name}.${end}`))], ...rows };
  },
  checkInputs({ over, columns = [] }, { table }) {
    const ahead = gatheredAhead(table);
    const axes = gatheredAxes(table);
    const faults = over.map((name) => axes && axisFault(axes, name));
    return [
      ...faults.flatMap((fault, i) => (fault ? [{ path: ["with", "over", i], message: `over ${fault}` }] : [])),
      ...columnFaults(ahead?.columns, columns, "columns"),
    ];
  },
  check: ({ statistics, quantiles }) =>
    statistics.length + quantiles.length === 0
      ? [
          {
            path: ["statistics"],
            message: "is empty, and so is quantiles; expected at least one of them to name a statistic",
          },
        ]
      : [],
  async run({ params, sources }) {
    const rows = gatheredRows(sources("table"));
    const axes = axesOfRows(rows);
    for (const [i, name] of params.over.entries()) requireAxis(axes, name, `over[${i}]`);
    const left = axes.filter((axis) => !params.over.includes(axis));
    const columns = numericColumns(rows, params.columns);
    const groups = groupedRows(rows, left);
    const failed = rows.filter(({ failure }) => failure !== "").length;
    return tableArtifact(
      {
        ...Object.fromEntries(left.map((axis, k) => [axis, cellColumn(groups.map(({ values }) => values[k]))])),
        ...Object.fromEntries(columns.flatMap((name) => statisticsOf(name, groups, params))),
      },
      { axes: left, over: params.over },
      { groups: groups.length, rows: rows.length, ...(failed > 0 && { failed }) },
    );
  },
};

function requireAxis(axes: readonly string[], name: string, place: string): void {
  const fault = axisFault(axes, name);
  if (fault !== undefined) throw new Error(`${place} ${fault}`);
}

/** The columns to describe. Throws Error when one is a column of text. */
function numericColumns(rows: readonly PointRow[], wanted?: readonly string[]): string[] {
  const all = columnsOf(rows);
  const isNumeric = (name: string) => rows.every(({ row }) => row[name] === undefined || typeof row[name] === "number");
  if (wanted === undefined) return all.filter(isNumeric);
  return wanted.map((given, i) => {
    const name = columnNamed(all, given, `columns[${i}]`);
    if (!isNumeric(name)) throw new Error(`columns[${i}] is "${given}", a column of text; expected one of numbers`);
    return name;
  });
}

const percentage = (share: number) => `${Number((100 * share).toPrecision(12))}%`;

/** One column for each statistic, as `stage.column.mean`. */
function statisticsOf(name: string, groups: readonly RowGroup[], params: Params): [string, Column][] {
  const described = groups.map(({ rows }) => {
    const cells = rows.map(({ row }) => row[name]);
    return Float64Array.from(
      cells.filter((cell): cell is number => typeof cell === "number" && !Number.isNaN(cell)),
    ).sort();
  });
  const column = (of: (values: Float64Array) => number) => Float64Array.from(described, of);
  return [
    ...params.statistics.map((statistic): [string, Column] => [`${name}.${statistic}`, column(statistics[statistic])]),
    ...params.quantiles.map((share): [string, Column] => [
      `${name}.${percentage(share)}`,
      column((values) => quantileAt(values, share)),
    ]),
  ];
}

/** Statistics of sorted values without the missing ones. NaN when there are too few. */
const statistics: Record<Statistic, (sorted: Float64Array) => number> = {
  mean: (values) => moments(values).mean,
  deviation: (values) => moments(values).deviation,
  standardError: (values) => moments(values).deviation / Math.sqrt(values.length),
  minimum: (values) => values[0] ?? Number.NaN,
  median: (values) => quantileAt(values, 0.5),
  maximum: (values) => values[values.length - 1] ?? Number.NaN,
  count: (values) => values.length,
};
