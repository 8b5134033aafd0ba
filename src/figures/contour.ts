import { axes, colourBar, colourScale, type Key, keyLegend, positionScale } from "./axes.js";
import { clippedPath } from "./clippedPath.js";
import { cellEdges, colourMap } from "./colourMap.js";
import { contourLines } from "./contourLines.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { type LossScale, placeOn, scaleFraction, vegaScale } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { chosenScale, type LossAxis } from "./sharedScales.js";
import { colours, type FigureText, lossColours, plotSize, type Spec } from "./theme.js";
import { niceStep } from "./ticks.js";

/** Losses on a 2-D grid. `loss[i + x.length·j]` belongs to the coefficients (x[i], y[j]); both ascend. */
export interface ContourData extends FigureText, LossAxis {
  x: Float64Array;
  y: Float64Array;
  loss: Float64Array;
  xLabel: string;
  yLabel: string;
  lossLabel?: string;
  /** The position of the trained model, (0, 0) by default. null, or a position outside the grid, marks nothing. */
  center?: [number, number] | null;
  /** Other models, or the checkpoints of a training in order, in the same coordinates. */
  paths?: ContourPath[];
}

/** Points in order. Two or more are joined by a line. */
export interface ContourPath {
  label: string;
  x: Float64Array;
  y: Float64Array;
}

/**
 * A loss landscape over two directions as colours (one cell per sample, centred on its coefficients) with contour
 * lines, the trained model, the lowest sample, grey for samples that are not finite, and paths of other models. The
 * grid sets the axes. Parts of a path outside are cut off and counted in the subtitle.
 */
export function contour(data: ContourData): Spec {
  const { x, y, loss, lossLabel = "loss" } = data;
  if (x.length * y.length !== loss.length || loss.length === 0) {
    throw new RangeError(`a contour figure of ${x.length}×${y.length} coefficients has ${loss.length} losses`);
  }
  const notFinite = loss.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
  const { width, height } = plotSize(data);
  const side = Math.min(width, height);
  const scale = chosenScale(data, "loss", loss);
  if (!scale) return noFiniteLoss(data, `0 of ${loss.length} samples finite`);

  const xEdges = cellEdges(x);
  const yEdges = cellEdges(y);
  const xScale: LossScale = { type: "linear", domain: [xEdges[0], xEdges[x.length]] };
  const yScale: LossScale = { type: "linear", domain: [yEdges[0], yEdges[y.length]] };
  const [xAt, yAt] = [placeOn(xScale), placeOn(yScale)];
  const constant = loss.every((value) => value === loss[0]);
  const lowest = lowestSample(loss);
  const center = data.center === undefined ? [0, 0] : data.center;
  const inside = center && within(xScale, center[0]) && within(yScale, center[1]);
  const paths = drawnPaths(data.paths ?? [], xScale, yScale, inside ? center : null, side);
  const points: Mark[] = [...paths.points];
  if (!constant)
    points.unshift({ ...lowestKey, size: 130, x: xAt(x[lowest % x.length]), y: yAt(y[Math.floor(lowest / x.length)]) });
  if (inside) points.push({ ...trainedKey, size: 70, x: xAt(center[0]), y: yAt(center[1]) });
  const keys = [
    ...paths.keys,
    ...(inside ? [trainedKey] : []),
    ...(constant ? [] : [lowestKey]),
    ...(notFinite > 0 ? [notFiniteKey] : []),
  ];
  const legend = keyLegend(keys, side);

  const remarks = [];
  if (notFinite > 0) remarks.push(`${notFinite} of ${loss.length} samples not finite (grey)`);
  if (constant) remarks.push(`constant loss ${formatNumber(loss[0])}`);
  remarks.push(...paths.remarks);
  return figureSpec(data, remarks, {
    width: side,
    height: side,
    data: [
      { name: "lines", values: lines(data, scale, xScale, yScale, side) },
      { name: "points", values: points },
      { name: "paths", values: paths.lines },
    ],
    scales: [
      positionScale("x", xScale, "width"),
      positionScale("y", yScale, "height"),
      colourScale("loss", scale, data.ramp),
      ...legend.scales,
    ],
    axes: [...axes("x", xScale, "bottom", data.xLabel, false), ...axes("y", yScale, "left", data.yLabel, false)],
    legends: [colourBar("loss", scale, lossLabel, side - 20), ...legend.legends],
    marks: marksOf(colourMap(loss, xEdges, yEdges, scale, data.ramp ?? lossColours)),
  });
}

/** The colours as a picture, contour lines, paths, and points over them. */
function marksOf(colours: string): object[] {
  return [
    {
      type: "image",
      encode: {
        update: {
          url: { value: colours },
          x: { value: 0 },
          y: { value: 0 },
          width: { signal: "width" },
          height: { signal: "height" },
          aspect: { value: false },
        },
      },
    },
    {
      type: "path",
      clip: true,
      from: { data: "lines" },
      encode: {
        update: {
          path: { field: "path" },
          stroke: { field: "colour" },
          strokeWidth: { value: 0.8 },
          strokeOpacity: { value: 0.75 },
          strokeJoin: { value: "round" },
        },
      },
    },
    pathLine("#ffffff", 3.4),
    pathLine(undefined, 1.8),
    {
      type: "symbol",
      from: { data: "points" },
      encode: {
        update: {
          x: { scale: "x", field: "x" },
          y: { scale: "y", field: "y" },
          shape: { field: "shape" },
          size: { field: "size" },
          fill: { field: "fill" },
          stroke: { field: "stroke" },
          strokeWidth: { value: 1 },
        },
      },
    },
  ];
}

