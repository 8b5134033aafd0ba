import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import { lines, type Series } from "../../src/figures/lines.js";
import { formatNumber } from "../../src/figures/numbers.js";
import { barcodeFacts } from "../artifacts/barcode.js";
import { columnNamed } from "../inputs/columnNamed.js";
import type { FigureParams, Plot } from "./plot.js";

/** Columns of any table against each other. */
export const linesPlot: Plot = {
  kind: "table",
  suits: () => false,
  caption: () => "Columns of a table against each other.",
  spec(table, { title, x, y, series, marks = "line", xScale, yScale }) {
    if (x === undefined || y === undefined) {
      const known = Object.keys(table.columns).join(", ");
      throw new Error(`plot: lines draws one column of a table against another; expected x and y among ${known}`);
    }
    const columns = Object.keys(table.columns);
    const [xName, yName] = [columnNamed(columns, x, "x"), columnNamed(columns, y, "y")];
    return lines({
      title,
      series:
        series === undefined
          ? [wholeSeries(table, xName, yName, y)]
          : seriesBy(table, xName, yName, columnNamed(columns, series, "series"), series),
      xLabel: x,
      yLabel: y,
      marks,
      ...{ xScale, yScale },
    });
  },
};

/** All rows as one series. */
function wholeSeries(table: Artifact, x: string, y: string, label: string): Series {
  return { label, x: numbers(table, x), y: numbers(table, y) };
}

/** A series for each value of a column, in order of appearance; `name` is what the column is called. */
function seriesBy(table: Artifact, x: string, y: string, by: string, name: string): Series[] {
  const [xs, ys] = [numbers(table, x), numbers(table, y)];
  const cells = table.columns[by] as ArrayLike<string | number>;
  const labels = Array.from({ length: rowCount(table) }, (_, row) => String(cells[row]));
  return [...new Set(labels)].map((label) => {
    const own = (values: Float64Array) => values.filter((_, row) => labels[row] === label);
    return { label: `${name} = ${label}`, x: own(xs), y: own(ys) };
  });
}

/** Lengths of segments against what a loss-barcode stage relates them to. */
export const relationPlot: Plot = {
  kind: "barcode",
  suits: () => false,
  caption: () => "How hard minima are to escape (the length of their segments) against what they reach elsewhere.",
  spec(bars, { title, xScale, yScale }: FigureParams) {
    const { relation } = barcodeFacts(bars);
    if (relation === undefined) {
      throw new Error('plot: relation draws the barcode of a loss-barcode stage with a table at its port "evaluation"');
    }
    const { measure, related, spearman, pearson } = relation;
    const finite = Array.from(numbers(bars, "length"), Number.isFinite);
    const own = (name: string) => numbers(bars, name).filter((_, row) => finite[row]);
    return lines({
      title,
      subtitle: `${related} minima: Spearman ${formatNumber(spearman)}, Pearson ${formatNumber(pearson)}`,
      series: [{ label: measure, x: own("length"), y: own("measure") }],
      xLabel: "length of the segment",
      yLabel: measure,
      marks: "point",
      ...{ xScale, yScale },
    });
  },
};
