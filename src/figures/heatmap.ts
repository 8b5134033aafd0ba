import { colourBar, colourScale } from "./axes.js";
import { colourMap } from "./colourMap.js";
import { nameAxis } from "./confusion.js";
import { noFiniteLoss } from "./figureSpec.js";
import { brightness, lossPalette } from "./lossPalette.js";
import { type LossScale, scaleFraction } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { rectangle } from "./outlines.js";
import { chosenScale, type LossAxis } from "./sharedScales.js";
import { sketch } from "./sketch.js";
import { colours, type FigureText, lossColours, onColour, plotSize, type Spec } from "./theme.js";

/** A number for each row and column, both named. */
export interface HeatmapData extends FigureText, LossAxis {
  rows: readonly string[];
  columns: readonly string[];
  /** Row by row; NaN when there is none. */
  values: ArrayLike<number>;
  rowLabel: string;
  columnLabel: string;
  valueLabel: string;
}

/** The smallest cell, in pixels, that shows its number. */
const [numberWidth, numberHeight] = [32, 14];

/**
 * Numbers as colours: one cell for each row and column, the first row at the top. Cells show their number if they have
 * room. A cell without a finite number is grey.
 */
export function heatmap(data: HeatmapData): Spec {
  const { rows, columns, valueLabel } = data;
  const values = Float64Array.from(data.values);
  const scale = chosenScale(data, "loss", values);
  if (!scale) return noFiniteLoss(data, `0 of ${values.length} values finite`);
  const size = plotSize(data);
  const [width, height] = [size.width / columns.length, size.height / rows.length];
  const isFine = values.length > mostCells;
  const { shapes, words } = isFine ? { shapes: [], words: [] } : cellsOf(data, scale, width, height);
  const missing = values.filter((value) => !Number.isFinite(value)).length;
  const picture = sketch(data, {
    remarks: missing > 0 ? [`${missing} of ${values.length} cells without a finite value (grey)`] : [],
    scales: [
      { name: "column", type: "linear", domain: [0, columns.length], range: "width", zero: false, nice: false },
      { name: "row", type: "linear", domain: [rows.length, 0], range: "height", zero: false, nice: false },
      colourScale("value", scale, data.ramp),
    ],
    axes: [
      nameAxis("column", "bottom", data.columnLabel, [...columns], width),
      nameAxis("row", "left", data.rowLabel, [...rows], height),
    ],
    legends: [colourBar("value", scale, valueLabel, size.height - 40)],
    shapes,
    words,
  });
  if (!isFine) return picture;
  return { ...picture, marks: [image(data, values, scale), ...(picture.marks as object[])] };
}

/** More cells than this are a picture of pixels. */
const mostCells = 2500;

/** All cells as a picture, the first row at the top. */
function image({ rows, columns, ramp }: HeatmapData, values: Float64Array, scale: LossScale): object {
  const upwards = rows.flatMap((_, k) => {
    const row = rows.length - 1 - k;
    return Array.from(values.subarray(row * columns.length, (row + 1) * columns.length));
  });
  const edges = (count: number) => Float64Array.from({ length: count + 1 }, (_, k) => k);
  const url = colourMap(
    Float64Array.from(upwards),
    edges(columns.length),
    edges(rows.length),
    scale,
    ramp ?? lossColours,
  );
  const [width, height] = [{ signal: "width" }, { signal: "height" }];
  return { type: "image", encode: { update: { url: { value: url }, width, height, aspect: { value: false } } } };
}

/** One rectangle for each cell, and its number where all have room. */
function cellsOf(data: HeatmapData, scale: LossScale, width: number, height: number) {
  const { columns, values } = data;
  const palette = lossPalette(256, data.ramp ?? lossColours);
  const rgbAt = (value: number) => palette[Math.round(255 * Math.min(1, Math.max(0, scaleFraction(scale, value))))];
  const places = Array.from(values, (value, k) => ({
    value,
    x: (k % columns.length) * width,
    y: Math.floor(k / columns.length) * height,
  }));
  const shapes = places.map(({ value, x, y }) => ({
    path: rectangle(x, y, width, height),
    fill: Number.isFinite(value) ? `rgb(${rgbAt(value)})` : colours.notFinite,
    stroke: "#ffffff",
    strokeWidth: Math.min(width, height) > 12 ? 1 : 0.2,
  }));
  const texts = places.map(({ value }) => (Number.isFinite(value) ? shortNumber(value) : "–"));
  const fits =
    width >= Math.max(numberWidth, 7 * Math.max(...texts.map(({ length }) => length))) && height >= numberHeight;
  const words = places.map(({ value, x, y }, k) => ({
    x: x + width / 2,
    y: y + height / 2,
    text: texts[k],
    size: 11,
    fill: !Number.isFinite(value) || brightness(rgbAt(value)) < 140 ? onColour.dark : onColour.light,
  }));
  return { shapes, words: fits ? words : [] };
}

/** Three digits. */
function shortNumber(value: number): string {
  return formatNumber(Number(value.toPrecision(3)));
}
