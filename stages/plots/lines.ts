import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import { lines, type Series } from "../../src/figures/lines.js";
import { formatNumber } from "../../src/figures/numbers.js";
import { barcodeFacts } from "../artifacts/barcode.js";
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
    return lines({
      title,
      series: seriesOf(table, x, y, series),
      xLabel: x,
      yLabel: y,
      marks,
      ...{ xScale, yScale },
    });
  },
};

/** A series for each value of a column, in order of appearance. */
function seriesOf(table: Artifact, x: string, y: string, by: string | undefined): Series[] {
  const [xs, ys] = [numbers(table, x), numbers(table, y)];
  if (by === undefined) return [{ label: y, x: xs, y: ys }];
  const cells = table.columns[by] as ArrayLike<string | number> | undefined;
  if (cells === undefined)
    throw new Error(`the table has no column "${by}"; it has ${Object.keys(table.columns).join(", ")}`);
  const labels = Array.from({ length: rowCount(table) }, (_, row) => String(cells[row]));
  return [...new Set(labels)].map((label) => {
    const own = (values: Float64Array) => values.filter((_, row) => labels[row] === label);
    return { label: `${by} = ${label}`, x: own(xs), y: own(ys) };
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
