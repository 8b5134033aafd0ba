import { type ContourPath, pathColours } from "./contour.js";
import { type LossScale, scaleFraction } from "./lossScale.js";
import type { View } from "./projection.js";
import { chosenScale, type LossAxis } from "./sharedScales.js";
import type { FigureText } from "./theme.js";

/** Losses on a 2-D grid, as in a contour figure, seen from a side. */
export interface SurfaceData extends FigureText, LossAxis {
  x: Float64Array;
  y: Float64Array;
  loss: Float64Array;
  xLabel: string;
  yLabel: string;
  lossLabel?: string;
  center?: [number, number] | null;
  /** Other models, or the checkpoints of a training in order, in the same coordinates. */
  paths?: ContourPath[];
  view: View;
}

/** The height of the box, in units of its sides. */
export const boxHeight = 0.62;
/** The most samples along a side; a longer side is drawn with every second, third … sample. */
const mostSamples = 121;
/** The pieces between two points of a path, which follow the surface. */
const pieces = 8;

/** A place in the box, which reaches from −½ to ½ in the first two coordinates. */
export type Place = readonly [u: number, v: number, w: number];

/** A surface in its box, whatever the direction of view. */
export interface SurfaceBox {
  scale: LossScale;
  x: LossScale;
  y: LossScale;
  across: Float64Array;
  along: Float64Array;
  /** Heights by vertex, first axis fastest; NaN for a loss that is not finite. */
  heights: Float64Array;
  /** One of so many samples along each axis is drawn. */
  stride: number;
  /** The trained model; undefined when it lies outside the grid or on a hole. */
  model?: Place;
  paths: BoxPath[];
}

/** A path on the surface, cut where it leaves it. */
export interface BoxPath {
  label: string;
  colour: string;
  parts: Place[][];
  /** The points of the path that lie outside. */
  outside: number;
}

/** Undefined without a finite loss, or with fewer than two samples along an axis. */
export function surfaceBox(data: SurfaceData): SurfaceBox | undefined {
  const scale = chosenScale(data, "loss", data.loss);
  if (!scale || data.x.length < 2 || data.y.length < 2) return undefined;
  const { x, y, loss, stride } = thinned(data);
  const [xScale, yScale] = [x, y].map(
    (axis): LossScale => ({ type: "linear", domain: [axis[0], axis[axis.length - 1]] }),
  );
  const across = x.map((value) => scaleFraction(xScale, value) - 0.5);
  const along = y.map((value) => scaleFraction(yScale, value) - 0.5);
  const heights = loss.map((value) =>
    Number.isFinite(value) ? boxHeight * Math.min(1, Math.max(0, scaleFraction(scale, value))) : Number.NaN,
  );
  const at = (a: number, b: number) =>
    placeOn({ across, along, heights }, scaleFraction(xScale, a) - 0.5, scaleFraction(yScale, b) - 0.5);
  return {
    ...{ scale, x: xScale, y: yScale, across, along, heights, stride },
    model: data.center === null ? undefined : at(...(data.center ?? [0, 0])),
    paths: (data.paths ?? []).map((path, k) => pathOn(path, pathColours[k % pathColours.length], at)),
  };
}

/** The point of the surface above a place of the ground, straight between samples. */
function placeOn(
  { across, along, heights }: Pick<SurfaceBox, "across" | "along" | "heights">,
  u: number,
  v: number,
): Place | undefined {
  const [i, j] = [cellAt(across, u), cellAt(along, v)];
  if (i < 0 || j < 0) return undefined;
  const [s, t] = [(u - across[i]) / (across[i + 1] - across[i]), (v - along[j]) / (along[j + 1] - along[j])];
  const corner = (a: number, b: number) => heights[i + a + across.length * (j + b)];
  const w = (1 - s) * ((1 - t) * corner(0, 0) + t * corner(0, 1)) + s * ((1 - t) * corner(1, 0) + t * corner(1, 1));
  return Number.isNaN(w) ? undefined : [u, v, w];
}

/** The interval of an axis that holds a place; −1 outside. */
export const cellAt = (axis: Float64Array, place: number) =>
  axis.findIndex((from, k) => k + 1 < axis.length && place >= from - 1e-12 && place <= axis[k + 1] + 1e-12);

function pathOn(
  { label, x, y }: ContourPath,
  colour: string,
  at: (a: number, b: number) => Place | undefined,
): BoxPath {
  const parts: Place[][] = [];
  let part: Place[] = [];
  const add = (place: Place | undefined) => {
    if (place) part.push(place);
    else if (part.length > 0) {
      parts.push(part);
      part = [];
    }
  };
  let outside = 0;
  for (let i = 0; i < x.length; i++) {
    if (at(x[i], y[i]) === undefined) outside++;
    for (let k = i === 0 ? pieces : 1; k <= pieces; k++) {
      const t = k / pieces;
      const from = Math.max(0, i - 1);
      add(at(x[from] + t * (x[i] - x[from]), y[from] + t * (y[i] - y[from])));
    }
  }
  add(undefined);
  return { label, colour, parts, outside };
}

function thinned({ x, y, loss }: SurfaceData) {
  const stride = Math.ceil(Math.max(x.length, y.length) / mostSamples);
  if (stride === 1) return { x, y, loss, stride };
  const every = (axis: Float64Array) => Array.from(axis.keys()).filter((k) => k % stride === 0);
  const [columns, rows] = [every(x), every(y)];
  const kept = Float64Array.from(rows.flatMap((j) => columns.map((i) => loss[i + x.length * j])));
  return { x: x.filter((_, k) => k % stride === 0), y: y.filter((_, k) => k % stride === 0), loss: kept, stride };
}
