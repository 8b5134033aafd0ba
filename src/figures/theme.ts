import type { SharedScales } from "./sharedScales.js";

/** A Vega or Vega-Lite specification: plain JSON with its data. `$schema` distinguishes them. */
export interface Spec {
  $schema: string;
  [key: string]: unknown;
}

/**
 * Loss colours from low to high: dark blue is low, in every figure. After ColorBrewer's Blues, without its near-white
 * end.
 */
export const lossColours = ["#08306b", "#08519c", "#2171b5", "#4292c6", "#6baed6", "#9ecae1", "#c6dbef", "#e3eef9"];

export const colours = {
  text: "#1f2430",
  quiet: "#5b6270",
  grid: "#e4e6ea",
  line: "#3a4150",
  minimum: "#d62728",
  saddle: "#ff8c1a",
  root: "#2b2f3a",
  notFinite: "#8d8378",
  /** The colours of homology dimensions, and of the categories in users' specs. */
  categories: ["#2171b5", "#e6761b", "#2e8b57", "#8e5ba6", "#b5435a", "#6b6f7a"],
};

/**
 * Words on the colours of numbers: on dark ones and on light ones. A dark page does not change them, because it does
 * not change those colours.
 */
export const onColour = { dark: "#fefefe", light: "#1f2431" };

/** Width and height of the plot itself in pixels, without titles, axes and legends. */
export const plotWidth = 340;
export const plotHeight = 290;

/** The most pixels of a label of an axis or a legend. A longer one ends in dots. */
const longestLabel = 360;

/** The look of every figure, as a Vega configuration. The typeface is set when a figure is rendered. */
export const theme = {
  background: "white",
  padding: 10,
  view: { continuousWidth: plotWidth, continuousHeight: plotHeight, stroke: null },
  range: { category: colours.categories, heatmap: lossColours, ramp: lossColours },
  axis: {
    domainColor: colours.line,
    tickColor: colours.line,
    gridColor: colours.grid,
    labelColor: colours.text,
    titleColor: colours.text,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
    labelLimit: longestLabel,
    tickSize: 5,
    // Vega-Lite would push the first and the last number inwards, away from their ticks.
    labelFlush: false,
  },
  legend: {
    labelColor: colours.text,
    titleColor: colours.text,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    labelLimit: longestLabel,
    titleLimit: longestLabel,
    gradientThickness: 14,
    titlePadding: 9,
  },
  title: {
    anchor: "start",
    frame: "bounds",
    color: colours.text,
    fontSize: 14,
    fontWeight: "bold",
    subtitleColor: colours.quiet,
    subtitleFontSize: 11,
    subtitlePadding: 5,
    offset: 12,
  },
};

/** The size of a plot in pixels, without titles, axes and legends. */
export interface PlotSize {
  width: number;
  height: number;
  /** The width of the whole picture, in which titles are broken into lines. */
  room?: number;
}

/** The texts of a figure. */
export interface FigureText {
  title: string;
  subtitle?: string;
  /** The position when the figure is one of several panels. */
  shared?: SharedScales;
  size?: PlotSize;
  /** Colours from low to high. Default: the blues of the losses. */
  ramp?: readonly string[];
}

/** The size of a figure's plot. */
export function plotSize({ size }: FigureText): { width: number; height: number } {
  return { width: size?.width ?? plotWidth, height: size?.height ?? plotHeight };
}

/** The default room for titles, and the width of a letter in a title, a subtitle and an axis title. */
const defaultRoom = 400;
const letters = { title: 8.7, subtitle: 6.25, axis: 6.6 };
const linesOf = (text: string, pixels: number, letter: number) => wrap(text, Math.max(8, Math.floor(pixels / letter)));

/**
 * A Vega spec with title, subtitle and the size of the plot. `remarks` are sentences that are added to the subtitle.
 */
export function figureSpec(text: FigureText, remarks: string[], parts: Record<string, unknown>): Spec {
  const subtitle = [text.subtitle, ...remarks].filter(Boolean).join("; ");
  const room = text.size?.room ?? Math.max(defaultRoom, text.size?.width ?? 0);
  return {
    $schema: "https://vega.github.io/schema/vega/v6.json",
    description: subtitle ? `${text.title}. ${subtitle}` : text.title,
    ...plotSize(text),
    ...((text.title || subtitle) && {
      title: {
        text: linesOf(text.title, room, letters.title),
        ...(subtitle && { subtitle: linesOf(subtitle, room, letters.subtitle) }),
        // An empty title takes no line.
        ...(!text.title && { fontSize: 0.01, subtitlePadding: 0 }),
      },
    }),
    ...parts,
    ...(text.size && parts.axes ? { axes: (parts.axes as object[]).map((axis) => fittedAxis(axis, text)) } : {}),
  };
}

/** The most letters of a word that is longer than its axis and still not broken. */
const longestWord = 20;

/** An axis whose title is broken into lines as long as the axis. */
function fittedAxis(axis: { orient?: string; title?: string | string[] | null }, text: FigureText): object {
  if (!axis.title) return axis;
  const { width, height } = plotSize(text);
  const words = [axis.title].flat().join(" ");
  const longest = Math.max(...words.split(" ").map(({ length }) => length));
  const pixels = Math.max(axis.orient === "left" ? height : width, letters.axis * Math.min(longest, longestWord));
  const title = linesOf(words, pixels, letters.axis);
  return { ...axis, title };
}

/** The figure for data without a single finite number, or with nothing else to draw, which says so. */
export function noFiniteLoss(text: FigureText, found: string, words = "nothing finite"): Spec {
  return figureSpec(text, [found], {
    marks: [
      {
        type: "rect",
        encode: {
          update: {
            width: { signal: "width" },
            height: { signal: "height" },
            stroke: { value: colours.grid },
            fill: { value: "#f7f7f8" },
          },
        },
      },
      {
        type: "text",
        encode: {
          update: {
            x: { signal: "width / 2" },
            y: { signal: "height / 2" },
            align: { value: "center" },
            baseline: { value: "middle" },
            fontSize: { value: 14 },
            fill: { value: colours.quiet },
            text: { value: linesOf(words, plotSize(text).width, letters.title) },
          },
        },
      },
    ],
  });
}

/** Text in lines of at most `length` characters, broken at spaces, or inside a word that is longer than a line. */
export function wrap(text: string, length: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    let rest = [...word];
    const joined = [...line].length + 1 + rest.length;
    if (line && joined <= length) {
      line += " " + word;
      continue;
    }
    if (line) lines.push(line);
    for (; rest.length > length; rest = rest.slice(length)) lines.push(rest.slice(0, length).join(""));
    line = rest.join("");
  }
  lines.push(line);
  return lines;
}
