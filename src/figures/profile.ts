import { axes, colourBar, colourScale, type Key, keyLegend, positionScale } from "./axes.js";
import { noFiniteLoss } from "./figureSpec.js";
import { brightness, lossPalette, type Rgb } from "./lossPalette.js";
import { type LossScale, scaleFraction } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { circle, pixel, polygon, type Shape } from "./outlines.js";
import { chosenScale, type LossAxis } from "./sharedScales.js";
import { type Dot, sketch } from "./sketch.js";
import { colours, type FigureText, lossColours, plotSize, plotWidth, type Spec } from "./theme.js";

/**
 * A topological landscape profile. Columns have one row per level of a basin's outline: at `value` the basin extends
 * from `left` to `right`, in samples. The rows of a basin are together and in order of value; a basin comes after its
 * parent.
 */
export interface ProfileOutlines {
  basin: ArrayLike<number>;
  value: ArrayLike<number>;
  left: ArrayLike<number>;
  right: ArrayLike<number>;
  meanLoss: ArrayLike<number>;
  dots: {
    x: ArrayLike<number>;
    value: ArrayLike<number>;
    type: ArrayLike<string>;
    /** The vertex of each dot, which names its mark and the basin above it. */
    vertex?: ArrayLike<number>;
  };
}

export interface ProfileData extends FigureText, ProfileOutlines, LossAxis {
  lossLabel?: string;
  /** The unit of the horizontal axis: samples, or their share of all, which compares grids of different sizes. */
  across?: "samples" | "fraction";
}

type Level = { value: number; left: number; right: number };

interface Basin {
  node: number;
  meanLoss: number;
  outline: Level[];
}

/** From samples and losses to pixels of the plot. */
interface Place {
  across: (samples: number) => number;
  up: (loss: number) => number;
}

const mostBasins = 3000;
/** A plot of the usual width with more dots than these is crowded: small dots, and none behind another. */
const manyDots = 500;
/** More dots than these are not marks of their own but outlines together, though pages link marks of their own. */
const mostLinkedDots = 4000;
const [smallRadius, nearestDots] = [1.4, 2];
/** The brightness below which a colour hardly differs from a dark page. */
const darkPage = 80;

/**
 * A topological landscape profile (Geniesse et al. 2024, after Oesterling et al. 2013): every basin as a filled well
 * whose width at a loss is the number of samples below it, coloured by their mean loss, with minima and saddles as
 * dots. If there are more than 3000 basins, it draws those that cover most of the plot, and only one of those that
 * cover the same half pixels. It leaves out dots under others. Levels and dots that are not finite lie at the edge.
 *
 * @throws RangeError when `lossDomain` is not a range, or the losses of a log axis are not positive.
 */
export function profile(data: ProfileData): Spec {
  const { lossLabel = "loss" } = data;
  const scale = profileScale(data);
  if (!scale) return noFiniteLoss(data, `0 of ${data.value.length} levels finite`);
  const total = Array.from(data.right).reduce((most, x) => Math.max(most, x), 0) || 1;
  const isFraction = data.across === "fraction";
  const spanned: LossScale = { type: "linear", domain: [0, isFraction ? 1 : total] };
  const horizontal = data.shared?.use("x", spanned) ?? spanned;
  const { width, height } = plotSize(data);
  const place: Place = {
    across: (samples) => width * scaleFraction(horizontal, isFraction ? samples / total : samples),
    up: (loss) => height * (1 - Math.min(1, Math.max(0, scaleFraction(scale, topOf(loss))))),
  };
  const wells = wellsOf(data, scale, place);
  const dots = dotsOf(data, place, width);
  const legend = keyLegend(dots.keys, width);
  return sketch(data, {
    remarks: [...wells.remarks, ...dots.remarks],
    shapes: [...wells.shapes, ...dots.shapes],
    dots: dots.dots,
    scales: [
      positionScale("x", horizontal, "width"),
      positionScale("y", scale, "height"),
      colourScale("loss", scale, data.ramp),
      ...legend.scales,
    ],
    axes: [
      ...axes("x", horizontal, "bottom", isFraction ? "fraction of the samples" : "number of samples", false),
      ...axes("y", scale, "left", lossLabel),
    ],
    legends: [colourBar("loss", scale, `mean ${lossLabel}`, height - 40), ...legend.legends],
  });
}

