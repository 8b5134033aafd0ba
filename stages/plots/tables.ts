/** Pictures of any table: bars, distributions, heat maps, matrices. */
import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import { bars } from "../../src/figures/bars.js";
import { distribution } from "../../src/figures/distribution.js";
import { heatmap } from "../../src/figures/heatmap.js";
import { formatNumber } from "../../src/figures/numbers.js";
import { drawnFacts } from "../artifacts/table.js";
import { columnNamed } from "../inputs/columnNamed.js";
import type { FigureParams, Plot } from "./plot.js";
import { capital, lookOf, lossAxisOf } from "./plot.js";
import { floorOf, spread } from "./spread.js";

/** The cells of the column that a parameter names, as text. */
export function textOf(table: Artifact, name: string, place: string): string[] {
  const column = table.columns[columnNamed(Object.keys(table.columns), name, place)] as ArrayLike<unknown>;
  return Array.from({ length: rowCount(table) }, (_, row) => String(column[row]));
}

/** The numbers of the column that a parameter names. */
function numbersOf(table: Artifact, name: string, place: string): Float64Array {
  return numbers(table, columnNamed(Object.keys(table.columns), name, place));
}

/** Throws when two rows have the same cells, because the average needs one number per value of `over`. */
export function oneForEach(columns: readonly string[][], over: string): void {
  const seen = new Set<string>();
  for (const row of columns[0].keys()) {
    const cells = JSON.stringify(columns.map((column) => column[row]));
    if (seen.has(cells)) {
      throw new Error(`over: several rows have the same ${over}; name the column that tells them apart in series:`);
    }
    seen.add(cells);
  }
}

/**
 * The column that a parameter names. `check` refuses a figure without it; programs that call the stage get this error.
 */
export function given(params: FigureParams, name: "x" | "y" | "column"): string {
  const column = params[name];
  if (column === undefined) throw new Error(`plot ${params.plot} lacks ${name}:, the name of a column`);
  return column;
}

const distinct = (texts: readonly string[]) => [...new Set(texts)];

/** The rows of each cell, cells in order of appearance. */
export function rowsBy<Cell>(cells: Iterable<Cell>): Map<Cell, number[]> {
  const rows = new Map<Cell, number[]>();
  let row = 0;
  for (const cell of cells) {
    const own = rows.get(cell);
    if (own) own.push(row);
    else rows.set(cell, [row]);
    row++;
  }
  return rows;
}

/** The most bars or groups of a picture. */
const mostBars = 2000;

/** Throws for more than can be told apart. */
function checkCount(count: number, subject: string, what: string): void {
  if (count <= mostBars) return;
  throw new Error(
    `${subject} ${formatNumber(count)} ${what}; expected at most ${formatNumber(mostBars)}: average with aggregate, or draw plot: lines`,
  );
}

export const barsPlot: Plot = {
  title: (_, { x, y }) => capital(`${y} by ${x}`),
  caption: (_, params) => `${params.y} by ${params.x}${spreadWords(params)}.`,
  spec(table, params) {
    const [x, y] = [given(params, "x"), given(params, "y")];
    const [names, values] = [textOf(table, x, "x"), numbersOf(table, y, "y")];
    const groups = distinct(names);
    const by = params.series === undefined ? names.map(() => y) : textOf(table, params.series, "series");
    if (params.over !== undefined) oneForEach([by, names, textOf(table, params.over, "over")], params.over);
    const labels = distinct(by);
    checkCount(groups.length * labels.length, params.series === undefined ? "x: gives" : "x: and series: give", "bars");
    const rowsOf = rowsBy(names.map((name, row) => JSON.stringify([name, by[row]])));
    const floor = floorOf(values);
    const series = labels.map((label) => {
      const cells = groups.map((group) => {
        const own = (rowsOf.get(JSON.stringify([group, label])) ?? []).map((row) => values[row]);
        if (own.length > 1 && params.over === undefined) {
          throw new Error(
            `${own.length} rows have ${x} = ${group}; expected one, or over: the column that tells them apart`,
          );
        }
        return spread(own, params.band, floor);
      });
      const interval = params.over !== undefined && {
        low: cells.map(({ low }) => low),
        high: cells.map(({ high }) => high),
      };
      return {
        label: params.series ? `${params.series} = ${label}` : label,
        value: cells.map(({ mean }) => mean),
        ...interval,
      };
    });
    return bars({
      ...lookOf(params),
      groups,
      series,
      xLabel: x,
      yLabel: y,
      yScale: params.yScale,
      yDomain: params.yRange,
    });
  },
};

