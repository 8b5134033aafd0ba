import { colourBar, colourScale, type Key, keyLegend } from "./axes.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { type LossScale, type LossScaleType, lossScale, placeOn } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { classColour } from "./samplePictures.js";
import { colours, type FigureText, plotWidth, type Spec } from "./theme.js";

/** Maps of points, each in its own panel. Either all have the same points, or each has its own. */
export interface ScatterData extends FigureText {
  maps: ScatterMap[];
  lossScale?: LossScaleType;
  lossRange?: [number, number];
  /** The meaning of the colours when they are numbers. Default: loss. */
  colourLabel?: string;
}

export interface ScatterMap {
  /** The title of the panel. */
  label: string;
  /** n × dimensions, row-major. Not finite for a point that is on no map. */
  coordinates: ArrayLike<number>;
  dimensions: number;
  /** The loss, or another number for the colours; not finite when unknown. */
  loss: ArrayLike<number>;
  /** The order of the points of a trajectory. NaN: they are not joined. */
  epoch: ArrayLike<number>;
  /** −1 for a point that is on none. */
  trajectory: ArrayLike<number>;
  /** The colours of points without a known loss: the number of a group, and the names of the groups. */
  group: ArrayLike<number>;
  groups: readonly string[];
}

const gap = 30;
const mostInRow = 4;
const mostNamed = 12;
const margin = 12;

/**
 * Points at their positions, with one scale for both axes, which differs between panels. A thin line joins the points
 * of a trajectory in the order of their epochs, from an open circle to a diamond. Colours are losses, on a log scale
 * when they span more than two decades, or groups when no loss is known. A map with three dimensions has a panel for
 * each pair of axes.
 */
export function scatter(data: ScatterData): Spec {
  const { colourLabel = "loss" } = data;
  const panels = data.maps.flatMap(panelsOf);
  const spatial = data.maps.some(({ dimensions }) => dimensions === 3);
  const columns = Math.min(panels.length, spatial ? 3 : mostInRow);
  const rows = Math.ceil(panels.length / columns);
  const side = data.size
    ? (data.size.width - (columns - 1) * gap) / columns
    : panels.length === 1
      ? plotWidth + 60
      : columns > 2
        ? 250
        : 300;
  const losses = knownLosses(data);
  const scale = scatterScale(data);
  const drawn = panels.map((panel) => place(panel, side, scale));
  const height = Math.max(...drawn.map(({ needed }) => needed));

  const everyPoint = data.maps.flatMap((map) => Array.from(map.loss));
  const keys: Key[] = [];
  if (drawn.some(({ ends }) => ends.length > 0)) {
    const marker = { fill: "#ffffff", stroke: colours.text };
    keys.push({ label: "start", shape: "circle", ...marker });
    keys.push({ label: "end", shape: "diamond", fill: colours.text, stroke: "#ffffff" });
  }
  const missing = everyPoint.length - losses.length;
  if (scale && missing > 0) keys.push({ label: `no finite ${colourLabel}`, shape: "circle", fill: colours.notFinite });
  const named = scale ? [] : namedGroups(data.maps);
  for (const [group, label] of named.slice(0, mostNamed)) {
    keys.push({ label, shape: "circle", fill: classColour(group), stroke: "#ffffff" });
  }
  const legend = keyLegend(keys, columns * side);

  const counts = [...new Set(data.maps.map(({ loss }) => loss.length))];
  const remarks = [`${counts.map(formatNumber).join(", ")} points`];
  if (named.length > mostNamed) remarks.push(`${named.length} groups, ${mostNamed} named`);
  const misplaced = drawn.reduce((sum, { misplaced }) => sum + misplaced, 0);
  if (misplaced > 0) remarks.push(`${formatNumber(misplaced)} without a place`);

  if (misplaced > 0 && drawn.every(({ points }) => points.length === 0)) {
    return noFiniteLoss(data, `0 of ${counts.map(formatNumber).join(", ")} points with a place`);
  }
  return figureSpec(data, remarks, {
    width: columns * side + (columns - 1) * gap,
    height: rows * height + (rows - 1) * gap,
    scales: [...(scale ? [colourScale("loss", scale, data.ramp)] : []), ...legend.scales],
    legends: [
      ...(scale ? [colourBar("loss", scale, colourLabel, Math.min(220, rows * height - 40))] : []),
      ...legend.legends,
    ],
    marks: drawn.map((panel, k) =>
      panelGroup(panel, (k % columns) * (side + gap), Math.floor(k / columns) * (height + gap), side, height),
    ),
  });
}

const knownLosses = ({ maps }: ScatterData) => maps.flatMap(({ loss }) => Array.from(loss).filter(Number.isFinite));

/** The scale of the colours of all maps; undefined when no loss is known. */
export function scatterScale(data: ScatterData): LossScale | undefined {
  const losses = knownLosses(data);
  return losses.length > 0 ? lossScale(data.lossRange ?? losses, 0, data.lossScale) : undefined;
}

interface Panel {
  title: string;
  map: ScatterMap;
  axes: readonly [number, number];
}

function panelsOf(map: ScatterMap): Panel[] {
  if (map.dimensions === 2) return [{ title: map.label, map, axes: [0, 1] }];
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const;
  return pairs.map(([a, b]) => ({ title: `${map.label}: axes ${a + 1} and ${b + 1}`, map, axes: [a, b] }));
}

interface Placed {
  title: string;
  points: { x: number; y: number; loss?: number; fill: string }[];
  lines: { path: string; stroke: string }[];
  ends: { x: number; y: number; isStart: boolean }[];
  /** The margin of the panel, so that nothing is cut. */
  needed: number;
  misplaced: number;
}

