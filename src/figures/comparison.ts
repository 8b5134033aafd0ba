import { axes, colourBar, colourScale, type Key, keyLegend, positionScale } from "./axes.js";
import { figureSpec } from "./figureSpec.js";
import { literal } from "./literal.js";
import { lossPalette, rgb } from "./lossPalette.js";
import { type LossScale, lossScale, scaleFraction } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { placeLabels, textLength } from "./placeLabels.js";
import { encodePng } from "./png.js";
import { colours, type FigureText, plotSize, type Spec } from "./theme.js";

/** The distances between items, and a map of them. */
export interface ComparisonData extends FigureText {
  /** The items. Their labels name the values of `labelTitle`. */
  labels: string[];
  labelTitle: string;
  /** n × n, row-major. Infinity when two items are infinitely far apart. */
  distances: Float64Array;
  distanceLabel: string;
  /** The position of each item on the map; not finite when there is no map. */
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** The share of the distances that the map shows, 0 … 1. */
  explained: number;
  /** Items in a few groups have dots in the colour of the group, with shorter labels. */
  groups?: { names: string[]; labels: string[]; labelTitle: string };
}

const notFiniteIndex = 255;
/** Items nearer than this many pixels on the map are one dot. */
const together = 3;
const mostTogether = 3;
/** The radius of a dot, and how much wider it is around another, in pixels. */
const [smallest, ring] = [3.7, 2.6];

/**
 * A matrix of distances as colours, dark for near items, and below it a map that approximates the distances, with the
 * same scale in both directions. Coincident items share a dot. Distances that span more than two decades get a log
 * scale, on which 0 has the darkest colour. Dots of several groups at one place are rings around each other.
 */
export function comparison(data: ComparisonData): Spec {
  const n = data.labels.length;
  const side = plotSize(data).width;
  const { scale, infinite } = distanceScale(data.distances);
  const groupKeys = keysOf(data.groups?.names);
  const grouped = groupKeys.length > 0 ? data.groups : undefined;
  const map = mapOf(data, grouped, side);
  const matrixLegend = keyLegend(infinite ? [infinitelyFar] : [], side);
  const mapLegend = keyLegend(groupKeys, side);
  const remarks = [n === 1 ? "1 landscape" : `${formatNumber(n)} landscapes`];
  if (map) remarks.push(`the map tells ${formatNumber(Math.round(1000 * data.explained) / 10)} % of the distances`);
  else remarks.push("no map: some are infinitely far apart");
  if (map && map.unlabelled > 0) remarks.push(`${map.unlabelled} of its labels left out for want of room`);
  if (map && grouped) remarks.push(`its labels: ${grouped.labelTitle}`);

  const cell = side / n;
  const fontSize = 11;
  const every = Math.ceil(fontSize / (1.05 * cell));
  const labelled = data.labels.map((_, k) => k).filter((k) => k % every === 0);
  const turned = Math.max(...data.labels.map(textLength)) * fontSize > 0.95 * every * cell;
  const labelText = { signal: `${literal(data.labels)}[datum.value]` };
  const labelAxis = (orient: string) => ({
    scale: orient === "left" ? "row" : "column",
    orient,
    values: labelled,
    title: data.labelTitle,
    tickSize: 3,
    domain: false,
    labelFontSize: fontSize,
    labelOverlap: false,
    encode: {
      labels: {
        update: {
          text: labelText,
          ...(orient === "bottom" &&
            turned && {
              angle: { value: -90 },
              align: { value: "right" },
              baseline: { value: "middle" },
            }),
        },
      },
    },
  });
  const matrix = {
    type: "group",
    encode: { update: { width: { value: side }, height: { value: side } } },
    scales: [
      { name: "column", type: "linear", domain: [-0.5, n - 0.5], range: [0, side], zero: false, nice: false },
      { name: "row", type: "linear", domain: [-0.5, n - 0.5], range: [0, side], zero: false, nice: false },
      colourScale("distance", scale),
      ...matrixLegend.scales,
    ],
    axes: [labelAxis("left"), labelAxis("bottom")],
    legends: [colourBar("distance", scale, data.distanceLabel, side - 40), ...matrixLegend.legends],
    marks: [
      {
        type: "image",
        encode: {
          update: {
            url: { value: `data:image/png;base64,${colourMap(data, scale).toString("base64")}` },
            x: { value: 0 },
            y: { value: 0 },
            width: { value: side },
            height: { value: side },
            aspect: { value: false },
          },
        },
      },
    ],
  };
  return figureSpec(data, remarks, {
    layout: { columns: 1, padding: 24, bounds: "full", align: "none" },
    marks: [matrix, ...(map ? [mapGroup(map, mapLegend, groupKeys, side)] : [])],
  });
}

const infinitelyFar: Key = { label: "infinite", shape: "square", fill: colours.notFinite };

/** From 0, or on a log scale from the smallest positive distance. */
function distanceScale(distances: Float64Array): { scale: LossScale; infinite: boolean } {
  const finite = distances.filter((distance) => Number.isFinite(distance) && distance > 0);
  const found = lossScale(finite);
  const infinite = distances.some((distance) => distance === Infinity);
  if (found?.type === "log") return { scale: found, infinite };
  const largest = finite.reduce((x, y) => Math.max(x, y), 0);
  return { scale: { type: "linear", domain: [0, largest || 1] }, infinite };
}

