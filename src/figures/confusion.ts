import { colourBar } from "./axes.js";
import { literal } from "./literal.js";
import { colours, type FigureText, figureSpec, lossColours, plotHeight, type Spec } from "./theme.js";

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
/** Light to dark, without white. */
const ramp = ["#ffffff", ...[...lossColours].reverse()];
const longestName = 16;
const labelRoom = 12;

/**
 * A confusion matrix: one row per label, one column per prediction. The colour is the root of the share of the row, so
 * that rare mistakes are visible. The diagonal shows the accuracy of each class. Cells have their counts up to 20
 * classes, and shares up to 10. Labels without a prediction have a separate column.
 */
export function confusion(data: ConfusionData): Spec {
  const { classes, counts, unpredicted } = data;
  const n = classes.length;
  const none = unpredicted.some((count) => count > 0);
  const columns = none ? n + 1 : n;
  const cell = data.size
    ? data.size.width / columns
    : Math.max(plotHeight / n, n <= mostWithShares ? 38 : n <= mostWithCounts ? 28 : 520 / n);
  const rows = counts.map((row, label) => [...row, ...(none ? [unpredicted[label]] : [])]);
  const totals = rows.map((row) => row.reduce((sum, count) => sum + count, 0));
  const cells = rows.flatMap((row, label) =>
    row.map((count, guess) => {
      const share = totals[label] > 0 ? count / totals[label] : 0;
      return {
        x: guess * cell,
        y: label * cell,
        share,
        count: shortCount(count),
        percent: percent(share),
        filled: count > 0,
      };
    }),
  );
  const total = totals.reduce((sum, count) => sum + count, 0);
  const right = counts.reduce((sum, row, label) => sum + row[label], 0);
  const [width, height] = [columns * cell, n * cell];
  const names = [...classes, ...(none ? ["none"] : [])].map(shortName);
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
        fill: [{ test: "datum.share > 0.4", value: "#ffffff" }, { value: colours.text }],
      },
    },
  });
  const numbers =
    n <= mostWithShares
      ? [look("count", -6, Math.min(13, cell / 3)), look("percent", 8, Math.min(11, cell / 4))]
      : [look("count", 0, Math.min(11, cell / 3))];
  const remarks = [
    `${total.toLocaleString("en-US")} labels`,
    ...(total > 0 ? [`accuracy ${percent(right / total)}`] : []),
  ];
  return figureSpec(data, remarks, {
    width,
    height,
    data: [
      { name: "cells", values: cells },
      { name: "filled", source: "cells", transform: [{ type: "filter", expr: "datum.filled" }] },
    ],
    scales: [
      { name: "share", type: "sqrt", domain: [0, 1], range: { scheme: ramp }, zero: false, nice: false },
      { name: "x", type: "linear", domain: [0, columns], range: "width", zero: false, nice: false },
      { name: "y", type: "linear", domain: [n, 0], range: "height", zero: false, nice: false },
    ],
    axes: [nameAxis("x", "bottom", "prediction", names, cell), nameAxis("y", "left", "label", names.slice(0, n), cell)],
    legends: [
      {
        ...colourBar(
          "share",
          { type: "linear", domain: [0, 1] },
          "share of the label",
          Math.min(height, plotHeight) - 20,
        ),
      },
    ],
    marks: [
      {
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
            strokeWidth: { value: n <= mostWithCounts ? 1 : 0.3 },
          },
        },
      },
      ...(n <= mostWithCounts ? numbers : []),
    ],
  });
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
