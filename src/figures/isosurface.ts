import { colourScale, type Key, keyLegend } from "./axes.js";
import { below, boxAxes } from "./boxAxes.js";
import { noFiniteLoss } from "./figureSpec.js";
import { bent, levelSet, type Point, placeAt } from "./levelSet.js";
import { lossPalette } from "./lossPalette.js";
import { type LossScale, scaleFraction } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { circle, polygon, type Shape } from "./outlines.js";
import { fitted, type Projected, projector, shade, type View } from "./projection.js";
import { chosenScale, type LossAxis } from "./sharedScales.js";
import { sketch } from "./sketch.js";
import { labelWidth } from "./textLines.js";
import { type FigureText, lossColours, plotSize, type Spec } from "./theme.js";

/** Losses on a 3-D grid, first axis fastest. */
export interface IsosurfaceData extends FigureText, LossAxis {
  axes: readonly { values: Float64Array; label: string }[];
  loss: Float64Array;
  lossLabel?: string;
  /** The position of the trained model. null marks nothing. */
  center?: readonly number[] | null;
  /** The losses of the level sets. Default: three between the lowest and the highest. */
  levels?: readonly number[];
  view: View;
}

/** The most samples along a side; a longer side is drawn with every second, third … sample. */
const mostSamples = 26;

/**
 * Level sets of a loss over three directions as shaded meshes, by marching tetrahedra (Doi & Koide 1991). Triangles are
 * drawn from back to front; low levels are opaque, higher ones transparent. Cubes with a corner that is not finite are
 * empty.
 */
export function isosurface(data: IsosurfaceData): Spec {
  const finite = data.loss.reduce((count, value) => count + Number(Number.isFinite(value)), 0);
  const counts = `${finite} of ${data.loss.length} samples finite`;
  const field = levelField(data);
  if (!field) {
    return finite === 0
      ? noFiniteLoss(data, counts)
      : noFiniteLoss(data, counts, "a level set has at least two samples along each axis");
  }
  const { scale, scales, levels, places, heights, stride, center } = field;
  const project = projector(data.view);
  const size = plotSize(data);
  const ends = [-0.5, 0.5];
  const box = ends.flatMap((u) => ends.flatMap((v) => ends.map((w) => project(u, v, w))));
  const fit = fitted(box, size.width - 96, size.height - 58);
  const at = (point: Projected): [number, number] => {
    const [u, v] = fit(point);
    return [u + 56, v + 18];
  };
  const palette = lossPalette(256, data.ramp ?? lossColours);
  const colourOf = (level: number) => palette[Math.round(225 * Math.min(1, Math.max(0, scaleFraction(scale, level))))];
  const grid = { f: heights, counts: places.map(({ length }) => length) };
  const drawn = levels.flatMap((level, k) =>
    levelSet(grid, scaleFraction(scale, level)).map((triangle) => {
      const corners = triangle.map((corner) => placeAt(places, corner));
      const outline = bent(grid, triangle, scaleFraction(scale, level)).map((corner) => placeAt(places, corner));
      const light = shade(normalOf(corners), data.view);
      const fill = `rgb(${colourOf(level).map((channel) => Math.round(channel * light))})`;
      const path = polygon(outline.map((corner) => at(project(...corner))));
      const depth = corners.reduce((sum, corner) => sum + project(...corner)[2], 0) / 3;
      return { depth, shape: { path, fill, opacity: 0.95 * 0.45 ** k, ...(k === 0 && seam(fill)) } };
    }),
  );
  drawn.sort((a, b) => b.depth - a.depth);
  const [x, y, z] = data.axes.map(({ label }, k) => ({ label, scale: scales[k] }));
  const { shapes, words } = boxAxes({ x, y, z }, [-0.5, 0.5], project, at, size.width, labelWidth);
  const model: Shape[] = center
    ? [
        {
          path: circle(...at(project(center[0], center[1], center[2])), 4),
          fill: "#ffffff",
          stroke: "#000000",
          strokeWidth: 1.3,
        },
      ]
    : [];
  const keys = levels.map((level): Key => {
    const label = `${data.lossLabel ?? "loss"} ${formatNumber(level)}`;
    return { label, shape: "square", fill: `rgb(${colourOf(level)})` };
  });
  const legend = keyLegend([...keys, ...(model.length > 0 ? [modelKey] : [])], size.width, below(words, size.height));
  return sketch(data, {
    remarks: [
      ...(finite < data.loss.length ? [`${data.loss.length - finite} of ${data.loss.length} samples not finite`] : []),
      ...(stride > 1 ? [`one of ${stride} samples along each axis`] : []),
      ...(drawn.length === 0 ? ["no sample lies on the other side of a level"] : []),
    ],
    scales: [colourScale("loss", scale, data.ramp), ...legend.scales],
    legends: legend.legends,
    shapes: [...shapes, ...drawn.map(({ shape }) => shape), ...model],
    words,
  });
}