/** The distances as a PNG with enough pixels per cell that no viewer blurs it. */
function colourMap({ labels, distances }: ComparisonData, scale: LossScale): Buffer {
  const n = labels.length;
  const pixels = Math.ceil(720 / n);
  const indices = new Uint8Array((n * pixels) ** 2);
  for (let v = 0; v < n * pixels; v++) {
    for (let u = 0; u < n * pixels; u++) {
      const distance = distances[Math.floor(v / pixels) * n + Math.floor(u / pixels)];
      const fraction = Math.min(1, Math.max(0, scaleFraction(scale, distance)));
      indices[u + n * pixels * v] = Number.isFinite(distance)
        ? Math.round(fraction * (notFiniteIndex - 1))
        : notFiniteIndex;
    }
  }
  return encodePng(indices, n * pixels, n * pixels, [...lossPalette(notFiniteIndex), rgb(colours.notFinite)]);
}

/** The map in pixels, as wide as the matrix, and as high as the spread of the items needs. */
function mapOf({ x, y, labels }: ComparisonData, groups: ComparisonData["groups"], side: number) {
  if (![x, y].every((places) => Array.from(places).every(Number.isFinite))) return undefined;
  const span = (values: ArrayLike<number>) => {
    const all = Array.from(values);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return { middle: low / 2 + high / 2, half: high / 2 - low / 2 };
  };
  const [across, up] = [span(x), span(y)];
  const margin = 46;
  const room = side - 2 * margin;
  // Half of the plot's range without its margins. Halves do not overflow when lengths do.
  const half = Math.max(across.half, up.half) || 0.5;
  const height = Math.max(150, Math.min(side, (up.half / half) * room + 2 * margin));
  const xScale: LossScale = {
    type: "linear",
    domain: around(across.middle, half * (side / room)),
  };
  const yScale: LossScale = {
    type: "linear",
    domain: around(up.middle, half * (height / room)),
  };
  const places = (groups?.labels ?? labels).map((label, i) => ({
    label,
    x: side / 2 + ((x[i] / 2 - across.middle / 2) / half) * room,
    y: height / 2 - ((y[i] / 2 - up.middle / 2) / half) * room,
    group: groups?.names[i] ?? "",
  }));
  const dots: { x: number; y: number; group: string; members: string[]; radius: number }[] = [];
  for (const { label, ...place } of places) {
    const near = dots.filter((dot) => Math.hypot(dot.x - place.x, dot.y - place.y) < together);
    const same = near.find((dot) => dot.group === place.group);
    if (same) same.members.push(label);
    else {
      for (const dot of near) dot.radius += ring;
      dots.push({ ...place, ...(near[0] && { x: near[0].x, y: near[0].y }), members: [label], radius: smallest });
    }
  }
  const named = dots.map((dot) => ({ ...dot, label: shortList(dot.members) }));
  // A label stands beside the widest ring of its place.
  const widest = ({ x, y }: { x: number; y: number }) =>
    Math.max(...named.filter((dot) => dot.x === x && dot.y === y).map(({ radius }) => radius));
  const spaced = named.map((dot) => ({ ...dot, radius: widest(dot) + 1.3 }));
  const texts = placeLabels(spaced, side, height, 11);
  return { height, xScale, yScale, dots: named, texts, unlabelled: named.length - texts.length };
}

/** The interval of this half length, within the range of doubles. */
function around(middle: number, half: number): [number, number] {
  return [Math.max(-Number.MAX_VALUE, middle - half), Math.min(Number.MAX_VALUE, middle + half)];
}

function shortList(members: string[]): string {
  const rest = members.length - mostTogether;
  return `${members.slice(0, mostTogether).join("; ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** A legend entry per group, when several groups have different colours. */
function keysOf(groups: string[] | undefined): Key[] {
  const distinct = [...new Set(groups)];
  if (distinct.length < 2 || distinct.length > colours.categories.length) return [];
  return distinct.map((label, k) => ({
    label,
    shape: "circle",
    fill: colours.categories[k],
    stroke: colours.categories[k],
  }));
}

function mapGroup(
  { height, xScale, yScale, dots, texts }: NonNullable<ReturnType<typeof mapOf>>,
  legend: ReturnType<typeof keyLegend>,
  keys: Key[],
  side: number,
): object {
  const colourOf = (group: string) => keys.find(({ label }) => label === group)?.fill ?? colours.categories[0];
  return {
    type: "group",
    encode: { update: { width: { value: side }, height: { value: height } } },
    // The length of grid lines.
    signals: [
      { name: "width", value: side },
      { name: "height", value: height },
    ],
    data: [
      {
        name: "dots",
        values: dots.map(({ x, y, group, radius }) => ({ x, y, size: 4 * radius ** 2, colour: colourOf(group) })),
      },
      { name: "texts", values: texts },
    ],
    scales: [positionScale("x", xScale, [0, side]), positionScale("y", yScale, [height, 0]), ...legend.scales],
    axes: [...axes("x", xScale, "bottom", "first coordinate"), ...axes("y", yScale, "left", "second coordinate")],
    legends: legend.legends,
    marks: [
      {
        type: "symbol",
        from: { data: "dots" },
        encode: {
          update: {
            x: { field: "x" },
            y: { field: "y" },
            size: { field: "size" },
            fill: { field: "colour" },
            stroke: { value: "#ffffff" },
            strokeWidth: { value: 0.8 },
          },
        },
      },
      {
        type: "text",
        from: { data: "texts" },
        encode: {
          update: {
            x: { field: "x" },
            y: { field: "y" },
            align: { field: "align" },
            baseline: { value: "middle" },
            fontSize: { value: 11 },
            fill: { value: colours.text },
            text: { field: "text" },
          },
        },
      },
    ],
  };
}
