/** A figure: one row with its Vega specification, its SVG, its PNG and its PDF. */
import { type Artifact, artifact } from "../../src/artifact/artifact.js";
import type { Frame } from "../../src/figures/frame.js";
import type { PlotSize, Spec } from "../../src/figures/theme.js";
import { factsOf } from "./factsOf.js";

export type FigureMetadata = { title: string; caption: string };

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

export function figureOf(of: Artifact): { svg: string; caption: string } {
  const [svg] = of.columns.svg as string[];
  return { svg, caption: factsOf<FigureMetadata>(of).caption };
}