/** The losses in their box, whatever the direction of view. */
export interface LevelField {
  scale: LossScale;
  /** The scale of each axis. */
  scales: LossScale[];
  /** The losses of the level sets, from low to high. */
  levels: number[];
  /** Places along each axis of the box, which reaches from −½ to ½. */
  places: Float64Array[];
  /** Losses as fractions of their scale, first axis fastest; NaN for those that are not finite. */
  heights: Float64Array;
  /** One of so many samples along each axis is drawn. */
  stride: number;
  /** The trained model, where it lies in the box. */
  center?: [number, number, number];
}

/** Undefined without a finite loss, or with fewer than two samples along an axis. */
export function levelField(data: IsosurfaceData): LevelField | undefined {
  const scale = chosenScale(data, "loss", data.loss);
  if (!scale || data.axes.some(({ values }) => values.length < 2)) return undefined;
  const stride = Math.ceil(Math.max(...data.axes.map(({ values }) => values.length)) / mostSamples);
  const scales = data.axes.map(
    ({ values }): LossScale => ({ type: "linear", domain: [values[0], values[values.length - 1]] }),
  );
  const placed = (value: number, k: number) => scaleFraction(scales[k], value) - 0.5;
  const center = data.center === null ? undefined : (data.center ?? [0, 0, 0]).map(placed);
  return {
    ...{ scale, scales, stride },
    levels: [...(data.levels ?? defaultLevels(data.loss, scale))].sort((a, b) => a - b),
    places: data.axes.map(({ values }, k) =>
      values.filter((_, i) => i % stride === 0).map((value) => placed(value, k)),
    ),
    heights: heightsOf(data, scale, stride),
    ...(center?.every((value) => Math.abs(value) <= 0.5) && { center: center as [number, number, number] }),
  };
}

/** A hairline hides the seams between the triangles of an opaque surface. */
const seam = (fill: string) => ({ stroke: fill, strokeWidth: 0.4 });

const modelKey: Key = { label: "trained model", shape: "circle", fill: "#ffffff", stroke: "#000000" };

/** The losses at 1/20, 1/4 and 6/10 of the samples, so that the level sets enclose these shares of the box. */
function defaultLevels(loss: Float64Array, scale: LossScale): number[] {
  const sorted = loss.filter(Number.isFinite).sort();
  const levels = [0.05, 0.25, 0.6].map((q) => sorted[Math.floor(q * (sorted.length - 1))]);
  return [...new Set(levels)].filter((level) => level > scale.domain[0] || scale.below !== undefined);
}

/** Keeps a place on a scale so near to its ends that lines between two places can be drawn. */
const near = (fraction: number) => Math.min(1e6, Math.max(-1e6, fraction));

/** The losses as fractions of their scale, thinned. */
function heightsOf({ axes, loss }: IsosurfaceData, scale: LossScale, stride: number): Float64Array {
  const [nx, ny, nz] = axes.map(({ values }) => values.length);
  const heights: number[] = [];
  for (let k = 0; k < nz; k += stride) {
    for (let j = 0; j < ny; j += stride) {
      for (let i = 0; i < nx; i += stride) {
        const value = loss[i + nx * (j + ny * k)];
        heights.push(Number.isFinite(value) ? near(scaleFraction(scale, value)) : Number.NaN);
      }
    }
  }
  return Float64Array.from(heights);
}

function normalOf([a, b, c]: Point[]): Point {
  const [u, v] = [b, c].map((p) => [p[0] - a[0], p[1] - a[1], p[2] - a[2]]);
  return [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
}
