/** A figure: one row with its Vega specification, its SVG and its PNG. */
import { type Artifact, artifact } from "../../src/artifact/artifact.js";
import type { Spec } from "../../src/figures/theme.js";
import { factsOf } from "./factsOf.js";

export type FigureMetadata = { title: string; caption: string };

/** A figure as an artifact; `png` at `pixelRatio` pixels for each unit of the SVG. */
export async function figureArtifact(spec: Spec, metadata: FigureMetadata, pixelRatio: number): Promise<Artifact> {
  const { renderPng, renderSvg } = await import("../../src/figures/render.js");
  const svg = await renderSvg(spec);
  const png = await renderPng(svg, { scale: pixelRatio });
  return artifact("figure", { spec: [JSON.stringify(spec)], svg: [svg], png: [png] }, metadata);
}

export function figureOf(of: Artifact): { svg: string; caption: string } {
  const [svg] = of.columns.svg as string[];
  return { svg, caption: factsOf<FigureMetadata>(of).caption };
}
