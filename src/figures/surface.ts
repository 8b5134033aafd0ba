import { colourBar, colourScale, type Key, keyLegend } from "./axes.js";
import { boxAxes } from "./boxAxes.js";
import { lossPalette } from "./lossPalette.js";
import { type LossScale, scaleFraction } from "./lossScale.js";
import { fitted, type Projected, projector, shade, type View } from "./projection.js";
import { chosenScale, type LossAxis } from "./sharedScales.js";
import { circle, polygon, type Shape, sketch } from "./sketch.js";
import { type FigureText, lossColours, noFiniteLoss, plotSize, type Spec } from "./theme.js";
import { ticks } from "./ticks.js";

/** Losses on a 2-D grid, as in a contour figure, seen from a side. */
export interface SurfaceData extends FigureText, LossAxis {
  x: Float64Array;
  y: Float64Array;
  loss: Float64Array;
  xLabel: string;
  yLabel: string;
  lossLabel?: string;
  center?: [number, number] | null;
  view: View;
}

const tooFew = "a surface has at least two samples along each axis";

/** The height of the box, in units of its sides. */
const boxHeight = 0.62;
/** The least width of a picture, in pixels, that has room for a colour bar. */
const roomForBar = 320;
/** The most samples along a side; a longer side is drawn with every second, third … sample. */
const mostSamples = 121;

/**
 * A loss landscape over two directions as a shaded mesh with isolines, as in Li et al. (2018). Cells are drawn from
 * back to front, so that near ones hide far ones; for a height over a rectangular grid in parallel projection this
 * order is exact. Cells with a corner that is not finite are left out. The trained model is a dot, hollow when the
 * surface hides it.
 */
export function surface(data: SurfaceData): Spec {
  const scale = chosenScale(data, "loss", data.loss);
  const all = data.loss.length;
  const finite = data.loss.reduce((count, value) => count + Number(Number.isFinite(value)), 0);
  if (!scale) return noFiniteLoss(data, `${finite} of ${all} samples finite`);
  if (data.x.length < 2 || data.y.length < 2)
    return noFiniteLoss(data, `${data.x.length} × ${data.y.length} samples`, tooFew);
  const { x, y, loss, stride } = thinned(data);
  const xScale: LossScale = { type: "linear", domain: [x[0], x[x.length - 1]] };
  const yScale: LossScale = { type: "linear", domain: [y[0], y[y.length - 1]] };
  const [across, along] = [x, y].map((axis, k) =>
    axis.map((value) => scaleFraction(k === 0 ? xScale : yScale, value) - 0.5),
  );
  const height = (value: number) =>
    Number.isFinite(value) ? boxHeight * Math.min(1, Math.max(0, scaleFraction(scale, value))) : Number.NaN;
  const heights = loss.map(height);
  const project = projector(data.view);
  const size = plotSize(data);
  const box = [-0.5, 0.5].flatMap((u) => [-0.5, 0.5].flatMap((v) => [0, boxHeight].map((w) => project(u, v, w))));
  const fit = fitted(box, size.width - 96, size.height - 58);
  const at = (point: Projected): [number, number] => {
    const [u, v] = fit(point);
    return [u + 56, v + 18];
  };
  const mesh = { across, along, heights, at: (u: number, v: number, w: number) => at(project(u, v, w)) };
  const marks = ticks(scale, 12).values.map(height);
  // A few decades have few round numbers.
  const even = Array.from({ length: 12 }, (_, k) => (boxHeight * (k + 1)) / 13);
  const levels = (marks.length < 8 ? even : marks).filter((level) => level > 0 && level < boxHeight);
  const palette = lossPalette(256, data.ramp ?? lossColours);
  const cells = cellsOf(mesh, levels, palette, data.view);
  const model = modelDot(data, [xScale, yScale], mesh, cells);
  const { shapes, words } = boxAxes(
    {
      x: { scale: xScale, label: data.xLabel },
      y: { scale: yScale, label: data.yLabel },
      z: { scale, label: data.lossLabel ?? "loss" },
    },
    [0, boxHeight],
    project,
    at,
    size.width + 26,
  );
  const legend = keyLegend(model ? [modelKey] : [], size.width);
  return sketch(data, {
    remarks: [
      ...(finite < all ? [`${all - finite} of ${all} samples not finite (left out)`] : []),
      ...(stride > 1 ? [`one of ${stride} samples along each axis`] : []),
      ...(model?.isHidden ? ["the trained model lies behind the surface"] : []),
    ],
    scales: [colourScale("loss", scale, data.ramp), ...legend.scales],
    legends: [
      // In a small picture the vertical axis alone says what the colours mean.
      ...(data.shared || (data.size?.room ?? Infinity) > roomForBar
        ? [{ ...colourBar("loss", scale, data.lossLabel ?? "loss", size.height - 60), offset: 34 }]
        : []),
      ...legend.legends,
    ],
    shapes: [...shapes, ...cells.flatMap((cell) => cell.shapes), ...(model ? [model.shape] : [])],
    words,
  });
}

const modelKey: Key = { label: "trained model", shape: "circle", fill: "#ffffff", stroke: "#000000" };

interface Mesh {
  across: Float64Array;
  along: Float64Array;
  heights: Float64Array;
  at: (u: number, v: number, w: number) => [number, number];
}

interface Cell {
  i: number;
  j: number;
  corners: [number, number][];
  shapes: Shape[];
}

