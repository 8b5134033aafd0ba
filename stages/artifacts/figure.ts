/** A figure: one row with its Vega specification, its SVG, its PNG and its PDF. */
import { type Artifact, artifact } from "../../src/artifact/artifact.js";
import type { Frame } from "../../src/figures/frame.js";
import type { PlotSize, Spec } from "../../src/figures/theme.js";
import type { PlotName } from "../plots/plotFacts.js";
import { factsOf } from "./factsOf.js";

export type FigureMetadata = {
  title: string;
  caption: string;
  /** What it draws, where it is one plot of one artifact. */
  plot?: PlotName;
  panels?: Panels;
};

/** The panels of a figure in order: their plot, and the step that each shows; null where none is known. */
export type Panels = { plot: PlotName; steps: (string | null)[] };

/** A figure as an artifact. The PNG has `pixelRatio` pixels per unit of the SVG. */
export async function figureArtifact(
  draw: (size?: PlotSize) => Spec,
  metadata: FigureMetadata,
  { pixelRatio, ...frame }: Frame & { pixelRatio: number },
): Promise<Artifact> {
  const [{ framed }, { renderPng }, { renderPdf }] = await Promise.all([
    import("../../src/figures/frame.js"),
    import("../../src/figures/render.js"),
    import("../../src/figures/renderPdf.js"),
  ]);
  const { spec, svg } = await framed(draw, frame);
  const [png, pdf] = await Promise.all([renderPng(svg, { scale: pixelRatio }), renderPdf(svg)]);
  return artifact("figure", { spec: [JSON.stringify(spec)], svg: [svg], png: [png], pdf: [pdf] }, metadata);
}

export function figureOf(of: Artifact): FigureMetadata & { svg: string; spec: Spec } {
  const [svg] = of.columns.svg as string[];
  const [spec] = of.columns.spec as string[];
  return { ...factsOf<FigureMetadata>(of), svg, spec: JSON.parse(spec) as Spec };
}