/** Points in pixels from the middle of a panel of this width. */
function place({ title, map, axes: [a, b] }: Panel, side: number, scale: LossScale | undefined): Placed {
  const byLoss = scale !== undefined;
  const colourAt = scale ? placeOn(scale) : Number;
  const { coordinates, dimensions, loss, epoch, trajectory, group } = map;
  const n = loss.length;
  const xs = Float64Array.from({ length: n }, (_, i) => coordinates[i * dimensions + a]);
  const ys = Float64Array.from({ length: n }, (_, i) => coordinates[i * dimensions + b]);
  const onMap = Array.from(xs.keys()).filter((i) => Number.isFinite(xs[i]) && Number.isFinite(ys[i]));
  const span = (values: Float64Array) => {
    const low = onMap.reduce((least, i) => Math.min(least, values[i]), Infinity);
    const high = onMap.reduce((most, i) => Math.max(most, values[i]), -Infinity);
    return onMap.length === 0 ? { middle: 0, half: 0 } : { middle: low / 2 + high / 2, half: high / 2 - low / 2 };
  };
  const [across, up] = [span(xs), span(ys)];
  const room = side - 2 * margin;
  const half = Math.max(across.half, up.half) || 1;
  const at = (i: number) => ({
    // Halved, so that no difference overflows.
    x: rounded(((xs[i] / 2 - across.middle / 2) / half) * room),
    y: rounded(((up.middle / 2 - ys[i] / 2) / half) * room),
  });

  const lines = [];
  const ends = [];
  for (const own of trajectoriesOf(onMap, trajectory, epoch)) {
    const places = own.map(at);
    const stroke = byLoss ? colours.quiet : classColour(group[own[0]]);
    lines.push({ path: `M${places.map(({ x, y }) => `${x},${y}`).join("L")}`, stroke });
    ends.push({ ...places[0], isStart: true }, { ...places[places.length - 1], isStart: false });
  }
  const points = onMap.map((i) => ({
    ...at(i),
    ...(byLoss && Number.isFinite(loss[i]) && { loss: colourAt(loss[i]) }),
    fill: byLoss ? colours.notFinite : classColour(group[i]),
  }));
  const needed = Math.min(side, Math.max(0.5 * side, (up.half / half) * room + 2 * margin));
  return { title, points, lines, ends, needed, misplaced: n - onMap.length };
}

/** The points of each trajectory in the order of their epochs, when there are several. */
export function trajectoriesOf(points: number[], trajectory: ArrayLike<number>, epoch: ArrayLike<number>): number[][] {
  const found = new Map<number, number[]>();
  for (const i of points) {
    if (trajectory[i] < 0 || Number.isNaN(epoch[i])) continue;
    const own = found.get(trajectory[i]);
    if (own) own.push(i);
    else found.set(trajectory[i], [i]);
  }
  return [...found.values()].filter(({ length }) => length > 1).map((own) => own.sort((i, j) => epoch[i] - epoch[j]));
}

/** The groups that occur on any map. */
function namedGroups(maps: readonly ScatterMap[]): [number, string][] {
  const named = new Map<number, string>();
  for (const { group, groups } of maps) {
    for (const k of Array.from(group)) if (groups[k] !== undefined) named.set(k, groups[k]);
  }
  return [...named].sort(([i], [j]) => i - j);
}

const rounded = (x: number) => Math.round(100 * x) / 100;

function panelGroup(panel: Placed, left: number, top: number, side: number, height: number): object {
  const { title, points, lines, ends } = panel;
  const many = points.length > 400;
  const center = { x: { value: side / 2 }, y: { value: height / 2 } };
  const shifted = {
    x: { field: "x", offset: side / 2 },
    y: { field: "y", offset: height / 2 },
  };
  return {
    type: "group",
    encode: {
      update: {
        x: { value: left },
        y: { value: top },
        width: { value: side },
        height: { value: height },
        stroke: { value: colours.grid },
      },
    },
    title: { text: title, fontSize: 12, fontWeight: "normal", anchor: "middle", frame: "group", offset: 5 },
    data: [
      { name: "points", values: points },
      { name: "lines", values: lines },
      { name: "ends", values: ends },
    ],
    marks: [
      {
        type: "path",
        from: { data: "lines" },
        encode: {
          update: {
            ...center,
            path: { field: "path" },
            stroke: { field: "stroke" },
            strokeWidth: { value: 0.7 },
            strokeOpacity: { value: 0.6 },
            strokeJoin: { value: "round" },
          },
        },
      },
      {
        type: "symbol",
        from: { data: "points" },
        encode: {
          update: {
            ...shifted,
            size: { value: many ? 14 : 26 },
            fill: [{ test: "isValid(datum.loss)", scale: "loss", field: "loss" }, { field: "fill" }],
            stroke: { value: colours.line },
            strokeOpacity: { value: 0.45 },
            strokeWidth: { value: 0.4 },
          },
        },
      },
      {
        type: "symbol",
        from: { data: "ends" },
        encode: {
          update: {
            ...shifted,
            shape: { signal: "datum.isStart ? 'circle' : 'diamond'" },
            size: { value: 42 },
            fill: { signal: `datum.isStart ? "#ffffff" : "${colours.text}"` },
            stroke: { signal: `datum.isStart ? "${colours.text}" : "#ffffff"` },
            strokeWidth: { value: 0.9 },
          },
        },
      },
    ],
  };
}
