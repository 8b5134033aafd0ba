import type { Artifact } from "../../src/artifact/artifact.js";
import { colourRamps } from "../../src/figures/colourRamps.js";
import type { LossScaleType } from "../../src/figures/lossScale.js";
import type { SharedScales } from "../../src/figures/sharedScales.js";
import type { FigureText, PlotSize, Spec } from "../../src/figures/theme.js";
import type { PlotName } from "./plotFacts.js";

/** The layout of the panels of a figure over matrix points. */
export interface Facet {
  /** Axes of the matrix whose values run down and across. */
  row?: string;
  column?: string;
  /** The number of panels in a row when no axis runs across. */
  columns?: number;
  /** all: all panels share the scales of equal axes, and the colours. */
  share?: "all" | "none";
}

/** A text, a line or a band on a figure, at coordinates of its axes. */
export interface Note {
  text?: string;
  x?: number | [number, number];
  y?: number | [number, number];
}

/** The parameters of the figure stage. */
export interface FigureParams {
  plot?: PlotName;
  spec?: Spec;
  title?: string;
  about?: string;
  caption?: string;
  notes?: Note[];
  facet?: Facet;
  /** In mm, and in points. */
  width?: number;
  height?: number;
  fontSize?: number;
  theme?: "screen" | "paper" | "dark";
  pixelRatio: number;
  colours?: string;
  lossRange?: [number, number];
  lossScale?: LossScaleType;
  column?: string;
  azimuth?: number;
  elevation?: number;
  levels?: number[];
  across?: "samples" | "fraction";
  /** For a scatter. */
  colour?: string;
  /** For plots of tables. */
  x?: string;
  y?: string;
  series?: string;
  over?: string;
  band?: "deviation" | "confidence" | "quantiles";
  correlation?: "spearman" | "pearson";
  marks?: "line" | "point" | "box" | "violin";
  xScale?: LossScaleType;
  yScale?: LossScaleType;
  yRange?: [number, number];
  /** The size of one panel among several. */
  shared?: SharedScales;
  size?: PlotSize;
}

/** The same as a file gives them: a figure of several columns has a panel for each. */
export type GivenParams = Omit<FigureParams, "y" | "column"> & { y?: string | string[]; column?: string | string[] };

/** How the figure stage turns artifacts of a kind into one picture; `plotFacts` says of which kinds. */
export interface Plot {
  /** True when it can be the default for an artifact of its kind. Without it, always; see also `onlyByName`. */
  suits?(of: Artifact): boolean;
  /** The title of the picture: the quantity that it shows. */
  title(of: Artifact, params: FigureParams): string;
  caption(of: Artifact, params: FigureParams): string;
  /**
   * `beside`: the artifacts at the stage's other ports; `port`: the artifact's own port. Throws an Error for an
   * artifact that it cannot draw.
   */
  spec(of: Artifact, params: FigureParams, beside: Readonly<Record<string, Artifact>>, port: string): Spec;
}

/** The parameters that every figure takes. */
export function lookOf({ title = "", shared, size, colours }: FigureParams): FigureText {
  return { title, shared, size, ...(colours && { ramp: colourRamps[colours] }) };
}

/** A sentence's first letter large. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The axis of losses that the parameters ask for. */
export function lossAxisOf({ lossRange, lossScale }: FigureParams) {
  return { lossDomain: lossRange, lossScale };
}

/** The view of a 3-D picture, in degrees. */
export function viewOf({ azimuth = 35, elevation = 30 }: FigureParams) {
  return { azimuth, elevation };
}
