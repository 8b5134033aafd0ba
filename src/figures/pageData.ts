/** What the script of a report's page reads: JSON in the page itself. Numbers of arrays are base64, little-endian. */
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
  /** Of the finite losses; null without one. */
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

/** A position or colour scale of a figure, as its specification has it. */
export interface PageScale {
  type: string;
  domain: [number, number];
  /** Colours from low to high. */
  ramp?: readonly string[];
}

/** A figure whose marks carry vertices of a landscape. */
export interface LinkedFigure {
  /** The id of its element. */
  id: string;
  plot: string;
  /** Place in `landscapes`. */
  landscape: number;
  /** Pixels of the plot itself. */
  width: number;
  height: number;
  scales: Record<string, PageScale>;
}
