import { axes, positionScale } from "./axes.js";
import { nameAxis } from "./confusion.js";
import { noFiniteLoss } from "./figureSpec.js";
import { axisScale, seriesColour } from "./lines.js";
import { type LossScaleType, scaleFraction } from "./lossScale.js";
import { circle, polygon, rectangle, type Shape } from "./outlines.js";
import { sketch } from "./sketch.js";
import { colours, type FigureText, plotSize, type Spec } from "./theme.js";

/** Numbers in groups. */
export interface DistributionData extends FigureText {
  groups: readonly { label: string; values: ArrayLike<number> }[];
  xLabel: string;
  yLabel: string;
  marks: "point" | "box" | "violin";
  yScale?: LossScaleType;
  yDomain?: [number, number];
}

/** The most points; more would merge into a blot. */
const mostPoints = 400;

/**
 * The distribution of numbers in each group: every number as a point; a box from the first to the third quartile with a
 * line at the median and whiskers to the farthest number within 1.5 box lengths (Tukey 1977); or a violin, a Gaussian
 * kernel density of Silverman's width on the axis as drawn. Numbers that are not finite are counted.
 */
export function distribution(data: DistributionData): Spec {
  const { groups, xLabel, yLabel, marks } = data;
  const all = groups.flatMap(({ values }) => Array.from(values));
  const scale = axisScale(data, "y", all, 0.06, data.yScale, data.yDomain);
  if (!scale) return noFiniteLoss(data, `0 of ${all.length} values finite`);
  const { width, height } = plotSize(data);
  const cell = width / groups.length;
  const yAt = (value: number) => height * (1 - Math.min(1, Math.max(0, scaleFraction(scale, value))));
  const shapes = groups.flatMap(({ values }, g) => {
    const pixels = Array.from(values)
      .filter(Number.isFinite)
      .map(yAt)
      .sort((a, b) => a - b);
    const look = { middle: (g + 0.5) * cell, half: Math.min(36, 0.36 * cell), colour: seriesColour(g, groups.length) };
    if (pixels.length === 0) return [];
    if (marks === "box") return boxOf(pixels, look);
    return [
      ...(marks === "violin" ? violinOf(pixels, look, height) : []),
      ...pointsOf(pixels, look, marks === "violin" ? 0.3 : 1),
    ];
  });
  const missing = all.filter((value) => !Number.isFinite(value)).length;
  const count = all.length - missing;
  return sketch(data, {
    remarks: [
      count === 1 ? "1 value" : `${count} values`,
      ...(missing > 0 ? [`${missing} not finite, not drawn`] : []),
    ],
    scales: [
      { name: "group", type: "linear", domain: [0, groups.length], range: "width", zero: false, nice: false },
      positionScale("y", scale, "height"),
    ],
    axes: [
      nameAxis(
        "group",
        "bottom",
        xLabel,
        groups.map(({ label }) => label),
        cell,
      ),
      ...axes("y", scale, "left", yLabel),
    ],
    shapes,
  });
}

interface Look {
  middle: number;
  half: number;
  colour: string;
}

/** The q-quantile of ascending numbers, with linear interpolation between neighbours. */
export function quantileOf(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const k = Math.floor(at);
  const next = Math.min(sorted.length - 1, k + 1);
  return sorted[k] * (1 - (at - k)) + sorted[next] * (at - k);
}

function boxOf(pixels: number[], { middle, half, colour }: Look): Shape[] {
  const [upper, median, lower] = [0.25, 0.5, 0.75].map((q) => quantileOf(pixels, q));
  const reach = 1.5 * (lower - upper);
  const inside = pixels.filter((y) => y >= upper - reach && y <= lower + reach);
  const [top, bottom] = [inside[0], inside[inside.length - 1]];
  const whisker = (from: number, to: number) =>
    polygon(
      [
        [middle, from],
        [middle, to],
      ],
      true,
    );
  return [
    { path: whisker(top, upper) + whisker(lower, bottom), stroke: colours.line },
    { path: rectangle(middle - half, upper, 2 * half, Math.max(1, lower - upper)), fill: colour, opacity: 0.75 },
    {
      path: polygon(
        [
          [middle - half, median],
          [middle + half, median],
        ],
        true,
      ),
      // A box that is hardly higher than a line is its median.
      stroke: lower - upper > 5 ? "#ffffff" : colour,
      strokeWidth: 2,
    },
    ...pixels.filter((y) => y < top || y > bottom).map((y) => ({ path: circle(middle, y, 2), fill: colour })),
  ];
}

/** Moves points sideways when they would overlap, in a fixed order. */
function pointsOf(pixels: number[], { middle, half, colour }: Look, share: number): Shape[] {
  const stride = Math.ceil(pixels.length / mostPoints);
  return pixels
    .filter((_, i) => i % stride === 0)
    .map((y, i) => ({
      // The golden ratio spreads any run of points evenly.
      path: circle(middle + half * share * (2 * ((i * 0.6180339887) % 1) - 1), y, 2.2),
      fill: colour,
      opacity: 0.7,
    }));
}

/** A violin ends at the edges of the plot. */
function violinOf(pixels: number[], { middle, half, colour }: Look, height: number): Shape[] {
  const n = pixels.length;
  const mean = pixels.reduce((sum, y) => sum + y / n, 0);
  const deviation = Math.sqrt(pixels.reduce((sum, y) => sum + (y - mean) ** 2 / Math.max(1, n - 1), 0));
  const spread = Math.min(deviation, (quantileOf(pixels, 0.75) - quantileOf(pixels, 0.25)) / 1.34) || deviation;
  const bandwidth = Math.max(2, 0.9 * spread * n ** -0.2);
  const [top, bottom] = [Math.max(0, pixels[0] - 2 * bandwidth), Math.min(height, pixels[n - 1] + 2 * bandwidth)];
  const heights = Array.from({ length: 61 }, (_, k) => top + ((bottom - top) * k) / 60);
  const densities = heights.map((y) =>
    pixels.reduce((sum, at) => sum + Math.exp(-0.5 * ((y - at) / bandwidth) ** 2), 0),
  );
  const most = Math.max(...densities);
  const side = (sign: number) =>
    heights.map((y, k): [number, number] => [middle + (sign * half * densities[k]) / most, y]);
  return [{ path: polygon([...side(1), ...side(-1).reverse()]), fill: colour, opacity: 0.35 }];
}