const trainedKey: Key = { label: "trained model", shape: "cross", fill: "#ffffff", stroke: "#000000" };
const lowestKey: Key = { label: "lowest sample", shape: "circle", fill: colours.minimum, stroke: "#ffffff" };
const notFiniteKey: Key = { label: "not finite", shape: "square", fill: colours.notFinite };

const startKey: Key = { label: "start", shape: "triangle-up", fill: "#ffffff", stroke: "#000000" };
const endKey: Key = { label: "end", shape: "diamond", fill: "#ffffff", stroke: "#000000" };
/** Distinct from each other, from the loss colours, and from the marks. */
export const pathColours = ["#e6761b", "#2e8b57", "#8e5ba6", "#e7b416", "#6b4f3a", "#d4579a"];

/** The line along the paths, in one colour or each in its own. */
function pathLine(colour: string | undefined, width: number): object {
  return {
    type: "path",
    from: { data: "paths" },
    encode: {
      update: {
        path: { field: "path" },
        stroke: colour ? { value: colour } : { field: "colour" },
        strokeWidth: { value: width },
        strokeJoin: { value: "round" },
        strokeCap: { value: "round" },
      },
    },
  };
}

/** A symbol on the map. */
interface Mark extends Key {
  x: number;
  y: number;
  size: number;
}

/**
 * The lines and points of the paths inside the grid. Start and end stand out when a path has several points, except for
 * an end under the mark of the trained model.
 */
function drawnPaths(paths: ContourPath[], xScale: LossScale, yScale: LossScale, center: number[] | null, side: number) {
  const pixelX = (value: number) => side * scaleFraction(xScale, value);
  const pixelY = (value: number) => side * (1 - scaleFraction(yScale, value));
  const [placeX, placeY] = [placeOn(xScale), placeOn(yScale)];
  const covered = (a: number, b: number) =>
    center && Math.hypot(pixelX(a) - pixelX(center[0]), pixelY(b) - pixelY(center[1])) < 6;
  const box = { left: 0, right: side, top: 0, bottom: side };
  const lines: { path: string; colour: string }[] = [];
  const points: Mark[] = [];
  const keys: Key[] = [];
  const ends = new Set<Key>();
  for (const [k, { label, x, y }] of paths.entries()) {
    const colour = pathColours[k % pathColours.length];
    const path = clippedPath(x.map(pixelX), y.map(pixelY), box);
    const key = { label, shape: "circle", fill: colour, stroke: "#ffffff" };
    const own: Mark[] = [];
    for (let i = 0; i < x.length; i++) {
      if (!within(xScale, x[i]) || !within(yScale, y[i])) continue;
      const role = x.length === 1 ? undefined : i === 0 ? startKey : i === x.length - 1 ? endKey : undefined;
      const end = covered(x[i], y[i]) ? undefined : role;
      if (end) ends.add(end);
      own.push({
        ...key,
        x: placeX(x[i]),
        y: placeY(y[i]),
        size: 28,
        ...(end && { shape: end.shape, stroke: end.stroke, size: 110 }),
      });
    }
    // Start and end are last, so that no checkpoint hides them.
    points.push(...own.sort((a, b) => a.size - b.size));
    if (path !== "") lines.push({ path, colour });
    if (path !== "" || own.length > 0) keys.push(key);
  }
  const total = paths.reduce((sum, { x }) => sum + x.length, 0);
  const outside = total - points.length;
  return {
    lines,
    points,
    keys: [...keys, ...[startKey, endKey].filter((key) => ends.has(key))],
    remarks: outside > 0 ? [`${outside} of ${total} projected points outside the grid`] : [],
  };
}

function within({ domain: [low, high] }: LossScale, value: number): boolean {
  return value >= low && value <= high;
}

function lowestSample(loss: Float64Array): number {
  let lowest = -1;
  loss.forEach((value, i) => {
    if (Number.isFinite(value) && (lowest < 0 || value < loss[lowest])) lowest = i;
  });
  return lowest;
}

/**
 * Contour lines as SVG paths in pixels of the plot, at about ten round steps of the scale, light on dark and dark on
 * light.
 */
function lines(
  data: ContourData,
  scale: LossScale,
  xScale: LossScale,
  yScale: LossScale,
  side: number,
): { path: string; colour: string }[] {
  const stride = Math.ceil(Math.max(data.x.length, data.y.length) / side);
  const every = (values: Float64Array) => values.filter((_, i) => i % stride === 0);
  const x = every(data.x).map((value) => side * scaleFraction(xScale, value));
  const y = every(data.y).map((value) => side * (1 - scaleFraction(yScale, value)));
  const at = placeOn(scale);
  const drawn = vegaScale(scale);
  const height = (loss: number) => {
    if (!Number.isFinite(loss)) return loss;
    return drawn.type === "log" ? Math.log10(at(loss)) : at(loss);
  };
  const heights = Float64Array.from({ length: x.length * y.length }, (_, v) =>
    height(data.loss[(v % x.length) * stride + data.x.length * Math.floor(v / x.length) * stride]),
  );
  const [low, high] = drawn.type === "log" ? drawn.domain.map(Math.log10) : drawn.domain;
  const [multiplier, exponent] = niceStep(high - low, 12);
  const step = multiplier * 10 ** exponent;
  const paths = [];
  const first = Math.ceil(low / step);
  // The step may round to nothing relative to a level, so the number of lines is limited.
  for (let k = first; k * step <= high && k < first + 14; k++) {
    const path = contourLines(heights, x, y, k * step)
      .map((line) => "M" + line.map((coordinate) => coordinate.toFixed(1)).join(","))
      .join("");
    const dark = (k * step - low) / (high - low) < 0.55;
    if (path) paths.push({ path, colour: dark ? "#ffffff" : "#08306b" });
  }
  return paths;
}
