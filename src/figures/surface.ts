import { colourBar, colourScale, type Key, keyLegend } from "./axes.js";
import { below, boxAxes } from "./boxAxes.js";
import { noFiniteLoss } from "./figureSpec.js";
import { lossPalette } from "./lossPalette.js";
import { scaleFraction } from "./lossScale.js";
import { circle, polygon, type Shape } from "./outlines.js";
import { fitted, type Projected, projector, shade, type View } from "./projection.js";
import { sketch } from "./sketch.js";
import {
  type BoxPath,
  boxHeight,
  cellAt,
  type Place,
  type SurfaceBox,
  type SurfaceData,
  surfaceBox,
} from "./surfaceBox.js";
import { labelWidth } from "./textLines.js";
import { lossColours, plotSize, type Spec } from "./theme.js";
import { ticks } from "./ticks.js";

const tooFew = "a surface has at least two samples along each axis";

/** The least width of a picture, in pixels, that has room for a colour bar. */
const roomForBar = 320;

/**
 * A loss landscape over two directions as a shaded mesh with isolines, as in Li et al. (2018). Cells are drawn from
 * back to front, so that near ones hide far ones; for a height over a rectangular grid in parallel projection this
 * order is exact. Cells with a corner that is not finite are left out. The trained model is a dot, hollow when the
 * surface hides it.
 */
export function surface(data: SurfaceData): Spec {
  const box = surfaceBox(data);
  const all = data.loss.length;
  const finite = data.loss.reduce((count, value) => count + Number(Number.isFinite(value)), 0);
  if (!box) {
    return finite === 0
      ? noFiniteLoss(data, `${finite} of ${all} samples finite`)
      : noFiniteLoss(data, `${data.x.length} × ${data.y.length} samples`, tooFew);
  }
  const { scale, x, y, stride } = box;
  const project = projector(data.view);
  const size = plotSize(data);
  const corners = [-0.5, 0.5].flatMap((u) => [-0.5, 0.5].flatMap((v) => [0, boxHeight].map((w) => project(u, v, w))));
  const fit = fitted(corners, size.width - 96, size.height - 58);
  const at = (point: Projected): [number, number] => {
    const [u, v] = fit(point);
    return [u + 56, v + 18];
  };
  const onPage = (...place: Place) => at(project(...place));
  const palette = lossPalette(256, data.ramp ?? lossColours);
  const cells = cellsOf(box, onPage, isolineHeights(box), palette, data.view);
  const isHidden = hiding(box, cells, onPage);
  const model = box.model && modelDot(box.model, onPage, isHidden(box.model));
  const { shapes, words } = boxAxes(
    {
      x: { scale: x, label: data.xLabel },
      y: { scale: y, label: data.yLabel },
      z: { scale, label: data.lossLabel ?? "loss" },
    },
    [0, boxHeight],
    project,
    at,
    size.width + 26,
    labelWidth,
  );
  const keys = box.paths.map(({ label, colour }): Key => ({ label, shape: "circle", fill: colour, stroke: "#ffffff" }));
  const legend = keyLegend([...keys, ...(model ? [modelKey] : [])], size.width, below(words, size.height));
  const outside = box.paths.reduce((sum, path) => sum + path.outside, 0);
  const points = (data.paths ?? []).reduce((sum, path) => sum + path.x.length, 0);
  return sketch(data, {
    remarks: [
      ...(finite < all ? [`${all - finite} of ${all} samples not finite (left out)`] : []),
      ...(stride > 1 ? [`one of ${stride} samples along each axis`] : []),
      ...(outside > 0 ? [`${outside} of ${points} projected points outside the grid`] : []),
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
    shapes: [
      ...shapes,
      ...cells.flatMap((cell) => cell.shapes),
      ...box.paths.flatMap((path) => pathShapes(path, onPage, isHidden)),
      ...(model ? [model.shape] : []),
    ],
    words,
  });
}

/** The heights of about a dozen isolines. */
export function isolineHeights({ scale }: SurfaceBox): number[] {
  const marks = ticks(scale, 12).values.map((value) => boxHeight * scaleFraction(scale, value));
  // A few decades have few round numbers.
  const even = Array.from({ length: 12 }, (_, k) => (boxHeight * (k + 1)) / 13);
  return (marks.length < 8 ? even : marks).filter((level) => level > 0 && level < boxHeight);
}

const modelKey: Key = { label: "trained model", shape: "circle", fill: "#ffffff", stroke: "#000000" };

type OnPage = (...place: Place) => [number, number];

interface Cell {
  i: number;
  j: number;
  corners: [number, number][];
  shapes: Shape[];
}

/** The cells from back to front, each with its pieces of isolines. */
function cellsOf(
  { across, along, heights }: SurfaceBox,
  at: OnPage,
  levels: number[],
  palette: number[][],
  view: View,
): Cell[] {
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
function isoline(places: readonly (readonly [number, number, number])[], level: number, at: OnPage): string {
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

/** Says whether cells nearer to the viewer cover a place of the surface. */
function hiding({ across, along }: SurfaceBox, cells: readonly Cell[], at: OnPage): (place: Place) => boolean {
  const order = new Map(cells.map((cell, k) => [`${cell.i} ${cell.j}`, k]));
  return (place) => {
    const [i, j] = [cellAt(across, place[0]), cellAt(along, place[1])];
    const [x, y] = at(...place);
    const isNext = (cell: Cell) => Math.abs(cell.i - i) <= 1 && Math.abs(cell.j - j) <= 1;
    return cells
      .slice((order.get(`${i} ${j}`) ?? cells.length) + 1)
      .some((cell) => !isNext(cell) && contains(cell.corners, x, y));
  };
}

/** The dot of the trained model on the surface, hollow where the surface hides it. */
function modelDot(place: Place, at: OnPage, isHidden: boolean): { shape: Shape; isHidden: boolean } {
  const [x, y] = at(...place);
  const fill = isHidden ? undefined : "#ffffff";
  return { shape: { path: circle(x, y, 4), fill, stroke: "#000000", strokeWidth: 1.3 }, isHidden };
}

/** A path on the surface: a line with a white rim, faint where the surface hides it. */
function pathShapes({ parts, colour }: BoxPath, at: OnPage, isHidden: (place: Place) => boolean): Shape[] {
  const runs: { isHidden: boolean; places: Place[] }[] = [];
  for (const part of parts) {
    let run: (typeof runs)[number] | undefined;
    for (const [k, place] of part.entries()) {
      const hidden = isHidden(place);
      if (run?.isHidden !== hidden) {
        run = { isHidden: hidden, places: k > 0 ? [part[k - 1]] : [] };
        runs.push(run);
      }
      run.places.push(place);
    }
  }
  return runs.flatMap(({ isHidden: hidden, places }): Shape[] => {
    const path = polygon(
      places.map((place) => at(...place)),
      true,
    );
    if (hidden) return [{ path, stroke: colour, strokeWidth: 1.8, opacity: 0.3 }];
    return [
      { path, stroke: "#ffffff", strokeWidth: 3.4 },
      { path, stroke: colour, strokeWidth: 1.8 },
    ];
  });
}

/** True when a convex polygon contains a point. */
function contains(corners: readonly (readonly [number, number])[], x: number, y: number): boolean {
  const sides = corners.map(([x0, y0], k) => {
    const [x1, y1] = corners[(k + 1) % corners.length];
    return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0);
  });
  return sides.every((side) => side >= 0) || sides.every((side) => side <= 0);
}
