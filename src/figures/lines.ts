import { axes, type Key, keyLegend, lineKey, positionScale } from "./axes.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { type LossScale, type LossScaleType, lossScale, scaleFraction } from "./lossScale.js";
import type { SharedScales } from "./sharedScales.js";
import { colours, type FigureText, plotSize, type Spec } from "./theme.js";

/** One line or cloud of points, in any order. */
export interface Series {
  label: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Lower and upper ends of a band around y. */
  band?: { low: ArrayLike<number>; high: ArrayLike<number> };
  /** A position to mark with a larger dot, such as the maximum. */
  marked?: readonly [number, number];
  /** A line to compare with: dashed, without dots. */
  isReference?: boolean;
}

export interface LinesData extends FigureText {
  series: Series[];
  xLabel: string;
  yLabel: string;
  /**
   * line: dots, and a line through the mean of those with the same x. point: dots only. path: a line only, in the order
   * of the points.
   */
  marks: "line" | "point" | "path";
  xScale?: LossScaleType;
  yScale?: LossScaleType;
  /** The ends of the vertical axis. */
  yDomain?: [number, number];
  /** The meaning of a marked position. */
  markedLabel?: string;
}

/** The most series that can be distinguished. */
const mostKeys = 12;

const referenceDash = [6, 4];

type Place = readonly [x: number, y: number];

/**
 * Numbers against numbers, one colour per series. Numbers that are not finite are counted and leave a gap in their
 * line. Numbers that a log axis cannot show lie below it.
 */
export function lines(data: LinesData): Spec {
  const { series, xLabel, yLabel, marks } = data;
  const all = series.reduce((sum, { x }) => sum + x.length, 0);
  const isDrawn = ([x, y]: Place) => Number.isFinite(x) && Number.isFinite(y);
  const places = series.map(({ x, y }) => Array.from(x, (at, i): Place => [at, y[i]]));
  const drawn = places.map((own) => own.filter(isDrawn));
  const missing = all - drawn.reduce((sum, own) => sum + own.length, 0);
  const bands = series.flatMap(({ band }) => (band ? [...Array.from(band.low), ...Array.from(band.high)] : []));
  const valuesOf = (axis: 0 | 1) => drawn.flatMap((own) => own.map((place) => place[axis]));
  const xScale = axisScale(data, "x", valuesOf(0), marks === "path" ? 0 : 0.04, data.xScale);
  const yScale = axisScale(data, "y", [...valuesOf(1), ...bands], 0.05, data.yScale, data.yDomain);
  if (!xScale || !yScale) return noFiniteLoss(data, `0 of ${all} points can be drawn`);

  const { width, height } = plotSize(data);
  const at = ([x, y]: Place) => {
    const across = within(scaleFraction(xScale, x));
    return [width * across, height * (1 - within(scaleFraction(yScale, y)))] as const;
  };
  const colourOf = (k: number) => seriesColour(k, series.length);
  const curves = places.map((own, k) => ({
    path: marks === "point" ? "" : brokenPath(marks === "line" ? means(own) : own, at, marks === "path"),
    colour: colourOf(k),
    ...(series[k].isReference && { dash: referenceDash }),
  }));
  const areas = series.flatMap(({ x, band }, k) =>
    band ? [{ path: areaPath(x, band, at), colour: colourOf(k) }] : [],
  );
  const hasDots = ({ isReference }: Series) => marks !== "path" && !isReference;
  const dots = drawn.flatMap((own, k) => (hasDots(series[k]) ? dotsAt(own.map(at), colourOf(k)) : []));
  const isDense = dots.length > mostDots;
  const marked = series.flatMap((one) => (one.marked ? dotsAt([at(one.marked)], colours.saddle) : []));

  const legend = keyLegend(keysOf(data, colourOf, marked.length > 0), width);
  const remarks = [
    ...(missing > 0 ? [`${missing} of ${all} points not finite, not drawn`] : []),
    ...(series.length > mostKeys ? [`${series.length} ${marks === "point" ? "groups" : "lines"}`] : []),
  ];
  return figureSpec(data, remarks, {
    scales: [positionScale("x", xScale, "width"), positionScale("y", yScale, "height"), ...legend.scales],
    axes: [...axes("x", xScale, "bottom", xLabel), ...axes("y", yScale, "left", yLabel)],
    legends: legend.legends,
    data: [
      { name: "areas", values: areas },
      { name: "curves", values: curves.filter(({ path }) => path !== "") },
      { name: "dots", values: isDense ? dotOutlines(dots) : dots },
      { name: "marked", values: marked },
    ],
    marks: [
      {
        type: "path",
        from: { data: "areas" },
        encode: {
          update: { path: { field: "path" }, fill: { field: "colour" }, fillOpacity: { value: 0.2 } },
        },
      },
      {
        type: "path",
        from: { data: "curves" },
        encode: {
          update: {
            path: { field: "path" },
            stroke: { field: "colour" },
            strokeWidth: { value: 1.6 },
            strokeDash: { signal: "datum.dash || []" },
            strokeJoin: { value: "round" },
            opacity: { value: series.length > mostKeys ? 0.7 : 1 },
          },
        },
      },
      isDense ? outlines("dots") : circles("dots", 34, "white"),
      circles("marked", 52, colours.text),
    ],
  });
}

