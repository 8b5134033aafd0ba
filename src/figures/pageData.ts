import type { LossScale } from "./lossScale.js";
import type { View } from "./projection.js";

/** The JSON in a report's page for its script. Arrays of numbers are base64, little-endian. */
export interface PageData {
  /** Persistence thresholds of the pipeline's metrics, as fractions of the loss range; the first is the page's own. */
  thresholds: number[];
  landscapes: PageLandscape[];
  figures: LinkedFigure[];
}

/** The merge tree of one landscape. Arrays have an entry a node, in sweep order. */
export interface PageLandscape {
  /** The stage and the matrix point, for people. */
  name: string;
  point: Record<string, string>;
  direction: "sublevel" | "superlevel";
  /** i32 */
  vertex: string;
  parent: string;
  size: string;
  /** f64 */
  value: string;
  meanLoss: string;
  /** u8 */
  type: string;
  tied: number;
  nonFinite: number;
  /** Over the finite losses. null: there is none. */
  minimum: number | null;
  maximum: number | null;
  /** Leaves of the whole tree, where the page has only the most persistent of them. */
  leaves: number;
  /** Vertices along each axis of a grid, and the first and last coordinate. */
  shape?: readonly number[];
  extent?: readonly (readonly [number, number])[];
  /** The vertices of each node's arc (i32: offsets, vertices), and the losses by vertex (f64); absent where thinned. */
  members?: { offsets: string; vertices: string; losses: string };
}

/** A position or colour scale in the specification of a figure. */
export interface PageScale {
  type: string;
  domain: [number, number];
  /** Colours from low to high. */
  ramp?: readonly string[];
}

/** A figure, or a panel of one, whose marks carry vertices of a landscape. */
export interface LinkedFigure {
  /** The id of its element. */
  id: string;
  /** The place among the panels of the figure, where it has several. */
  panel?: number;
  plot: string;
  /** Place in `landscapes`. */
  landscape: number;
  /** Pixels of the plot itself. */
  width: number;
  height: number;
  scales: Record<string, PageScale>;
}

/**
 * What a figure in three dimensions shows, in a box that reaches from −½ to ½ in x and y. Arrays of numbers are base64,
 * f32 where nothing else is said.
 */
export interface PageScene {
  /** The id of the figure's element. */
  figure: string;
  /** The panel, where a figure has several. */
  label: string;
  axes: Record<"x" | "y" | "z", { label: string; scale: LossScale }>;
  bottom: number;
  top: number;
  view: View;
  /** Colours from low to high. */
  ramp: readonly string[];
  /** Heights over places along both axes, first axis fastest, and the heights of isolines. */
  surface?: { across: string; along: string; heights: string; isolines: readonly number[] };
  /** Fractions of a scale over places along three axes, and those of the level sets. */
  levels?: { places: readonly string[]; heights: string; at: readonly number[] };
  /** Three coordinates a point, and three bytes of colour. */
  points?: { places: string; colours: string };
  /** Three coordinates a point. */
  lines: readonly { colour: string; places: string }[];
  model?: readonly [number, number, number];
  /** What was left out. */
  note?: string;
}
