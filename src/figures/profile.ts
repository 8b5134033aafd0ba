import { axes, colourBar, colourScale, type Key, keyLegend, positionScale } from "./axes.js";
import { linked } from "./linked.js";
import { type LossScale, placeOn, scaleFraction, vegaScale } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { chosenScale, type LossAxis, type SharedScales } from "./sharedScales.js";
import { colours, type FigureText, figureSpec, noFiniteLoss, plotSize, plotWidth, type Spec } from "./theme.js";

/**
 * A topological landscape profile. Columns hold one row a level of a basin's outline: at `value` the basin reaches from
 * `left` to `right`, in samples. The rows of a basin are together and in order of value; a basin comes after its
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

/** The loss axis of profiles. */
export interface ProfileAxis extends LossAxis {
  lossLabel?: string;
}

export interface ProfileData extends FigureText, ProfileOutlines, ProfileAxis {
  /** What is counted across: samples, or their share of all, so that grids of different sizes compare. */
  across?: "samples" | "fraction";
}

interface Basin {
  node: number;
  meanLoss: number;
  outline: { value: number; left: number; right: number }[];
}

const mostBasins = 2000;

/**
 * A topological landscape profile (Geniesse et al. 2024, after Oesterling et al. 2013): every basin as a filled well
 * whose width at a loss is the number of samples below it, coloured by their mean loss, with minima and saddles as
 * dots. Of more than 2000 basins the widest are drawn. Levels and dots that are not finite lie at the edge of the plot.
 *
 * @throws RangeError when `lossDomain` is not a range, or the losses of a log axis are not positive.
 */
