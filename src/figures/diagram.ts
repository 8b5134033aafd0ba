import { axes, type Key, keyLegend, positionScale } from "./axes.js";
import type { BarcodeData } from "./barcode.js";
import { dimensionKey } from "./dimensionKey.js";
import { placeOn } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { chosenScale } from "./sharedScales.js";
import { colours, figureSpec, noFiniteLoss, plotSize, type Spec } from "./theme.js";

/** Pixels between the plot and the line of what never dies. */
const beyond = 16;

/**
 * A persistence diagram: one dot a bar, its birth across and its death up, with the diagonal, from which a dot is the
 * farther the longer its bar. Both axes are one scale. Essential classes lie on a line of their own beyond the plot.
 * Bars whose birth is not finite are counted, not drawn.
 */
export function diagram(data: BarcodeData): Spec {
  const { lossLabel = "loss" } = data;
  const all = Array.from(data.birth, (birth, i) => ({ dimension: data.dimension[i], birth, death: data.death[i] }));
  const bars = all.filter(({ birth }) => Number.isFinite(birth));
  const scale = chosenScale(
    data,
    "loss",
    bars.flatMap(({ birth, death }) => [birth, death]),
    0.05,
  );
  if (!scale) return noFiniteLoss(data, `0 of ${all.length} bars with a finite birth`);
  const { height: side } = plotSize(data);
  const at = placeOn(scale);
  const keys: Key[] = [...new Set(bars.map(({ dimension }) => dimension))].sort((a, b) => a - b).map(dimensionKey);
  const fills = new Map(keys.map(({ label, fill }) => [label, fill]));
  const legend = keyLegend(keys.length > 1 ? keys.map((key) => ({ ...key, shape: "circle" })) : []);
  const dots = bars.map(({ dimension, birth, death }) => {
    const colour = fills.get(dimensionKey(dimension).label);
    // NaN is the death of nothing that was swept; it is drawn with what never dies.
    if (Number.isFinite(death)) return { birth: at(birth), death: at(death), colour };
    return { birth: at(birth), edge: death === -Infinity ? side + beyond : -beyond, colour };
  });
  const lines = [...new Set(dots.flatMap(({ edge }) => (edge === undefined ? [] : [edge])))];
  const remarks = [all.length === 1 ? "1 bar" : `${formatNumber(all.length)} bars`];
  if (lines.length > 0) remarks.push(`${dots.filter(({ edge }) => edge !== undefined).length} never ending (∞)`);
  if (bars.length < all.length) remarks.push(`${all.length - bars.length} with a birth that is not finite, not drawn`);
  const crowded = dots.length > 200;
  return figureSpec(data, remarks, {
    width: side,
    height: side,
    data: [
      { name: "dots", values: dots.reverse() },
      { name: "lines", values: lines.map((y) => ({ y, text: y < 0 ? "∞" : "−∞" })) },
    ],
    scales: [positionScale("x", scale, "width"), positionScale("y", scale, "height"), ...legend.scales],
    axes: [
      ...axes("x", scale, "bottom", `birth (${lossLabel})`).map((axis) => ({
        ...axis,
        offset: lines.some((y) => y > 0) ? beyond + 8 : 0,
      })),
      ...axes("y", scale, "left", `death (${lossLabel})`),
    ],
    legends: legend.legends,
    marks: [
      {
        type: "rule",
        encode: {
          update: {
            x: { value: 0 },
            y: { value: side },
            x2: { value: side },
            y2: { value: 0 },
            stroke: { value: colours.line },
            strokeWidth: { value: 1 },
          },
        },
      },
      {
        type: "rule",
        from: { data: "lines" },
        encode: {
          update: {
            x: { value: 0 },
            x2: { value: side },
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
            y: { signal: "isValid(datum.edge) ? datum.edge : scale('y', datum.death)" },
            size: { value: crowded ? 18 : 45 },
            fill: { field: "colour" },
            fillOpacity: { value: crowded ? 0.6 : 0.85 },
            stroke: { value: "#ffffff" },
            strokeWidth: { value: crowded ? 0.3 : 0.7 },
          },
        },
      },
    ],
  });
}