/** The loss axis on which all levels have a place; undefined when none is finite. */
function profileScale(data: ProfileData): LossScale | undefined {
  const { lossDomain, value, dots } = data;
  if (lossDomain && !(lossDomain[0] < lossDomain[1] && Number.isFinite(lossDomain[1] - lossDomain[0]))) {
    throw new RangeError(`lossDomain is [${lossDomain}]; expected two finite numbers, the lower first`);
  }
  return chosenScale(data, "loss", [...Array.from(value), ...Array.from(dots.value)], 0.03);
}

/** The wells from the outer to the inner, and remarks on parts that are left out or moved. */
function wellsOf(data: ProfileData, scale: LossScale, place: Place): { shapes: Shape[]; remarks: string[] } {
  const all = basins(data);
  const shown = all.length > mostBasins ? largest(all, place) : all;
  const palette = lossPalette(256, data.ramp ?? lossColours);
  const colourOf = (mean: number): Rgb =>
    palette[Math.round(255 * Math.min(1, Math.max(0, scaleFraction(scale, mean))))];
  const shapes = shown.map(({ outline, meanLoss, node }): Shape => {
    const colour = Number.isFinite(meanLoss) ? colourOf(meanLoss) : undefined;
    const fill = colour ? `rgb(${colour})` : colours.notFinite;
    // A hairline keeps a well visible that is narrower than a pixel, or about as dark as a dark page.
    const hasLine = isNeedle(outline, place) || (colour !== undefined && brightness(colour) < darkPage);
    return {
      path: outlinePath(outline, place),
      fill,
      stroke: hasLine ? colours.line : fill,
      strokeWidth: 0.5,
      vertex: data.dots.vertex?.[node],
    };
  });
  const outside = all.flatMap(({ outline }) => outline).filter(({ value }) => isBeyond(scale, value)).length;
  const greyed = shown.filter(({ meanLoss }) => !Number.isFinite(meanLoss)).length;
  const remarks = [];
  if (shown.length < all.length) remarks.push(`the ${shown.length} largest of ${formatNumber(all.length)} basins`);
  if (outside > 0) remarks.push(`${outside} of ${data.value.length} levels beyond the axis (drawn at its end)`);
  if (greyed > 0) remarks.push(`mean loss not finite in ${greyed === 1 ? "1 basin" : `${greyed} basins`} (grey)`);
  return { shapes, remarks };
}

/** A well in pixels; one that is nowhere wider than a quarter of a pixel is a line. */
function outlinePath(outline: readonly Level[], place: Place): string {
  const drawn = thin(outline, place);
  if (drawn.every(({ left, right }) => right - left < 0.25)) {
    const [first, last] = [drawn[0], drawn[drawn.length - 1]];
    return `M${pixel((first.left + first.right) / 2)},${pixel(first.y)}V${pixel(last.y)}`;
  }
  const side = (at: "left" | "right") => drawn.map((level): [number, number] => [level[at], level.y]);
  return polygon([...side("left"), ...side("right").reverse()]);
}

/** True for a well that is nowhere wider than a pixel and a half. */
function isNeedle(outline: readonly Level[], { across }: Place): boolean {
  return outline.every(({ left, right }) => across(right) - across(left) < 1.5);
}

/** The outline in pixels, without levels that lie within a quarter of a pixel of the last one kept. */
function thin(outline: readonly Level[], { across, up }: Place) {
  const kept: { y: number; left: number; right: number }[] = [];
  outline.forEach((level, i) => {
    const at = { y: up(level.value), left: across(level.left), right: across(level.right) };
    const last = kept[kept.length - 1];
    const isNear = last && (["y", "left", "right"] as const).every((key) => Math.abs(at[key] - last[key]) < 0.25);
    if (!isNear || i === outline.length - 1) kept.push(at);
  });
  return kept;
}

