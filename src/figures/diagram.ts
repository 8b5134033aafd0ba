import { axes, type Key, keyLegend, positionScale } from "./axes.js";
import { type BarcodeData, birthVertex } from "./barcode.js";
import { dimensionKey } from "./dimensionKey.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { axisScale } from "./lines.js";
import { linked } from "./linked.js";
import { type LossScale, placeOn } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { chosenScale } from "./sharedScales.js";
import { colours, plotSize, type Spec } from "./theme.js";

/** Pixels between the plot and the line of essential classes. */
const beyond = 16;

/**
 * A persistence diagram turned so that the diagonal lies below: one dot a bar, its birth across and its persistence,
 * the length of the bar, up. Essential classes lie on a line of their own above the plot. Bars whose birth is not
 * finite are counted, not drawn.
 */
export function diagram(data: BarcodeData): Spec {
  const { lossLabel = "loss" } = data;
  const all = Array.from(data.birth, (birth, i) => ({
    dimension: data.dimension[i],
    birth,
    death: data.death[i],
    vertex: birthVertex(data, i),
  }));
  const bars = all.filter(({ birth }) => Number.isFinite(birth));
  const births = bars.map(({ birth }) => birth);
  const x = chosenScale(data, "loss", births, 0.05);
  if (!x) return noFiniteLoss(data, `0 of ${all.length} bars with a finite birth`);
  // A death of NaN never occurs in a sweep; it is drawn with the essential classes.
  const lengths = bars.map(({ birth, death }) =>
    Number.isFinite(death) ? Math.min(Number.MAX_VALUE, Math.abs(death - birth)) : Infinity,
  );
  const finite = lengths.filter(Number.isFinite);
  const y = persistenceScale(data, finite);
  const { width, height } = plotSize(data);
  const keys: Key[] = [...new Set(bars.map(({ dimension }) => dimension))].sort((a, b) => a - b).map(dimensionKey);
  const fills = new Map(keys.map(({ label, fill }) => [label, fill]));
  const legend = keyLegend(
    keys.length > 1 ? keys.map((key) => ({ ...key, shape: "circle" })) : [],
    plotSize(data).width,
  );
  const [across, up] = [placeOn(x), placeOn(y)];
  const dots = bars.map(({ dimension, birth, vertex }, i) => ({
    birth: across(birth),
    ...(Number.isFinite(lengths[i]) ? { persistence: up(lengths[i]) } : { edge: -beyond }),
    colour: fills.get(dimensionKey(dimension).label),
    vertex,
  }));
  const endless = lengths.length - finite.length;
  const remarks = [all.length === 1 ? "1 bar" : `${formatNumber(all.length)} bars`];
  if (endless > 0) remarks.push(`${endless} never ending (∞)`);
  if (bars.length < all.length) remarks.push(`${all.length - bars.length} with a birth that is not finite, not drawn`);
  return figureSpec(data, remarks, {
    width,
    height,
    data: [
      { name: "dots", values: dots.reverse() },
      { name: "lines", values: endless > 0 ? [{ y: -beyond, text: "∞" }] : [] },
    ],
    scales: [positionScale("x", x, "width"), positionScale("y", y, "height"), ...legend.scales],
    axes: [...axes("x", x, "bottom", `birth (${lossLabel})`), ...axes("y", y, "left", `persistence (${lossLabel})`)],
    legends: legend.legends,
    marks: marksOf(width, dots.length > 200, data.birthVertex !== undefined),
  });
}

/** The line of essential classes with its sign, and the dots. */
function marksOf(width: number, isCrowded: boolean, isLinked: boolean): object[] {
  return [
    {
      type: "rule",
      from: { data: "lines" },
      encode: {
        update: {
          x: { value: 0 },
          x2: { value: width },
          y: { field: "y" },
          stroke: { value: colours.quiet },
          strokeDash: { value: [4, 3] },
        },
      },
    },
    {
      type: "text",
      from: { data: "lines" },
      encode: {
        update: {
          x: { value: -8 },
          y: { field: "y" },
          align: { value: "right" },
          baseline: { value: "middle" },
          fontSize: { value: 13 },
          fill: { value: colours.text },
          text: { field: "text" },
        },
      },
    },
    {
      type: "symbol",
      from: { data: "dots" },
      encode: {
        update: {
          x: { scale: "x", field: "birth" },
          y: { signal: "isValid(datum.edge) ? datum.edge : scale('y', datum.persistence)" },
          size: { value: isCrowded ? 18 : 45 },
          ...(isLinked && linked),
          fill: { field: "colour" },
          fillOpacity: { value: isCrowded ? 0.6 : 0.85 },
          stroke: { value: "#ffffff" },
          strokeWidth: { value: isCrowded ? 0.3 : 0.7 },
        },
      },
    },
  ];
}

/** From 0. With only endless bars any scale works, and a scale from 0 to 1 says so. */
function persistenceScale(data: BarcodeData, lengths: readonly number[]): LossScale {
  const wanted = data.lossScale ?? "auto";
  const found = axisScale(data, "persistence", lengths, 0.05, wanted);
  if (!found || lengths.length === 0) return { type: "linear", domain: [0, 1] };
  return found.type === "linear" ? { type: "linear", domain: [0, found.domain[1]] } : found;
}