/** The scale of an axis that is not necessarily a loss axis. */
export function axisScale(
  figure: { shared?: SharedScales },
  name: string,
  values: readonly number[],
  margin: number,
  wanted: LossScaleType = "linear",
  domain?: [number, number],
): LossScale | undefined {
  const choose = (shown: readonly number[]) => lossScale(shown, domain ? 0 : margin, wanted);
  const spanned = choose(domain ?? values);
  if (spanned === undefined || !values.some(Number.isFinite)) return undefined;
  return figure.shared?.use(name, spanned, domain ? undefined : { values, choose }) ?? spanned;
}

const within = (fraction: number) => Math.min(1, Math.max(0, fraction));

function keysOf({ series, marks, markedLabel }: LinesData, colourOf: (k: number) => string, hasMarked: boolean): Key[] {
  const shape = marks === "point" ? "circle" : lineKey;
  const keys = series.map(({ label, isReference }, k): Key => {
    const colour = colourOf(k);
    const dash = isReference ? referenceDash : undefined;
    return { label, shape, fill: marks === "point" ? colour : "transparent", stroke: colour, dash };
  });
  const markedKey = { label: markedLabel ?? "marked", shape: "circle", fill: colours.saddle, stroke: colours.text };
  return [...(keys.length > 1 && keys.length <= mostKeys ? keys : []), ...(hasMarked ? [markedKey] : [])];
}

/**
 * A path through positions, broken at those that are not finite. A position between two gaps is a dot, and so is a
 * single one that has no mark of its own.
 */
function brokenPath(places: readonly Place[], at: (place: Place) => Place, isBare: boolean): string {
  const isShown = (place: Place | undefined) => place?.every(Number.isFinite) ?? false;
  return places
    .map((place, i) => {
      if (!isShown(place)) return "";
      const [x, y] = at(place).map((pixel) => pixel.toFixed(1));
      if (isShown(places[i - 1])) return `L${x},${y}`;
      const dot =
        isShown(places[i + 1]) || (places.length === 1 && !isBare)
          ? ""
          : "m-1.5,0a1.5,1.5,0,1,0,3,0a1.5,1.5,0,1,0,-3,0";
      return `M${x},${y}${dot}`;
    })
    .join("");
}

/** The area between the two ends of a band, with a gap when one is not finite. */
function areaPath(
  x: ArrayLike<number>,
  { low, high }: NonNullable<Series["band"]>,
  at: (place: Place) => Place,
): string {
  let path = "";
  let run: number[] = [];
  const text = (i: number, y: number) =>
    at([x[i], y])
      .map((pixel) => pixel.toFixed(1))
      .join(",");
  for (let i = 0; i <= x.length; i++) {
    if (i < x.length && Number.isFinite(x[i]) && Number.isFinite(low[i]) && Number.isFinite(high[i])) run.push(i);
    else if (run.length > 0) {
      const forth = run.map((k) => text(k, high[k]));
      const back = run.reverse().map((k) => text(k, low[k]));
      path += `M${[...forth, ...back].join("L")}Z`;
      run = [];
    }
  }
  return path;
}

/** The mean of the finite numbers at each x, in order of x; NaN when there is none. */
function means(places: readonly Place[]): Place[] {
  const groups = new Map<number, number[]>();
  for (const [x, y] of places) {
    if (!Number.isFinite(x)) continue;
    const own = groups.get(x) ?? [];
    if (Number.isFinite(y)) own.push(y);
    groups.set(x, own);
  }
  // Divided before they are added, so that no sum overflows.
  const mean = (ys: number[]) => (ys.length === 0 ? Number.NaN : ys.reduce((sum, y) => sum + y / ys.length, 0));
  return Array.from(groups, ([x, ys]): Place => [x, mean(ys)]).sort(([a], [b]) => a - b);
}

const dotsAt = (places: readonly Place[], colour: string) => places.map(([x, y]) => ({ x, y, colour }));

/** More dots than this are small, without a rim, and one outline for each colour. */
const mostDots = 2000;

/** An octagon around a place. */
const smallDot = "m-2,-1l1,-1h2l1,1v2l-1,1h-2l-1,-1Z";

/** The dots of each colour as one outline. Those at the same half of a pixel are one dot. */
function dotOutlines(dots: ReturnType<typeof dotsAt>): object[] {
  const places = new Map<string, Set<string>>();
  const half = (pixels: number) => Math.round(2 * pixels) / 2;
  for (const { x, y, colour } of dots) {
    const own = places.get(colour) ?? new Set();
    places.set(colour, own.add(`M${half(x)},${half(y)}${smallDot}`));
  }
  return Array.from(places, ([colour, own]) => ({ colour, path: [...own].join("") }));
}

const outlines = (data: string) => ({
  type: "path",
  from: { data },
  encode: { update: { path: { field: "path" }, fill: { field: "colour" } } },
});

function circles(data: string, size: number, stroke: string): object {
  return {
    type: "symbol",
    from: { data },
    encode: {
      update: {
        x: { field: "x" },
        y: { field: "y" },
        size: { value: size },
        fill: { field: "colour" },
        stroke: { value: stroke },
        strokeWidth: { value: 0.8 },
      },
    },
  };
}

/** The colour of the k-th of several lines. */
export function seriesColour(k: number, count: number): string {
  return count <= colours.categories.length ? colours.categories[k] : `hsl(${Math.round((360 * k) / count)},62%,42%)`;
}
