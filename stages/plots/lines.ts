import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import { lines, type Series } from "../../src/figures/lines.js";
import { formatNumber } from "../../src/figures/numbers.js";
import { pearson } from "../../src/linalg/pearson.js";
import { spearman } from "../../src/linalg/spearman.js";
import { barcodeFacts } from "../artifacts/barcode.js";
import { columnNamed } from "../inputs/columnNamed.js";
import { capital, type FigureParams, lookOf, type Plot } from "./plot.js";
import { floorOf, spread } from "./spread.js";
import { given, oneForEach, rowsBy, spreadWords, textOf } from "./tables.js";

/** Columns of any table against each other. */
export const linesPlot: Plot = {
  title: (_, { x, y }) => capital(`${y} against ${x}`),
  caption: (_, params) => `${params.y} against ${params.x}${spreadWords(params)}.`,
  spec(table, params) {
    const { series, over, band, xScale, yScale } = params;
    const [x, y] = [given(params, "x"), given(params, "y")];
    const columns = Object.keys(table.columns);
    const [xName, yName] = [columnNamed(columns, x, "x"), columnNamed(columns, y, "y")];
    const rows =
      series === undefined
        ? [wholeSeries(table, xName, yName, y)]
        : seriesBy(table, xName, yName, columnNamed(columns, series, "series"), series);
    if (over !== undefined) {
      const by = series === undefined ? [] : [textOf(table, series, "series")];
      oneForEach([...by, textOf(table, x, "x"), textOf(table, over, "over")], over);
    }
    const floor = floorOf(numbers(table, yName));
    const marks = params.marks === "point" ? "point" : over === undefined ? "line" : "path";
    return lines({
      ...lookOf(params),
      yDomain: params.yRange,
      subtitle: params.correlation && rows.map((one) => coefficientWords(one, params)).join("; "),
      series: over === undefined ? rows : rows.map((one) => withBand(one, band, floor)),
      xLabel: x,
      yLabel: y,
      marks,
      ...{ xScale, yScale },
    });
  },
};

/** The correlation of x and y over the rows of a series that have both. */
function coefficientWords({ label, x, y }: Series, { correlation = "spearman", series }: FigureParams): string {
  const both = Array.from(x, (_, row) => row).filter((row) => Number.isFinite(x[row]) && Number.isFinite(y[row]));
  const [xs, ys] = [x, y].map((values) => Float64Array.from(both, (row) => values[row]));
  const [name, value] = correlation === "spearman" ? ["Spearman", spearman(xs, ys)] : ["Pearson", pearson(xs, ys)];
  const found = Number.isNaN(value) ? `no ${name} coefficient` : `${name} ${formatNumber(value)}`;
  return `${series === undefined ? "" : `${label}: `}${found}, ${both.length === 1 ? "1 row" : `${both.length} rows`}`;
}

/** All rows as one series. */
function wholeSeries(table: Artifact, x: string, y: string, label: string): Series {
  return { label, x: numbers(table, x), y: numbers(table, y) };
}

/** A series for each value of a column, in order of appearance. `name` is the name of the column. */
function seriesBy(table: Artifact, x: string, y: string, by: string, name: string): Series[] {
  const [xs, ys] = [numbers(table, x), numbers(table, y)];
  const cells = table.columns[by] as ArrayLike<string | number>;
  const labels = Array.from({ length: rowCount(table) }, (_, row) => String(cells[row]));
  return Array.from(rowsBy(labels), ([label, rows]) => {
    const own = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]);
    return { label: `${name} = ${label}`, x: own(xs), y: own(ys) };
  });
}

/** Merges the points of a series with the same x into one, with a band. */
function withBand({ label, x, y }: Series, band: FigureParams["band"], floor: number): Series {
  const rows = rowsBy(Array.from(x));
  const places = [...rows.keys()].sort((a, b) => a - b);
  const cells = places.map((place) =>
    spread(
      (rows.get(place) ?? []).map((row) => y[row]),
      band,
      floor,
    ),
  );
  return {
    label,
    x: places,
    y: cells.map(({ mean }) => mean),
    band: { low: cells.map(({ low }) => low), high: cells.map(({ high }) => high) },
  };
}

/** The lengths of segments against the measure of a loss-barcode stage. */
export const relationPlot: Plot = {
  title: (bars) => capital(`${barcodeFacts(bars).relation?.measure ?? "measure"} against the length of segments`),
  caption: () => "How hard minima are to escape (the length of their segments) against what they reach elsewhere.",
  spec(bars, params) {
    const { xScale, yScale } = params;
    const { relation } = barcodeFacts(bars);
    if (relation === undefined) {
      throw new Error('plot: relation draws the barcode of a loss-barcode stage with a table at its port "evaluation"');
    }
    const { measure, related, spearman, pearson } = relation;
    const finite = Array.from(numbers(bars, "length"), Number.isFinite);
    const own = (name: string) => numbers(bars, name).filter((_, row) => finite[row]);
    return lines({
      ...lookOf(params),
      yDomain: params.yRange,
      subtitle: `${related} minima: Spearman ${formatNumber(spearman)}, Pearson ${formatNumber(pearson)}`,
      series: [{ label: measure, x: own("length"), y: own("measure") }],
      xLabel: "length of the segment",
      yLabel: measure,
      marks: "point",
      ...{ xScale, yScale },
    });
  },
};
