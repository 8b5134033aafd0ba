import { type Artifact, type ArtifactKind, artifact, numbers } from "../src/artifact.js";
import { barcode } from "../src/figures/barcode.js";
import { contour } from "../src/figures/contour.js";
import { mergeTree } from "../src/figures/mergeTree.js";
import { profile } from "../src/figures/profile.js";
import { renderPng, renderSvg } from "../src/figures/render.js";
import type { Spec } from "../src/figures/theme.js";
import type { Stage } from "../src/stage.js";

type Plot = "contour" | "tree" | "barcode" | "profile";

interface Params {
  plot?: Plot;
  title: string;
  pixelRatio: number;
}

/** Which kind of artifact each plot draws. */
const drawnKinds: Record<Plot, ArtifactKind> = {
  contour: "grid",
  tree: "tree",
  barcode: "barcode",
  profile: "profile",
};

const captions: Partial<Record<ArtifactKind, string>> = {
  grid: "The loss around the trained model, along two directions.",
  tree: "Where basins begin (minima) and join (saddles) as the loss rises.",
  barcode: "One bar a basin, from its minimum to the saddle where a deeper basin takes it over.",
  profile: "Nested basins: as wide as the number of samples below each loss.",
};

export const figureStage: Stage<Params> = {
  name: "figure",
  version: 1,
  inputs: { "*": { kinds: Object.values(drawnKinds) } },
  output: "figure",
  adapter: (title) => ({ title }),
  async run({ params, ports, input }) {
    const artifacts = ports.map(input);
    const wanted = artifacts.find(({ kind }) => params.plot === undefined || kind === drawnKinds[params.plot]);
    if (wanted === undefined) {
      const given =
        artifacts.length > 0 ? `it is given a ${artifacts.map(({ kind }) => kind).join(", ")}` : "it is given none";
      const kinds = params.plot ? drawnKinds[params.plot] : Object.values(drawnKinds).join(", ");
      throw new Error(`a figure${params.plot ? ` with plot: ${params.plot}` : ""} draws a ${kinds}; ${given}`);
    }
    const spec = specOf(wanted, params.title);
    const svg = await renderSvg(spec);
    const png = await renderPng(svg, { scale: params.pixelRatio });
    const metadata = { title: params.title, caption: wanted.metadata.caption ?? captions[wanted.kind] };
    return artifact("figure", { spec: [JSON.stringify(spec)], svg: [svg], png: [png] }, metadata);
  },
};

function specOf(of: Artifact, title: string): Spec {
  switch (of.kind) {
    case "grid":
      return contourOf(of, title);
    case "tree":
      return mergeTree({
        title,
        value: numbers(of, "value"),
        parent: of.columns.parent as Int32Array,
      });
    case "barcode":
      return barcode({
        title,
        dimension: of.columns.dimension as Int32Array,
        birth: numbers(of, "birth"),
        death: numbers(of, "death"),
        lossRange: of.metadata.range as [number, number],
      });
    case "profile":
      return profile({
        title,
        basin: of.columns.basin as Int32Array,
        value: numbers(of, "value"),
        left: numbers(of, "left"),
        right: numbers(of, "right"),
        meanLoss: numbers(of, "meanLoss"),
        dots: of.metadata.dots as { x: number[]; value: number[]; type: string[] },
      });
    default:
      throw new Error(`no plot draws a ${of.kind}`);
  }
}

function contourOf(grid: Artifact, title: string): Spec {
  const shape = grid.metadata.shape as number[];
  const labels = grid.metadata.labels as string[];
  if (shape.length !== 2) {
    throw new Error(`a contour figure draws a grid with 2 axes; this one has ${shape.length} (${shape.join(" × ")})`);
  }
  const [nx, ny] = shape;
  const a1 = numbers(grid, "a1");
  const a2 = numbers(grid, "a2");
  return contour({
    title,
    x: a1.slice(0, nx),
    y: Float64Array.from({ length: ny }, (_, j) => a2[j * nx]),
    loss: numbers(grid, "loss"),
    xLabel: labels[0],
    yLabel: labels[1],
  });
}
