import { axes, type Key, keyLegend, lineKey, positionScale } from "./axes.js";
import { type LossScaleType, lossScale, scaleFraction } from "./lossScale.js";
import { colours, type FigureText, figureSpec, noFiniteLoss, plotHeight, plotWidth, type Spec } from "./theme.js";

/** One line, or cloud of points: any numbers against any others, in any order. */
export interface Series {
  label: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** A place to mark with a larger dot, such as the highest. */
  marked?: readonly [number, number];
}

export interface LinesData extends FigureText {
  series: Series[];
  xLabel: string;
  yLabel: string;
  /** line: dots, and a line through the mean of those with one x; point: dots; path: a line alone. */
  marks: "line" | "point" | "path";
  xScale?: LossScaleType;
  yScale?: LossScaleType;
  /** What a marked place is. */
  markedLabel?: string;
}

/** More series than these are not told apart. */
const mostKeys = 12;

/**
 * Numbers against numbers, a colour for each series. Places with a number that is not finite, or not above 0 on a log axis, are left out and
 * counted. Throws RangeError where a log axis is asked for and no number is above 0.
 */
export function lines(data: LinesData): Spec {
  const { series, xLabel, yLabel, marks, xScale: wantedX = "linear", yScale: wantedY = "linear" } = data;
  const shows = (value: number, wanted: LossScaleType) => Number.isFinite(value) && (wanted !== "log" || value > 0);
  const drawn = series.map(({ label, x, y, marked }) => ({
    label,
    marked,
    places: Array.from(x, (at, i) => [at, y[i]] as const).filter(
      ([at, value]) => shows(at, wantedX) && shows(value, wantedY),
    ),
  }));
  const all = series.reduce((sum, { x }) => sum + x.length, 0);
  const places = drawn.flatMap((one) => one.places);
  const left = all - places.length;
  const xScale = lossScale(
    places.map(([x]) => x),
    marks === "path" ? 0 : 0.04,
    wantedX,
  );
  const yScale = lossScale(
    places.map(([, y]) => y),
    0.05,
    wantedY,
  );
  if (!xScale || !yScale) return noFiniteLoss(data, `0 of ${all} points can be drawn`);

  const several = series.length > 1;
  const colourOf = (k: number) => seriesColour(k, series.length);
  const at = ([x, y]: readonly [number, number]) =>
    [plotWidth * scaleFraction(xScale, x), plotHeight * (1 - scaleFraction(yScale, y))] as const;
  const pathOf = (points: readonly (readonly [number, number])[]) =>
    points
      .map(at)
      .map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)},${y.toFixed(1)}`)
      .join("");
  const curves = drawn.map((one, k) => ({
    path: marks === "point" ? "" : pathOf(marks === "line" ? means(one.places) : one.places),
    colour: colourOf(k),
  }));
  const dots = marks === "path" ? [] : drawn.flatMap((one, k) => dotsAt(one.places.map(at), colourOf(k)));
  const marked = drawn.flatMap((one) => (one.marked ? dotsAt([at(one.marked)], colours.saddle) : []));

  const shape = marks === "point" ? "circle" : lineKey;
  const keys = series.map(({ label }, k): Key => {
    const colour = colourOf(k);
    return { label, shape, fill: marks === "point" ? colour : "transparent", stroke: colour };
  });
  const told = several && keys.length <= mostKeys ? keys : [];
  const legend = keyLegend([
    ...told,
    ...(marked.length > 0
      ? [{ label: data.markedLabel ?? "marked", shape: "circle", fill: colours.saddle, stroke: colours.text }]
      : []),
  ]);
  const remarks = [
    ...(left > 0
      ? [
          `${left} of ${all} points that are not finite${wantedX === "log" || wantedY === "log" ? " or above 0" : ""}, not drawn`,
        ]
      : []),
    ...(keys.length > mostKeys ? [`${keys.length} ${marks === "point" ? "groups" : "lines"}`] : []),
  ];
  return figureSpec(data, remarks, {
    scales: [positionScale("x", xScale, "width"), positionScale("y", yScale, "height"), ...legend.scales],
    axes: [...axes("x", xScale, "bottom", xLabel), ...axes("y", yScale, "left", yLabel)],
    legends: legend.legends,
    data: [
      { name: "curves", values: curves.filter(({ path }) => path !== "") },
      { name: "dots", values: dots },
      { name: "marked", values: marked },
    ],
    marks: [
      {
        type: "path",
        from: { data: "curves" },
        encode: {
          update: {
            path: { field: "path" },
            stroke: { field: "colour" },
            strokeWidth: { value: 1.6 },
            strokeJoin: { value: "round" },
            opacity: { value: keys.length > mostKeys ? 0.7 : 1 },
          },
        },
      },
      circles("dots", 34, "white"),
      circles("marked", 52, colours.text),
    ],
  });
}

/** The mean of the numbers at each x, in order of x. */
function means(places: readonly (readonly [number, number])[]): [number, number][] {
  const groups = new Map<number, number[]>();
  for (const [x, y] of places) groups.set(x, [...(groups.get(x) ?? []), y]);
  return Array.from(groups, ([x, ys]): [number, number] => [x, ys.reduce((sum, y) => sum + y, 0) / ys.length]).sort(
    ([a], [b]) => a - b,
  );
}

const dotsAt = (places: readonly (readonly [number, number])[], colour: string) =>
  places.map(([x, y]) => ({ x, y, colour }));

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
