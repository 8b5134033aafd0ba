import { colourBar } from "./axes.js";
import { figureSpec } from "./figureSpec.js";
import { literal } from "./literal.js";
import type { LossScale } from "./lossScale.js";
import { colours, type FigureText, lossColours, onColour, plotHeight, type Spec } from "./theme.js";

/** Counts of labels by prediction. */
export interface ConfusionData extends FigureText {
  classes: readonly string[];
  /** One row per label: the number of predictions of each class. */
  counts: readonly (readonly number[])[];
  /** The number of each label without a prediction. */
  unpredicted: readonly number[];
}

/** The most classes for which cells have counts and shares, and for which they have counts only. */
const [mostWithShares, mostWithCounts] = [10, 20];
/** The smallest cells, in pixels, with room for counts and shares, and for counts only. */
const [roomForShares, roomForCounts] = [46, 30];
/** Light to dark, without white. */
const ramp = ["#ffffff", ...[...lossColours].reverse()];
const longestName = 16;
const labelRoom = 12;

/**
 * A confusion matrix: one row per label, one column per prediction. The colour is the root of the share of the row, so
 * that rare mistakes are visible. The diagonal shows the accuracy of each class. Cells have their counts up to 20
 * classes, and shares up to 10, where they have room. Labels without a prediction have a separate column.
 */
export function confusion(data: ConfusionData): Spec {
  const { classes, counts, unpredicted } = data;
  const n = classes.length;
  const none = unpredicted.some((count) => count > 0);
  const columns = none ? n + 1 : n;
  const smallest = n <= mostWithShares ? roomForShares : n <= mostWithCounts ? roomForCounts : 520 / n;
  const cell = data.size ? data.size.width / columns : Math.max(plotHeight / n, smallest);
  const rows = counts.map((row, label) => [...row, ...(none ? [unpredicted[label]] : [])]);
  const total = rows.flat().reduce((sum, count) => sum + count, 0);
  const right = counts.reduce((sum, row, label) => sum + row[label], 0);
  const height = n * cell;
  const names = [...classes, ...(none ? ["none"] : [])].map(shortName);
  const remarks = [
    `${total.toLocaleString("en-US")} labels`,
    ...(total > 0 ? [`accuracy ${percent(right / total)}`] : []),
  ];
  const bar = colourBar("share", shares, "share of the label", Math.min(height, plotHeight) - 20);
  return figureSpec(data, remarks, {
    width: columns * cell,
    height,
    data: [
      { name: "cells", values: cellsOf(rows, cell) },
      { name: "filled", source: "cells", transform: [{ type: "filter", expr: "datum.filled" }] },
    ],
    scales: [
      { name: "share", type: "sqrt", domain: shares.domain, range: { scheme: ramp }, zero: false, nice: false },
      { name: "x", type: "linear", domain: [0, columns], range: "width", zero: false, nice: false },
      { name: "y", type: "linear", domain: [n, 0], range: "height", zero: false, nice: false },
    ],
    axes: [nameAxis("x", "bottom", "prediction", names, cell), nameAxis("y", "left", "label", names.slice(0, n), cell)],
    legends: [bar],
    marks: [coloursMark(cell), ...numberMarks(cell)],
  });
}

const shares: LossScale = { type: "linear", domain: [0, 1] };

/** The cells, row by row, with what they show. */
function cellsOf(rows: readonly (readonly number[])[], cell: number): object[] {
  return rows.flatMap((row, label) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, guess) => {
      const share = total > 0 ? count / total : 0;
      const words = { count: shortCount(count), percent: percent(share) };
      return { x: guess * cell, y: label * cell, share, ...words, filled: count > 0 };
    });
  });
}

function coloursMark(cell: number): object {
  return {
    type: "rect",
    from: { data: "cells" },
    encode: {
      update: {
        x: { field: "x" },
        y: { field: "y" },
        width: { value: cell },
        height: { value: cell },
        fill: { scale: "share", field: "share" },
        stroke: { value: colours.grid },
        strokeWidth: { value: cell >= roomForCounts ? 1 : 0.3 },
      },
    },
  };
}

/** The numbers in the cells, as far as there is room. */
function numberMarks(cell: number): object[] {
  const look = (text: string, dy: number, fontSize: number) => ({
    type: "text",
    from: { data: "filled" },
    encode: {
      update: {
        x: { field: "x", offset: cell / 2 },
        y: { field: "y", offset: cell / 2 + dy },
        text: { field: text },
        fontSize: { value: fontSize },
        align: { value: "center" },
        baseline: { value: "middle" },
        fill: [{ test: "datum.share > 0.4", value: onColour.dark }, { value: onColour.light }],
      },
    },
  });
  if (cell >= roomForShares) return [look("count", -7, 13), look("percent", 8, 11)];
  return cell >= roomForCounts ? [look("count", 0, 11)] : [];
}

/** Names at the middles of the cells. When they would touch, only every second, third … one is shown. */
export function nameAxis(
  scale: string,
  orient: "bottom" | "left",
  title: string,
  names: string[],
  cell: number,
): object {
  const stride = Math.ceil(labelRoom / cell);
  const values = names.flatMap((_, k) => (k % stride === 0 ? [k + 0.5] : []));
  const upright = orient === "bottom" && names.some((name) => name.length * 7.2 > cell - 2);
  return {
    scale,
    orient,
    ...(title && { title }),
    values,
    ticks: stride > 1,
    domain: false,
    labelPadding: 4,
    ...(upright && { labelAngle: -90, labelAlign: "right", labelBaseline: "middle" }),
    encode: { labels: { update: { text: { signal: `${literal(names)}[floor(datum.value)]` } } } },
  };
}

const shortName = (name: string) =>
  [...name].length > longestName ? `${[...name].slice(0, longestName - 1).join("")}…` : name;

/** At most four characters. */
function shortCount(count: number): string {
  if (count < 1e4) return String(count);
  const [size, unit] = count < 999_500 ? [1e3, "k"] : count < 999.5e6 ? [1e6, "M"] : [1e9, "G"];
  return `${Number((count / size).toPrecision(count / size < 100 ? 2 : 3))}${unit}`;
}

function percent(share: number): string {
  const text = (100 * share).toFixed(1);
  if (share === 0 || share === 1) return `${100 * share} %`;
  return `${text === "0.0" ? "<0.1" : text === "100.0" ? ">99.9" : text} %`;
}
