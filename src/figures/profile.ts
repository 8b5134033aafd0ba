import { axes, colourBar, colourScale, type Key, keyLegend, positionScale } from "./axes.js";
import { type LossScale, lossScale, lossScaleOf, scaleFraction } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { colours, type FigureText, figureSpec, noFiniteLoss, plotHeight, plotWidth, type Spec } from "./theme.js";

/**
 * The topological landscape profile. Columns hold one row a level of a basin's outline: at `value` the basin reaches from `left` to
 * `right`, in samples. The rows of a basin are together and in order of value; a basin comes after its parent.
 */
export interface ProfileData extends FigureText {
  basin: ArrayLike<number>;
  value: ArrayLike<number>;
  left: ArrayLike<number>;
  right: ArrayLike<number>;
  meanLoss: ArrayLike<number>;
  dots: { x: ArrayLike<number>; value: ArrayLike<number>; type: ArrayLike<string> };
  lossLabel?: string;
  /** Ends of the loss axis and of the colours, for profiles that are compared; the data's own unless given. */
  lossDomain?: [number, number];
}

interface Basin {
  meanLoss: number;
  outline: { value: number; left: number; right: number }[];
}

const mostBasins = 2000;

/**
 * A topological landscape profile (Geniesse et al. 2024, after Oesterling et al. 2013): every basin as a filled well whose width at a
 * loss is the number of samples below it, coloured by their mean loss, with minima and saddles as dots.
 * Of more than 2000 basins the widest are drawn. Levels and dots that are not finite lie at the edge of the plot.
 */
export function profile(data: ProfileData): Spec {
  const { lossLabel = "loss", lossDomain } = data;
  if (lossDomain && !(lossDomain[0] < lossDomain[1] && Number.isFinite(lossDomain[1] - lossDomain[0]))) {
    throw new RangeError(`lossDomain is [${lossDomain}]; expected two finite numbers, the lower first`);
  }
  const levels = [...Array.from(data.value), ...Array.from(data.dots.value)];
  const own = lossScale(levels, 0.03);
  if (!own) return noFiniteLoss(data, `0 of ${data.value.length} levels finite`);
  const scale = lossDomain ? lossScaleOf(lossDomain) : own;
  const all = basins(data);
  const total = all.reduce((most, { outline }) => outline.reduce((m, { right }) => Math.max(m, right), most), 0);

  const widest = new Set([...all].sort((a, b) => width(b) - width(a)).slice(0, mostBasins));
  const shown = all.filter((basin) => widest.has(basin));
  const outlines = shown.flatMap(({ outline, meanLoss }, basin) =>
    thin(outline, scale, total).map((level) => ({
      ...level,
      basin,
      meanLoss: Number.isFinite(meanLoss) ? meanLoss : null,
    })),
  );
  const dots = Array.from(data.dots.x, (x, i) => ({ x, value: data.dots.value[i], label: data.dots.type[i] })).filter(
    ({ label }) => label !== "root",
  );
  // Saddles first, so that a minimum is never hidden.
  dots.sort((a, b) => (a.label === b.label ? 0 : a.label === "saddle" ? -1 : 1));
  const keys = [minimumKey, saddleKey].filter((key) => dots.some((dot) => dot.label === key.label));
  const legend = keyLegend(keys);

  const outside = all.flatMap(({ outline }) => outline).filter(({ value }) => clampTo(scale, value) !== value).length;
  const greyed = shown.filter(({ meanLoss }) => !Number.isFinite(meanLoss)).length;
  const remarks = [];
  if (shown.length < all.length) {
    remarks.push(`the ${shown.length} widest of ${formatNumber(all.length)} basins`);
  }
  if (outside > 0) remarks.push(`${outside} of ${data.value.length} levels beyond the axis (drawn at its end)`);
  if (greyed > 0) remarks.push(`mean loss not finite in ${greyed === 1 ? "1 basin" : `${greyed} basins`} (grey)`);
  const horizontal: LossScale = { type: "linear", domain: [0, total || 1] };
  const fill = [
    { test: "!isValid(datum.meanLoss)", value: colours.notFinite },
    { scale: "loss", field: "meanLoss" },
  ];
  return figureSpec(data, remarks, {
    data: [
      { name: "outlines", values: outlines },
      { name: "dots", values: dots.map((dot) => ({ ...dot, value: clampTo(scale, dot.value) })) },
    ],
    scales: [
      positionScale("x", horizontal, "width"),
      positionScale("y", scale, "height"),
      colourScale("loss", scale),
      ...legend.scales,
    ],
    axes: [...axes("x", horizontal, "bottom", "number of samples", false), ...axes("y", scale, "left", lossLabel)],
    legends: [colourBar("loss", scale, `mean ${lossLabel}`, plotHeight - 40), ...legend.legends],
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
            fill: { signal: `datum.label === 'minimum' ? '${colours.minimum}' : '${colours.saddle}'` },
            stroke: { value: "#ffffff" },
            strokeWidth: { value: dots.length > 500 ? 0 : dots.length > 80 ? 0.3 : 0.7 },
            size: { value: dots.length > 500 ? 6 : dots.length > 200 ? 14 : dots.length > 80 ? 26 : 50 },
          },
        },
      },
    ],
  });
}

const minimumKey: Key = { label: "minimum", shape: "circle", fill: colours.minimum, stroke: "#ffffff" };
const saddleKey: Key = { label: "saddle", shape: "circle", fill: colours.saddle, stroke: "#ffffff" };

/** Rows gathered by basin, in the order in which basins first appear. */
function basins({ basin, value, left, right, meanLoss }: ProfileData): Basin[] {
  const byBasin = new Map<number, Basin>();
  for (let row = 0; row < basin.length; row++) {
    let entry = byBasin.get(basin[row]);
    if (!entry) byBasin.set(basin[row], (entry = { meanLoss: meanLoss[row], outline: [] }));
    entry.outline.push({ value: value[row], left: left[row], right: right[row] });
  }
  return [...byBasin.values()];
}

function width({ outline }: Basin): number {
  return outline.reduce((most, { left, right }) => Math.max(most, right - left), 0);
}

/** The level itself inside the axis, else the end that it lies beyond; NaN counts as +Infinity. */
function clampTo({ domain: [low, high] }: LossScale, level: number): number {
  return Number.isNaN(level) ? high : Math.min(high, Math.max(low, level));
}

/** The outline without levels that lie within a quarter of a pixel of the last one kept. */
function thin(outline: Basin["outline"], scale: LossScale, total: number): Basin["outline"] {
  const kept: Basin["outline"] = [];
  let last: number[] = [];
  outline.forEach((level, i) => {
    const value = clampTo(scale, level.value);
    const at = [
      scaleFraction(scale, value) * plotHeight,
      (level.left / total) * plotWidth,
      (level.right / total) * plotWidth,
    ];
    if (i > 0 && i < outline.length - 1 && at.every((place, axis) => Math.abs(place - last[axis]) < 0.25)) return;
    kept.push({ ...level, value });
    last = at;
  });
  return kept;
}
