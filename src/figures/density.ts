import { axesAt, type Key, keyLegend, positionScale } from "./axes.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { type LossScale, lossScale, placeOn, vegaScale } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { symlogFraction, symlogTicks } from "./symlogTicks.js";
import { colours, type FigureText, plotSize, type Spec } from "./theme.js";
import { type Ticks, ticks } from "./ticks.js";

/** Spectral densities of one or more operators, each in its own panel over a common axis of eigenvalues. */
export interface DensityData extends FigureText {
  blocks: readonly DensityBlock[];
  /** The size at which the axis of eigenvalues changes from linear to logarithmic; undefined for linear. */
  threshold?: number;
}

export interface DensityBlock {
  name: string;
  /** The number of eigenvalues. */
  size: number;
  /** Ascending. */
  position: ArrayLike<number>;
  /** Per unit of the eigenvalue. Integrates to 1. */
  density: ArrayLike<number>;
  /** Standard errors. */
  error: ArrayLike<number>;
  /** The largest and smallest eigenvalues that are known. */
  top: ArrayLike<number>;
  bottom: ArrayLike<number>;
  trace?: { value: number; error: number };
}

const mostBlocks = 16;
const panelGap = 26;
const [lineColour, bandColour, fillColour] = ["#2171b5", "#6baed6", "#e3eef9"];

/**
 * Spectral densities on a logarithmic axis, with a band of one standard error to each side and ticks at known
 * eigenvalues. The axis reaches down so far that all but a hundredth of one eigenvalue lies above. When there are more
 * than 16 blocks, the first is drawn and those with the largest trace, or top eigenvalue when no trace is known.
 *
 * @throws RangeError when there is no block.
 */
export function density(data: DensityData): Spec {
  if (data.blocks.length === 0) throw new RangeError("no density to draw");
  const blocks = mostImportant(data.blocks);
  const { width, height } = plotSize(data);
  const panel = blocks.length === 1 ? height : Math.max(54, 150 - 20 * blocks.length);
  const ends = blocks.flatMap(({ position, top, bottom }) => [
    position[0],
    position[position.length - 1],
    ...Array.from(top),
    ...Array.from(bottom),
  ]);
  const spanned = lossScale(ends, 0, "linear");
  if (!spanned) return noFiniteLoss(data, "no finite eigenvalue");
  const x = eigenvalueAxis(spanned, data.threshold, width);

  const keys = [topKey, bottomKey].filter((_, end) => blocks.some(({ top, bottom }) => [top, bottom][end].length > 0));
  const legend = keyLegend(keys, width);
  const alone = blocks.length === 1;
  const remarks = [];
  if (blocks.length < data.blocks.length) remarks.push(`${blocks.length} of ${data.blocks.length} blocks`);
  if (alone) remarks.push(describe(blocks[0]));
  remarks.push("band: ± one standard error");
  return figureSpec(data, remarks, {
    height: blocks.length * panel + (blocks.length - 1) * panelGap,
    scales: [
      { name: "x", type: "linear", domain: x.domain, range: "width", zero: false, nice: false },
      { name: "panels", type: "linear", domain: [0, 1], range: "height" },
      ...legend.scales,
    ],
    axes: [
      ...axesAt("x", x.ticks, "bottom", "eigenvalue λ"),
      {
        scale: "panels",
        orient: "left",
        labels: false,
        ticks: false,
        domain: false,
        title: "density of eigenvalues",
        titlePadding: 44,
      },
    ],
    legends: legend.legends,
    marks: blocks.map((block, k) =>
      panelOf(block, x.at, k * (panel + panelGap), panel, alone ? "" : `${block.name}: ${describe(block)}`),
    ),
  });
}

/** The axis of eigenvalues: the position of each, as a fraction, and its ticks there. */
function eigenvalueAxis(spanned: LossScale, threshold: number | undefined, width: number) {
  if (threshold === undefined || !(threshold > 0)) {
    const at = placeOn(spanned);
    const { values, labels } = ticks(spanned, 5);
    const { domain } = vegaScale(spanned);
    return { at, domain, ticks: { values: values.map(at), labels, minor: [] } };
  }
  const at = symlogFraction(spanned.domain, threshold);
  const { values, labels, minor } = symlogTicks(spanned.domain, threshold, 34 / width);
  return { at, domain: [0, 1], ticks: { values: values.map(at), labels, minor: minor.map(at) } };
}

const tickPath = "M0,-1L0,1";
const topKey: Key = { label: "largest eigenvalues", shape: tickPath, fill: colours.minimum, stroke: colours.minimum };
const bottomKey: Key = {
  label: "smallest eigenvalues",
  shape: tickPath,
  fill: colours.categories[2],
  stroke: colours.categories[2],
};

function mostImportant(blocks: readonly DensityBlock[]): DensityBlock[] {
  const [first, ...rest] = blocks;
  const weight = ({ trace, top }: DensityBlock) => Math.abs(trace?.value ?? top[0] ?? 0);
  const largest = new Set([...rest].sort((a, b) => weight(b) - weight(a)).slice(0, mostBlocks - 1));
  return [first, ...rest.filter((block) => largest.has(block))];
}

