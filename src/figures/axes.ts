import { literal } from "./literal.js";
import { type LossScale, placeOn, vegaScale } from "./lossScale.js";
import { colours, lossColours, plotWidth } from "./theme.js";
import { type Ticks, ticks } from "./ticks.js";
import { wrap } from "./wrap.js";

/** A position scale of a Vega spec over the values of `placeOn(scale)`. */
export function positionScale(name: string, scale: LossScale, range: unknown): object {
  const definition = { name, ...vegaScale(scale), range, zero: false, nice: false };
  scales.set(definition, scale);
  return definition;
}

const scales = new WeakMap<object, LossScale>();

/** The scale that a definition of `positionScale` was made from. */
export function scaleBehind(definition: object | undefined): LossScale | undefined {
  return definition && scales.get(definition);
}

/** The colour scale of the values of `placeOn(scale)`. Values beyond its ends take the colour of the end. */
export function colourScale(name: string, scale: LossScale, ramp: readonly string[] = lossColours): object {
  return { name, ...vegaScale(scale), range: { scheme: ramp }, zero: false, nice: false, clamp: true };
}

/** An axis (two on a log scale, the second for the small ticks) with labels that suit tiny, huge and close values. */
export function axes(
  scaleName: string,
  scale: LossScale,
  orient: "left" | "bottom",
  title: string,
  grid = true,
): object[] {
  const marks = ticks(scale, orient === "left" || scale.type === "log" ? 7 : 5);
  return axesAt(scaleName, placed(marks, scale), orient, title, grid);
}

/** Ticks at the numbers that Vega chooses. */
function placed(marks: Ticks, scale: LossScale): Ticks {
  const at = placeOn(scale);
  return { ...marks, values: marks.values.map(at), minor: marks.minor.map(at) };
}

/** The same with given ticks. */
export function axesAt(
  scaleName: string,
  marks: Ticks,
  orient: "left" | "bottom",
  title: string,
  grid = true,
): object[] {
  const minor = {
    scale: scaleName,
    orient,
    values: marks.minor,
    labels: false,
    domain: false,
    tickSize: 3,
    tickWidth: 0.7,
  };
  return [
    {
      scale: scaleName,
      orient,
      grid,
      ...(title && { title: wrap(title, 44) }),
      values: marks.values,
      ...{ labelOverlap: "greedy", labelSeparation: orient === "bottom" ? 3 : 0 },
      encode: { labels: { update: { text: { signal: labelOf(marks) } } } },
    },
    ...(marks.minor.length > 0 ? [minor] : []),
  ];
}

/** The least distance between two numbers at a colour bar, and its least length, in pixels. */
const [leastStep, shortest] = [15, 40];
/** The most letters in a line of a colour bar's title. A longer word is broken. */
const mostInTitle = 30;
const lengthOf = (word: string) => [...word].length;

/** The colour bar of losses, beside the plot. */
export function colourBar(scaleName: string, scale: LossScale, title: string, length: number): object {
  const most = Math.max(2, Math.min(6, Math.floor(length / leastStep)));
  const marks = placed(ticks(scale, most), scale);
  return {
    fill: scaleName,
    type: "gradient",
    orient: "right",
    direction: "vertical",
    gradientLength: Math.max(shortest, length),
    ...(title && { title: wrap(title, Math.min(mostInTitle, Math.max(14, ...title.split(/\s+/).map(lengthOf)))) }),
    values: marks.values,
    labelOverlap: "greedy",
    encode: { labels: { update: { text: { signal: labelOf(marks) } } } },
  };
}

/** The numbers at a long colour bar. */
export const colourBarLabels = (scale: LossScale) => ticks(scale, 6).labels;

/** One kind of mark and its meaning. */
export interface Key {
  label: string;
  shape: string;
  fill: string;
  stroke?: string;
  /** The width of the stroke. */
  dash?: number[];
}

/** The symbol of a line in a legend. */
export const lineKey = "M-1,0L1,0";

/** The size of a legend entry, in pixels: its symbol with the space around it, and a letter. */
const symbolRoom = 28;
const letter = 5.6;
/** The room above a legend, in pixels. */
const legendOffset = 18;

const keysByLegend = new WeakMap<object, Key[]>();

/** The entries of a legend made by `keyLegend`; empty for any other. */
export function keysOfLegend(legend: object): Key[] {
  return keysByLegend.get(legend) ?? [];
}

/**
 * Scales and a legend below a plot of this width, which explain the marks. It stands below what reaches `down` pixels
 * below the plot. Empty without entries.
 */
export function keyLegend(keys: Key[], width = plotWidth, down = 0): { scales: object[]; legends: object[] } {
  if (keys.length === 0) return { scales: [], legends: [] };
  const domain = keys.map((key) => key.label);
  const longest = Math.max(...domain.map(({ length }) => length));
  const lines = keys.every(({ shape }) => shape === lineKey);
  const lookup = (values: unknown[]) => ({
    signal: `${literal(values)}[indexof(${literal(domain)}, datum.value)]`,
  });
  const legend = {
    shape: "key",
    orient: "bottom",
    direction: "horizontal",
    ...(down + 8 > legendOffset && { offset: down + 8 }),
    columns: Math.max(1, Math.min(4, Math.floor(width / (symbolRoom + letter * longest)))),
    ...(width < plotWidth && { labelLimit: Math.max(130, width - symbolRoom) }),
    symbolSize: lines ? 260 : 70,
    encode: {
      symbols: {
        update: {
          fill: lookup(keys.map((key) => key.fill)),
          stroke: lookup(keys.map((key) => key.stroke ?? colours.text)),
          strokeWidth: { value: lines ? 2 : 1 },
          strokeDash: lookup(keys.map((key) => key.dash ?? [])),
          opacity: { value: 1 },
        },
      },
    },
  };
  keysByLegend.set(legend, keys);
  return {
    scales: [{ name: "key", type: "ordinal", domain, range: keys.map((key) => key.shape) }],
    legends: [legend],
  };
}

function labelOf({ values, labels }: Ticks): string {
  return `${literal(labels)}[indexof(${literal(values)}, datum.value)]`;
}
