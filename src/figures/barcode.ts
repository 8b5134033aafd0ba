import { axes, keyLegend, positionScale } from "./axes.js";
import { dimensionKey } from "./dimensionKey.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { linked } from "./linked.js";
import { type LossScale, placeOn, vegaScale } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { chosenScale, type LossAxis } from "./sharedScales.js";
import { type FigureText, plotSize, type Spec } from "./theme.js";

/** Bars of a persistence barcode, in any order. An essential bar dies at ±Infinity. */
export interface BarcodeData extends FigureText, LossAxis {
  dimension: ArrayLike<number>;
  birth: ArrayLike<number>;
  death: ArrayLike<number>;
  /** The vertex that each bar is born at, which names the marks of bars of dimension 0. */
  birthVertex?: ArrayLike<number>;
  lossLabel?: string;
  /** The lowest and highest loss of the landscape, which the axis then covers. */
  lossRange?: [number, number];
}

interface Bar {
  dimension: number;
  birth: number;
  death: number;
  vertex: number | undefined;
}

const mostBars = 150;

/**
 * A barcode: one horizontal bar per class from its birth to its death, longest on top, dimension by dimension. An
 * essential bar is an arrow to the edge. When there are more than 150 bars, the longest are drawn, with at least an
 * even share for every dimension. Bars whose birth is not finite are counted, not drawn.
 */
export function barcode(data: BarcodeData): Spec {
  const { lossLabel = "loss" } = data;
  const all = Array.from(
    data.birth,
    (birth, i): Bar => ({ dimension: data.dimension[i], birth, death: data.death[i], vertex: birthVertex(data, i) }),
  );
  const bars = all.filter(({ birth }) => Number.isFinite(birth));
  const ends = [...bars.flatMap(({ birth, death }) => [birth, death]), ...(data.lossRange ?? [])];
  const scale = chosenScale(data, "loss", ends, 0.05);
  if (!scale) return noFiniteLoss(data, `0 of ${all.length} bars with a finite birth`);
  const { drawn, dimensions } = mostPersistent(bars);
  const keys = dimensions.map(dimensionKey);
  const legend = keyLegend(keys.length > 1 ? keys : [], plotSize(data).width);
  const step = plotSize(data).height / drawn.length;
  const thickness = Math.min(14, Math.max(0.9, step * 0.66));
  // The head of an arrow: its tip lies on the edge of the plot, and the bar ends inside its base.
  const headSize = Math.max(7, 1.7 * thickness);
  const head = headSize * Math.sqrt(0.75);
  const values = placedBars(drawn, scale, step);
  return figureSpec(data, remarksOn(all, bars, drawn, dimensions), {
    data: [
      {
        name: "bars",
        values,
        transform: [
          { type: "formula", as: "from", expr: "scale('x', datum.birth)" },
          { type: "formula", as: "to", expr: `scale('x', datum.death) - ${head - 1} * datum.direction` },
        ],
      },
      { name: "arrows", values: values.filter(({ direction }) => direction !== 0) },
    ],
    scales: [positionScale("x", scale, "width"), ...legend.scales],
    axes: axes("x", scale, "bottom", lossLabel),
    legends: legend.legends,
    marks: marksOf(thickness, headSize, head, data.birthVertex !== undefined),
  });
}

/** The bars to draw, dimension by dimension, the longest first. */
function mostPersistent(bars: readonly Bar[]): { drawn: Bar[]; dimensions: number[] } {
  const length = ({ birth, death }: Bar) => (Number.isNaN(death) ? Infinity : Math.abs(death - birth));
  const longest = (a: Bar, b: Bar) => (length(a) === length(b) ? a.birth - b.birth : length(b) - length(a));
  const sorted = [...bars].sort((a, b) => a.dimension - b.dimension || longest(a, b));
  const dimensions = [...new Set(sorted.map(({ dimension }) => dimension))];
  const own = dimensions.map((d) => sorted.filter(({ dimension }) => dimension === d));
  const shares = evenShares(own.map((all) => all.length));
  return { drawn: own.flatMap((all, i) => all.slice(0, shares[i])), dimensions };
}

/** The ends of the bars on the axis, and the direction of those that never end. */
function placedBars(drawn: readonly Bar[], scale: LossScale, step: number) {
  const at = placeOn(scale);
  const { domain } = vegaScale(scale);
  return drawn.map(({ dimension, birth, death, vertex }, i) => {
    const direction = Number.isFinite(death) ? 0 : death === -Infinity ? -1 : 1;
    const end = direction === 0 ? at(death) : domain[direction === 1 ? 1 : 0];
    const colour = dimensionKey(dimension).fill;
    return { y: (i + 0.5) * step, birth: at(birth), death: end, direction, colour, vertex };
  });
}

function remarksOn(
  all: readonly Bar[],
  bars: readonly Bar[],
  drawn: readonly Bar[],
  dimensions: readonly number[],
): string[] {
  const count = all.length === 1 ? "1 bar" : `${formatNumber(all.length)} bars`;
  const beyond = all.length - bars.length;
  return [
    drawn.length < bars.length
      ? `the ${drawn.length} most persistent of ${count}${dimensions.length > 1 ? ", dimension by dimension" : ""}`
      : all.length > 1
        ? `${count}, most persistent first`
        : count,
    ...(beyond > 0 ? [`${beyond} with a birth that is not finite, not drawn`] : []),
  ];
}

function marksOf(thickness: number, headSize: number, head: number, isLinked: boolean): object[] {
  return [
    {
      type: "rect",
      from: { data: "bars" },
      encode: {
        update: {
          // A bar of length 0 is still visible as a line.
          x: { signal: "min(datum.from, datum.to)" },
          width: { signal: "max(1.5, abs(datum.to - datum.from))" },
          yc: { field: "y" },
          height: { value: thickness },
          fill: { field: "colour" },
          ...(isLinked && linked),
        },
      },
    },
    {
      type: "symbol",
      from: { data: "arrows" },
      encode: {
        update: {
          x: { signal: `scale('x', datum.death) - ${head / 2} * datum.direction` },
          y: { field: "y" },
          shape: { signal: "datum.direction > 0 ? 'triangle-right' : 'triangle-left'" },
          size: { value: headSize ** 2 },
          fill: { field: "colour" },
          ...(isLinked && linked),
        },
      },
    },
  ];
}

/** The vertex of a minimum; bars of other dimensions are not of one. */
export function birthVertex({ dimension, birthVertex }: BarcodeData, bar: number): number | undefined {
  return dimension[bar] === 0 ? birthVertex?.[bar] : undefined;
}

/** The number of bars drawn of each dimension: all, or an even share, plus the unused shares of others. */
function evenShares(counts: number[]): number[] {
  const shares = counts.map(() => 0);
  let [room, waiting] = [mostBars, counts.length];
  const fewestFirst = counts.map((_, i) => i).sort((i, j) => counts[i] - counts[j]);
  for (const i of fewestFirst) {
    shares[i] = Math.min(counts[i], Math.floor(room / waiting--));
    room -= shares[i];
  }
  return shares;
}
