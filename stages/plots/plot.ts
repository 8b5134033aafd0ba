import type { Artifact, ArtifactKind } from "../../src/artifact/artifact.js";
import type { LossScaleType } from "../../src/figures/lossScale.js";
import type { Spec } from "../../src/figures/theme.js";

/** The parameters of the figure stage. */
export interface FigureParams {
  plot?: string;
  title: string;
  lossRange?: [number, number];
  lossScale: LossScaleType;
  pixelRatio: number;
  /** Of a scatter. */
  colour?: string;
  /** Of the plots whose axes are not always losses. */
  x?: string;
  y?: string;
  series?: string;
  marks?: "line" | "point";
  xScale?: LossScaleType;
  yScale?: LossScaleType;
}

/** How the figure stage turns artifacts of a kind into one picture. */
export interface Plot {
  kind: ArtifactKind;
  /** Whether the plot suits an artifact of its kind; by default every one. */
  suits?(of: Artifact): boolean;
  caption(of: Artifact): string;
  /** `beside`: what is at the stage's other ports; `port`: the artifact's own. Throws an Error for what it cannot draw. */
  spec(of: Artifact, params: FigureParams, beside: Readonly<Record<string, Artifact>>, port: string): Spec;
}
