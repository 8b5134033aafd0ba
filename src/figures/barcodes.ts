import { axes, keyLegend, positionScale } from "./axes.js";
import { placeOn } from "./lossScale.js";
import { chosenScale, type LossAxis } from "./sharedScales.js";
import { colours, type FigureText, figureSpec, noFiniteLoss, plotHeight, type Spec, wrap } from "./theme.js";

/** Bars of one barcode, in any order. An endless bar dies at ±Infinity. */
interface Bars {
  birth: ArrayLike<number>;
  death: ArrayLike<number>;
}

/** Barcodes to compare. One without bars is a column with the reason. */
export interface BarcodesData extends FigureText, LossAxis {
  columns: { label: string; bars?: Bars; missing?: string }[];
  lossLabel?: string;
  /** The meaning of the ends of bars. Default: a minimum (a maximum for bars that run downwards) and a saddle. */
  endLabels?: [string, string];
}

const mostBars = 40;
const widest = 1100;
/** The size of a column's label, in characters and pixels. */
const labelLength = 16;
const letter = 6.2;
const gap = 18;
const headSize = 8;

/**
 * Barcodes side by side on one loss axis, as in Barannikov et al. (arXiv 2012.15834). Each has a column with a vertical
 * segment for each class, the longest first; an endless segment is an arrow. When a column has more than 40 bars, the
 * longest are drawn. Bars with a birth that is not finite or beyond the axis are counted.
 */
