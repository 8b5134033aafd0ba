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

/** The size of the letters at axes, in pixels. */
export const labelPixels = 11;
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
    // Vega would put the title of an axis over labels that are longer than 200 pixels.
    maxExtent: longestLabel + 20,
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