/** The origin of a band, for captions. */
export function spreadWords({ over, band = "deviation" }: FigureParams): string {
  if (over === undefined) return "";
  const words = {
    deviation: "mean ± standard deviation",
    confidence: "mean with its 95 % confidence interval",
    quantiles: "median with the 10 % and 90 % quantiles",
  };
  const end = band === "quantiles" ? "" : ", not below 0 unless a number is";
  return `: ${words[band]} over ${over}${end}`;
}

export const distributionPlot: Plot = {
  title: (_, { x, y }) => capital(`${y} by ${x}`),
  caption: (_, params) => `The distribution of ${params.y} by ${params.x}.`,
  spec(table, params) {
    const [x, y] = [given(params, "x"), given(params, "y")];
    const [names, values] = [textOf(table, x, "x"), numbersOf(table, y, "y")];
    const groups = Array.from(rowsBy(names), ([label, rows]) => ({ label, values: rows.map((row) => values[row]) }));
    checkCount(groups.length, "x: gives", "groups");
    const marks = params.marks === "line" || params.marks === undefined ? "point" : params.marks;
    return distribution({
      ...{ ...lookOf(params), groups, marks, xLabel: x, yLabel: y },
      ...{ yScale: params.yScale, yDomain: params.yRange },
    });
  },
};

/** The most cells of a heat map. */
const mostCells = 4_000_000;

export const heatmapPlot: Plot = {
  title: (_, { x, y, column }) => capital(`${column} by ${x} and ${y}`),
  caption: (_, params) => `${params.column} by ${params.x} and ${params.y}.`,
  spec(table, params) {
    const [x, y, column] = [given(params, "x"), given(params, "y"), given(params, "column")];
    const [across, down, values] = [textOf(table, x, "x"), textOf(table, y, "y"), numbersOf(table, column, "column")];
    const [columns, rows] = [distinct(across), distinct(down)];
    if (rows.length * columns.length > mostCells) {
      const size = [columns.length, rows.length].map(formatNumber).join(" × ");
      throw new Error(
        `x: and y: give a heat map of ${size} cells; expected at most ${formatNumber(mostCells)}, of columns with fewer values`,
      );
    }
    const cells = new Float64Array(rows.length * columns.length).fill(Number.NaN);
    const [rowOf, columnOf] = [rows, columns].map((names) => new Map(names.map((name, at) => [name, at] as const)));
    const seen = new Set<number>();
    values.forEach((value, row) => {
      const cell = rowOf.get(down[row])! * columns.length + columnOf.get(across[row])!;
      if (seen.has(cell)) {
        throw new Error(
          `several rows have ${x} = ${across[row]} and ${y} = ${down[row]}; a heat map has one number for each cell`,
        );
      }
      seen.add(cell);
      cells[cell] = value;
    });
    return heatmap({
      ...{ ...lookOf(params), ...lossAxisOf(params), rows, columns, values: cells },
      ...{ rowLabel: y, columnLabel: x, valueLabel: column },
    });
  },
};

export const matrixPlot: Plot = {
  title: () => "Matrix",
  caption: () => "A matrix, one cell for each pair.",
  spec(table, params) {
    const isNumeric = (name: string) => !Array.isArray(table.columns[name]) && ArrayBuffer.isView(table.columns[name]);
    const numeric = Object.keys(table.columns).filter(isNumeric);
    const count = rowCount(table);
    // The columns that name the rows come first.
    const square = numeric.slice(numeric.length - count);
    if (square.length !== count || count === 0) {
      throw new Error(
        `plot: matrix draws a table with as many columns of numbers as rows; this one has ${numeric.length} and ${count}`,
      );
    }
    const naming = Object.keys(table.columns).filter((name) => !square.includes(name));
    const first = naming.length > 0 ? textOf(table, naming[0], "rows") : [];
    const areNames = distinct(first).length === count;
    const names = areNames ? first : square;
    const columns = square.map((name) => numbers(table, name));
    const values = Float64Array.from(names.flatMap((_, row) => columns.map((column) => column[row])));
    return heatmap({
      ...{ ...lookOf(params), ...lossAxisOf(params), rows: names, columns: square, values },
      ...{ rowLabel: areNames ? naming[0] : "", columnLabel: "" },
      valueLabel: drawnFacts(table, "comparison")?.distance ?? "value",
    });
  },
};