export function barcodes(data: BarcodesData): Spec {
  const { lossLabel = "loss" } = data;
  const columns = data.columns.map(({ label, bars, missing }) => ({ label, missing, bars: bars ? sorted(bars) : [] }));
  const ends = columns.flatMap(({ bars }) => bars.filter(([birth]) => Number.isFinite(birth)).flat());
  const scale = chosenScale(data, "loss", ends, 0.06);
  if (!scale) return noFiniteLoss(data, `${columns.length} barcodes without a finite birth`);
  const at = placeOn(scale);
  const [low, high] = [scale.below ? -Infinity : scale.domain[0], scale.domain[1]];

  const visible = columns.map(({ bars }) => bars.filter(([birth]) => birth >= low && birth <= high));
  const drawn = visible.map((bars) => bars.slice(0, mostBars));
  const hidden = columns.reduce((sum, { bars }, k) => sum + bars.length - visible[k].length, 0);
  const longest = Math.max(1, ...drawn.map((bars) => bars.length));
  const room = (widest - gap * columns.length) / columns.length;
  const step = Math.min(14, Math.max(3, room / longest));

  const labels = columns.map(({ label }) => linesOf(label));
  const isDownward = columns.some(({ bars }) => bars.some(([birth, death]) => death < birth));
  const { endLabels: [from, to] = [isDownward ? "maximum" : "minimum", "saddle"] } = data;
  let start = 0;
  const places = columns.map((_, k) => {
    const letters = Math.max(
      columns[k].missing === undefined ? 0 : labelLength,
      ...labels[k].map(({ length }) => length),
    );
    const width = Math.max(drawn[k].length * step, letters * letter) + gap;
    const place = { left: start, width, middle: start + width / 2 };
    start += width;
    return place;
  });
  const segments = drawn.flatMap((bars, k) =>
    bars.map(([birth, death], i) => {
      const endless = !Number.isFinite(death) || death > high || death < low;
      const up = death >= birth;
      return {
        x: places[k].middle + (i - (bars.length - 1) / 2) * step,
        birth: at(birth),
        death: at(endless ? (up ? Infinity : -Infinity) : death),
        endless,
        up: up ? 1 : -1,
      };
    }),
  );
  const thickness = Math.max(1.5, step * 0.36);
  const dot = Math.max(10, Math.min(42, (step * 0.62) ** 2));
  const legend = keyLegend([
    { label: from, shape: "circle", fill: colours.minimum },
    { label: to, shape: "circle", fill: colours.saddle },
  ]);
  const remarks = [
    ...drawn.flatMap((bars, k) =>
      bars.length < visible[k].length
        ? [`${columns[k].label}: the ${mostBars} longest of ${visible[k].length} bars`]
        : [],
    ),
    ...(hidden > 0 ? [`${hidden} bars that begin beyond the axis, or nowhere finite, not drawn`] : []),
  ];
  const y = (field: string) => `scale('y', datum.${field})`;
  return figureSpec(data, remarks, {
    width: start,
    height: plotHeight,
    scales: [positionScale("y", scale, "height"), ...legend.scales],
    axes: axes("y", scale, "left", lossLabel),
    legends: legend.legends.map((one) => ({
      ...one,
      offset: 14 + 13 * Math.max(...labels.map(({ length }) => length)),
    })),
    data: [
      { name: "columns", values: places.map((place, k) => ({ ...place, label: labels[k] })) },
      {
        name: "missing",
        values: columns.flatMap(({ missing }, k) =>
          missing === undefined ? [] : [{ ...places[k], label: wrap(missing, labelLength).slice(0, 8) }],
        ),
      },
      { name: "segments", values: segments },
      { name: "arrows", values: segments.filter(({ endless }) => endless) },
      { name: "saddles", values: segments.filter(({ endless }) => !endless) },
    ],
    marks: [
      {
        type: "rule",
        from: { data: "columns" },
        encode: {
          update: {
            x: { field: "left" },
            y: { value: 0 },
            y2: { signal: "height" },
            stroke: { value: colours.grid },
            opacity: { signal: "datum.left > 0 ? 1 : 0" },
          },
        },
      },
      text("columns", { signal: "height + 8" }, colours.text, "top"),
      text("missing", { signal: "height / 2" }, colours.quiet, "middle"),
      {
        type: "rule",
        from: { data: "segments" },
        encode: {
          update: {
            x: { field: "x" },
            y: { signal: y("birth") },
            y2: { signal: `${y("death")} + (datum.endless ? ${headSize - 2} * datum.up : 0)` },
            stroke: { value: colours.categories[0] },
            strokeWidth: { value: thickness },
          },
        },
      },
      {
        type: "symbol",
        from: { data: "arrows" },
        encode: {
          update: {
            x: { field: "x" },
            y: { signal: `${y("death")} + ${headSize / 2} * datum.up` },
            shape: { signal: "datum.up > 0 ? 'triangle-up' : 'triangle-down'" },
            size: { value: headSize ** 2 },
            fill: { value: colours.categories[0] },
          },
        },
      },
      circles("saddles", "death", dot, colours.saddle),
      circles("segments", "birth", dot, colours.minimum),
    ],
  });
}

/** Splits a label into lines, one per matrix value. */
const linesOf = (label: string) => label.split(", ").flatMap((part) => wrap(part, labelLength));

/**
 * Births and deaths, longest first; among equally long bars the lower first. Bars with a non-finite birth come last.
 */
function sorted({ birth, death }: Bars): [number, number][] {
  const length = ([from, to]: [number, number]) => (from === to ? 0 : Math.abs(to - from));
  return Array.from(birth, (from, i): [number, number] => [from, death[i]]).sort((a, b) =>
    length(a) === length(b) ? a[0] - b[0] : length(b) - length(a),
  );
}

function circles(data: string, end: string, size: number, fill: string): object {
  return {
    type: "symbol",
    from: { data },
    encode: {
      update: {
        x: { field: "x" },
        y: { signal: `scale('y', datum.${end})` },
        size: { value: size },
        fill: { value: fill },
      },
    },
  };
}

function text(data: string, y: object, fill: string, baseline: string): object {
  return {
    type: "text",
    from: { data },
    encode: {
      update: {
        x: { field: "middle" },
        y,
        align: { value: "center" },
        baseline: { value: baseline },
        fontSize: { value: 11 },
        lineHeight: { value: 13 },
        fill: { value: fill },
        text: { field: "label" },
      },
    },
  };
}