/** Saddles, minima or maxima on top of them, and the keys of those that occur. The root has no dot. */
function dotsOf({ dots }: ProfileData, { across, up }: Place, width: number) {
  const all = Array.from(dots.x, (x, i) => ({
    x: across(x),
    y: up(dots.value[i]),
    label: dots.type[i],
    vertex: dots.vertex?.[i],
  })).filter(({ label }) => label !== "root");
  const keys = [minimumKey, maximumKey, saddleKey].filter((key) => all.some(({ label }) => label === key.label));
  const crowd = (all.length * plotWidth) / width; // as many as would crowd a plot of full size as much
  const [radius, rim] =
    crowd > manyDots ? [smallRadius, 0] : crowd > 200 ? [2.1, 0.3] : crowd > 80 ? [2.9, 0.3] : [4, 0.7];
  const areOwnMarks = crowd <= manyDots || (dots.vertex !== undefined && all.length <= mostLinkedDots);
  const shapes: Shape[] = [];
  const own: Dot[] = [];
  let hidden = 0;
  for (const { label, fill } of [...keys].reverse()) {
    const these = all.filter((dot) => dot.label === label);
    if (areOwnMarks) {
      const look = { radius, fill, stroke: "#ffffff", strokeWidth: rim };
      for (const { x, y, vertex } of these) own.push({ ...look, x: Number(pixel(x)), y: Number(pixel(y)), vertex });
      continue;
    }
    const cell = (at: number) => Math.floor(at / nearestDots);
    const seen = new Map(these.map((dot) => [`${cell(dot.x)} ${cell(dot.y)}`, dot]));
    hidden += these.length - seen.size;
    shapes.push({ path: [...seen.values()].map(({ x, y }) => circle(x, y, smallRadius)).join(""), fill });
  }
  const remarks = hidden > 0 ? [`${formatNumber(hidden)} of ${formatNumber(all.length)} dots lie under others`] : [];
  return { shapes, dots: own, keys, remarks };
}

const minimumKey: Key = { label: "minimum", shape: "circle", fill: colours.minimum, stroke: "#ffffff" };
const maximumKey: Key = { ...minimumKey, label: "maximum" };
const saddleKey: Key = { label: "saddle", shape: "circle", fill: colours.saddle, stroke: "#ffffff" };

/** Rows grouped by basin, in the order in which basins first appear. */
function basins({ basin, value, left, right, meanLoss }: ProfileOutlines): Basin[] {
  const byBasin = new Map<number, Basin>();
  for (let row = 0; row < basin.length; row++) {
    let entry = byBasin.get(basin[row]);
    if (!entry) byBasin.set(basin[row], (entry = { node: basin[row], meanLoss: meanLoss[row], outline: [] }));
    entry.outline.push({ value: value[row], left: left[row], right: right[row] });
  }
  return [...byBasin.values()];
}

/** The basins that cover most pixels, without those that cover the same half pixels as one before them. */
function largest(all: readonly Basin[], { across, up }: Place): Basin[] {
  const half = (at: number) => Math.round(2 * at);
  const distinct = new Map<string, { basin: Basin; area: number }>();
  for (const basin of all) {
    const { outline } = basin;
    const left = across(outline.reduce((least, level) => Math.min(least, level.left), Infinity));
    const right = across(outline.reduce((most, level) => Math.max(most, level.right), -Infinity));
    const [bottom, top] = [up(outline[0].value), up(outline[outline.length - 1].value)];
    const name = [left, right, bottom, top].map(half).join(" ");
    const area = Math.max(0.5, right - left) * Math.max(0.5, bottom - top);
    if (!distinct.has(name)) distinct.set(name, { basin, area });
  }
  const kept = [...distinct.values()].sort((a, b) => b.area - a.area).slice(0, mostBasins);
  const isKept = new Set(kept.map(({ basin }) => basin));
  return all.filter((basin) => isKept.has(basin));
}

/** NaN counts as +Infinity. */
const topOf = (level: number) => (Number.isNaN(level) ? Infinity : level);

function isBeyond({ domain: [low, high], below }: LossScale, level: number): boolean {
  return !(level <= high && (level >= low || below !== undefined));
}