export function profile(data: ProfileData): Spec {
  const { lossLabel = "loss" } = data;
  const scale = profileScale([data], data);
  if (!scale) return noFiniteLoss(data, `0 of ${data.value.length} levels finite`);
  const total = samples(data);
  const { width, height } = plotSize(data);
  const share = data.across === "fraction" ? 1 / (total || 1) : 1;
  const { remarks, labels, ...panel } = profilePanel(data, scale, total, width, height, share);
  const isFraction = data.across === "fraction";
  const spanned = widthScale(isFraction ? 1 : total);
  const horizontal = data.shared?.use("x", spanned) ?? spanned;
  const legend = profileLegend(labels, width);
  return figureSpec(data, remarks, {
    ...panel,
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

/** The loss axis on which all these profiles have a place; undefined when no level is finite. */
export function profileScale(
  profiles: ProfileOutlines[],
  axis: ProfileAxis & { shared?: SharedScales },
): LossScale | undefined {
  const { lossDomain } = axis;
  if (lossDomain && !(lossDomain[0] < lossDomain[1] && Number.isFinite(lossDomain[1] - lossDomain[0]))) {
    throw new RangeError(`lossDomain is [${lossDomain}]; expected two finite numbers, the lower first`);
  }
  const levels = profiles.flatMap(({ value, dots }) => [...Array.from(value), ...Array.from(dots.value)]);
  return chosenScale(axis, "loss", levels, 0.03);
}

/** How many samples a profile is wide. */
export function samples({ right }: ProfileOutlines): number {
  return Array.from(right).reduce((most, x) => Math.max(most, x), 0);
}

export function widthScale(total: number): LossScale {
  return { type: "linear", domain: [0, total || 1] };
}

/** What the dots of these labels mean. */
export function profileLegend(labels: ReadonlySet<string>, width?: number): ReturnType<typeof keyLegend> {
  return keyLegend(
    [minimumKey, maximumKey, saddleKey].filter((key) => labels.has(key.label)),
    width,
  );
}

/**
 * Data and marks of one profile in a plot of `width` × `height` pixels, on the scales x, y and loss; remarks about what
 * is not drawn as it is, and the labels of its dots. `share` is what one sample counts on the scale x.
 */
export function profilePanel(
  of: ProfileOutlines,
  scale: LossScale,
  total: number,
  width: number,
  height: number,
  share = 1,
): { data: object[]; marks: object[]; remarks: string[]; labels: Set<string> } {
  const all = basins(of);
  const at = placeOn(scale);
  const widest = new Set([...all].sort((a, b) => widthOf(b) - widthOf(a)).slice(0, mostBasins));
  const shown = all.filter((basin) => widest.has(basin));
  const outlines = shown.flatMap(({ outline, meanLoss, node }, basin) =>
    thin(outline, scale, height, width / total).map((level) => ({
      ...level,
      left: level.left * share,
      right: level.right * share,
      basin,
      vertex: of.dots.vertex?.[node],
      meanLoss: Number.isFinite(meanLoss) ? at(meanLoss) : null,
    })),
  );
  const dots = Array.from(of.dots.x, (x, i) => ({
    x,
    value: of.dots.value[i],
    label: of.dots.type[i],
    vertex: of.dots.vertex?.[i],
  })).filter(({ label }) => label !== "root");
  // Saddles first, so that a minimum is never hidden.
  dots.sort((a, b) => (a.label === b.label ? 0 : a.label === "saddle" ? -1 : 1));

  const outside = all.flatMap(({ outline }) => outline).filter(({ value }) => isBeyond(scale, value)).length;
  const greyed = shown.filter(({ meanLoss }) => !Number.isFinite(meanLoss)).length;
  const remarks = [];
  if (shown.length < all.length) {
    remarks.push(`the ${shown.length} widest of ${formatNumber(all.length)} basins`);
  }
  if (outside > 0) remarks.push(`${outside} of ${of.value.length} levels beyond the axis (drawn at its end)`);
  if (greyed > 0) remarks.push(`mean loss not finite in ${greyed === 1 ? "1 basin" : `${greyed} basins`} (grey)`);
  const fill = [
    { test: "!isValid(datum.meanLoss)", value: colours.notFinite },
    { scale: "loss", field: "meanLoss" },
  ];
  const crowd = (dots.length * plotWidth) / width; // as many as would crowd a plot of full size as much
  return {
    remarks,
    labels: new Set(dots.map(({ label }) => label)),
    data: [
      { name: "outlines", values: outlines },
      { name: "dots", values: dots.map((dot) => ({ ...dot, x: dot.x * share, value: at(topOf(dot.value)) })) },
    ],
    marks: [
      {
        type: "group",
        from: { facet: { name: "outline", data: "outlines", groupby: "basin" } },
        marks: [
          {
            type: "area",
            from: { data: "outline" },
            encode: {
              update: {
                orient: { value: "horizontal" },
                ...(of.dots.vertex && linked),
                x: { scale: "x", field: "left" },
                x2: { scale: "x", field: "right" },
                y: { scale: "y", field: "value" },
                fill,
                fillOpacity: { value: 1 },
                // A hairline of its own colour keeps a well visible that is narrower than a pixel.
                stroke: fill,
                strokeWidth: { value: 0.5 },
              },
            },
          },
        ],
      },
      {
        type: "symbol",
        from: { data: "dots" },
        encode: {
          update: {
            x: { scale: "x", field: "x" },
            y: { scale: "y", field: "value" },
            ...(of.dots.vertex && linked),
            fill: { signal: `datum.label === 'saddle' ? '${colours.saddle}' : '${colours.minimum}'` },
            stroke: { value: "#ffffff" },
            strokeWidth: { value: crowd > 500 ? 0 : crowd > 80 ? 0.3 : 0.7 },
            size: { value: crowd > 500 ? 6 : crowd > 200 ? 14 : crowd > 80 ? 26 : 50 },
          },
        },
      },
    ],
  };
}

const minimumKey: Key = { label: "minimum", shape: "circle", fill: colours.minimum, stroke: "#ffffff" };
const maximumKey: Key = { ...minimumKey, label: "maximum" };
const saddleKey: Key = { label: "saddle", shape: "circle", fill: colours.saddle, stroke: "#ffffff" };

/** Rows gathered by basin, in the order in which basins first appear. */
function basins({ basin, value, left, right, meanLoss }: ProfileOutlines): Basin[] {
  const byBasin = new Map<number, Basin>();
  for (let row = 0; row < basin.length; row++) {
    let entry = byBasin.get(basin[row]);
    if (!entry) byBasin.set(basin[row], (entry = { node: basin[row], meanLoss: meanLoss[row], outline: [] }));
    entry.outline.push({ value: value[row], left: left[row], right: right[row] });
  }
  return [...byBasin.values()];
}

function widthOf({ outline }: Basin): number {
  return outline.reduce((most, { left, right }) => Math.max(most, right - left), 0);
}

/** NaN counts as +Infinity. */
const topOf = (level: number) => (Number.isNaN(level) ? Infinity : level);

function isBeyond({ domain: [low, high], below }: LossScale, level: number): boolean {
  return !(level <= high && (level >= low || below !== undefined));
}

/** The outline without levels that lie within a quarter of a pixel of the last one kept. */
function thin(outline: Basin["outline"], scale: LossScale, height: number, pixelsPerSample: number): Basin["outline"] {
  const place = placeOn(scale);
  const drawn = vegaScale(scale);
  const kept: Basin["outline"] = [];
  let last: number[] = [];
  outline.forEach((level, i) => {
    const value = place(topOf(level.value));
    const at = [scaleFraction(drawn, value) * height, level.left * pixelsPerSample, level.right * pixelsPerSample];
    if (i > 0 && i < outline.length - 1 && at.every((place, axis) => Math.abs(place - last[axis]) < 0.25)) return;
    kept.push({ ...level, value });
    last = at;
  });
  return kept;
}