function describe({ size, trace }: DensityBlock): string {
  const count = size === 1 ? "1 eigenvalue" : `${formatNumber(size)} eigenvalues`;
  return trace === undefined ? count : `${count}, trace ${withError(trace)}`;
}

/** The value with the digits that its error leaves significant. */
function withError({ value, error }: { value: number; error: number }): string {
  return error === 0 ? formatNumber(value) : `${formatNumber(value)} ± ${formatNumber(Number(error.toPrecision(2)))}`;
}

function panelOf(
  block: DensityBlock,
  at: (eigenvalue: number) => number,
  y: number,
  height: number,
  label: string,
): object {
  // Below the largest double by a factor, so that the axis has a length.
  const low = Math.min(floorOf(block), Number.MAX_VALUE / 4);
  const finiteOr = (value: number, otherwise: number) => (Number.isFinite(value) ? value : otherwise);
  const values = Array.from(block.position, (position, i) => {
    const value = finiteOr(block.density[i], block.density[i] > 0 ? Number.MAX_VALUE : low);
    const error = finiteOr(block.error[i], 0);
    const shown = [value, value - error, value + error].map((each) => finiteOr(Math.max(low, each), Number.MAX_VALUE));
    return { position, shown };
  });
  const high = values.reduce((most, { shown }) => Math.max(most, shown[2]), 2 * low);
  const yScale: LossScale = { type: "log", domain: [low, Math.min(Number.MAX_VALUE, 1.5 * high)] };
  const placeY = placeOn(yScale);
  const points = values.map(({ position, shown }) => {
    const [density, from, to] = shown.map(placeY);
    return { position: at(position), density, from, to };
  });
  const place = (field: string) => ({ scale: "y", field });
  const area = (from: object, to: object, fill: string) => ({
    type: "area",
    from: { data: "points" },
    encode: { update: { x: { scale: "x", field: "position" }, y: to, y2: from, fill: { value: fill } } },
  });
  const eigenvalues = (values: ArrayLike<number>, { stroke }: Key) => ({
    type: "rule",
    from: { data: stroke === topKey.stroke ? "top" : "bottom" },
    encode: {
      update: {
        x: { scale: "x", field: "data" },
        y: { value: height },
        y2: { value: height - 12 },
        stroke: { value: stroke },
        strokeWidth: { value: values.length > 20 ? 0.8 : 1.4 },
      },
    },
  });
  const eigenvaluesAt = (all: ArrayLike<number>) => Array.from(all).filter(Number.isFinite).map(at);
  return {
    type: "group",
    encode: { update: { y: { value: y }, width: { signal: "width" }, height: { value: height } } },
    data: [
      { name: "points", values: points },
      { name: "top", values: eigenvaluesAt(block.top) },
      { name: "bottom", values: eigenvaluesAt(block.bottom) },
    ],
    scales: [positionScale("y", yScale, [height, 0])],
    axes: axesAt("y", densityTicks(yScale, height), "left", "", height >= 100),
    marks: [
      area({ value: height }, place("density"), fillColour),
      area(place("from"), place("to"), bandColour),
      {
        type: "line",
        from: { data: "points" },
        encode: {
          update: {
            x: { scale: "x", field: "position" },
            y: place("density"),
            stroke: { value: lineColour },
            strokeWidth: { value: 1.2 },
          },
        },
      },
      eigenvalues(block.top, topKey),
      eigenvalues(block.bottom, bottomKey),
      ...(label === "" ? [] : [labelMark(label)]),
    ],
  };
}

function labelMark(label: string): object {
  const look = { fill: { value: colours.text }, fontSize: { value: 11 } };
  return { type: "text", encode: { update: { y: { value: -7 }, text: { value: label }, ...look } } };
}

/** A low panel has only a few labels. */
function densityTicks(scale: LossScale, height: number): Ticks {
  const at = placeOn(scale);
  const found = ticks(scale, height >= 100 ? 7 : 3);
  const { labels } = found;
  const values = found.values.map(at);
  if (height >= 100) return { values, labels, minor: found.minor.map(at) };
  const stride = Math.ceil(values.length / 3);
  const kept = <T>(all: T[]) => all.filter((_, i) => i % stride === 0);
  return { values: kept(values), labels: kept(labels), minor: [] };
}

/** The density above which all mass lies but a hundredth of an eigenvalue. Positive. */
function floorOf({ size, position, density }: DensityBlock): number {
  const cells = Array.from({ length: position.length - 1 }, (_, i) => {
    const height = density[i] / 2 + density[i + 1] / 2;
    return { height, mass: height * (position[i + 1] - position[i]) };
  })
    .filter(({ height, mass }) => height > 0 && Number.isFinite(height) && Number.isFinite(mass))
    .sort((a, b) => a.height - b.height);
  let left = 0.01 / size;
  const floor = cells.find(({ mass }) => (left -= mass) < 0) ?? cells[cells.length - 1];
  return Math.max(Number.MIN_VALUE, floor?.height ?? 0);
}