/** The cells from back to front, each with its pieces of isolines. */
function cellsOf({ across, along, heights, at }: Mesh, levels: number[], palette: number[][], view: View): Cell[] {
  const turn = (view.azimuth * Math.PI) / 180;
  const order = (count: number, isFarFirst: boolean) =>
    Array.from({ length: count - 1 }, (_, k) => (isFarFirst ? count - 2 - k : k));
  const cells: Cell[] = [];
  for (const j of order(along.length, Math.cos(turn) > 0)) {
    for (const i of order(across.length, Math.sin(turn) > 0)) {
      const places = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ].map(([a, b]) => [across[a], along[b], heights[a + across.length * b]] as const);
      // A cell without a width, between coordinates that differ by less than a double tells, is not seen.
      const isFlat = across[i] === across[i + 1] || along[j] === along[j + 1];
      if (isFlat || places.some(([, , w]) => Number.isNaN(w))) continue;
      const corners = places.map((place) => at(...place));
      const [[u0, v0, a], [u1, , b], [, v1, c], [, , d]] = places;
      const mean = (a + b + c + d) / 4;
      const normal = [-(b + c - a - d) / (2 * (u1 - u0)), -(c + d - a - b) / (2 * (v1 - v0)), 1] as const;
      const light = shade(normal, view);
      const fill = `rgb(${palette[Math.round((255 * mean) / boxHeight)].map((channel) => Math.round(channel * light))})`;
      const shapes: Shape[] = [{ path: polygon(corners), fill, stroke: fill, strokeWidth: 0.4 }];
      const [low, high] = [Math.min(a, b, c, d), Math.max(a, b, c, d)];
      const crossed = levels.filter((level) => level > low && level <= high);
      const path = crossed.map((level) => isoline(places, level, at)).join("");
      if (path !== "")
        shapes.push({ path, stroke: mean < 0.3 * boxHeight ? "#ffffff" : "#26334d", strokeWidth: 0.5, opacity: 0.7 });
      cells.push({ i, j, corners, shapes });
    }
  }
  return cells;
}

/**
 * The pieces of a level's line in a cell: between the points where its edges cross the level, in pairs around the cell.
 */
function isoline(places: readonly (readonly [number, number, number])[], level: number, at: Mesh["at"]): string {
  const crossings = places.flatMap(([u, v, w], k) => {
    const [u1, v1, w1] = places[(k + 1) % 4];
    if (w >= level === w1 >= level) return [];
    const t = (level - w) / (w1 - w);
    return [at(u + t * (u1 - u), v + t * (v1 - v), level)];
  });
  let path = "";
  for (let k = 0; k + 1 < crossings.length; k += 2) path += polygon([crossings[k], crossings[k + 1]], true);
  return path;
}

/** The dot of the trained model on the surface; undefined when it lies outside the grid or on a hole. */
function modelDot(data: SurfaceData, axes: LossScale[], mesh: Mesh, cells: Cell[]) {
  if (data.center === null) return undefined;
  const [u, v] = (data.center ?? [0, 0]).map((value, k) => scaleFraction(axes[k], value) - 0.5);
  const cellAt = (axis: Float64Array, place: number) =>
    axis.findIndex((from, k) => k + 1 < axis.length && place >= from - 1e-12 && place <= axis[k + 1] + 1e-12);
  const [i, j] = [cellAt(mesh.across, u), cellAt(mesh.along, v)];
  const own = cells.findIndex((cell) => cell.i === i && cell.j === j);
  if (own < 0) return undefined;
  const [s, t] = [
    (u - mesh.across[i]) / (mesh.across[i + 1] - mesh.across[i]),
    (v - mesh.along[j]) / (mesh.along[j + 1] - mesh.along[j]),
  ];
  const corner = (a: number, b: number) => mesh.heights[i + a + mesh.across.length * (j + b)];
  const w = (1 - s) * ((1 - t) * corner(0, 0) + t * corner(0, 1)) + s * ((1 - t) * corner(1, 0) + t * corner(1, 1));
  const [x, y] = mesh.at(u, v, w);
  const isNext = (cell: Cell) => Math.abs(cell.i - i) <= 1 && Math.abs(cell.j - j) <= 1;
  const isHidden = cells.slice(own + 1).some((cell) => !isNext(cell) && contains(cell.corners, x, y));
  const shape: Shape = {
    path: circle(x, y, 4),
    fill: isHidden ? undefined : "#ffffff",
    stroke: "#000000",
    strokeWidth: 1.3,
  };
  return { shape, isHidden };
}

/** True when a convex polygon contains a point. */
function contains(corners: readonly (readonly [number, number])[], x: number, y: number): boolean {
  const sides = corners.map(([x0, y0], k) => {
    const [x1, y1] = corners[(k + 1) % corners.length];
    return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0);
  });
  return sides.every((side) => side >= 0) || sides.every((side) => side <= 0);
}

function thinned({ x, y, loss }: SurfaceData) {
  const stride = Math.ceil(Math.max(x.length, y.length) / mostSamples);
  if (stride === 1) return { x, y, loss, stride };
  const every = (axis: Float64Array) => Array.from(axis.keys()).filter((k) => k % stride === 0);
  const [columns, rows] = [every(x), every(y)];
  const kept = Float64Array.from(rows.flatMap((j) => columns.map((i) => loss[i + x.length * j])));
  return { x: x.filter((_, k) => k % stride === 0), y: y.filter((_, k) => k % stride === 0), loss: kept, stride };
}
