import { type Artifact, artifact } from "../src/artifact.js";
import { renderPng, renderSvg } from "../src/figures/render.js";
import type { Stage } from "../src/stage.js";
import { checkLossAxis } from "./lossAxis.js";
import { barcodePlot, diagramPlot } from "./plots/barcode.js";
import { comparisonPlot } from "./plots/comparison.js";
import { confusionPlot } from "./plots/confusion.js";
import { contourPlot } from "./plots/contour.js";
import { curvesPlot } from "./plots/curves.js";
import { densityPlot } from "./plots/density.js";
import { entropyPlot } from "./plots/entropy.js";
import { linesPlot, relationPlot } from "./plots/lines.js";
import { treePlot } from "./plots/mergeTree.js";
import { pathsPlot } from "./plots/paths.js";
import type { FigureParams, Plot } from "./plots/plot.js";
import { profilePlot } from "./plots/profile.js";
import { samplesPlot } from "./plots/samples.js";
import { scatterPlot } from "./plots/scatter.js";
import { segmentationPlot } from "./plots/segmentation.js";
import { solutionPlot } from "./plots/solution.js";

/** Plots by name; of several that suit an artifact the first is drawn when none is asked for. */
const plots: Readonly<Record<string, Plot>> = {
  contour: contourPlot,
  tree: treePlot,
  barcode: barcodePlot,
  diagram: diagramPlot,
  profile: profilePlot,
  comparison: comparisonPlot,
  density: densityPlot,
  samples: samplesPlot,
  curves: curvesPlot,
  confusion: confusionPlot,
  solution: solutionPlot,
  scatter: scatterPlot,
  entropy: entropyPlot,
  segmentation: segmentationPlot,
  paths: pathsPlot,
  lines: linesPlot,
  relation: relationPlot,
};
const drawnKinds = [...new Set(Object.values(plots).map(({ kind }) => kind))];

export const figureStage: Stage<FigureParams> = {
  name: "figure",
  version: 5,
  inputs: { "*": { kinds: drawnKinds }, path: { kinds: ["points"], optional: true } },
  output: "figure",
  check: checkLossAxis,
  adapter: (title) => ({ title }),
  async run({ params, ports, input }) {
    const artifacts = Object.fromEntries(ports.map((port) => [port, input(port)]));
    const { path: _, ...drawable } = artifacts;
    const { port, plot } = choose(drawable, params.plot);
    const { [port]: of, ...beside } = artifacts;
    if (ports.includes("path") && plot !== contourPlot) {
      throw new Error(`a path is drawn over a grid; this figure draws a ${of.kind}`);
    }
    const spec = plot.spec(of, params, beside, port);
    const svg = await renderSvg(spec);
    const png = await renderPng(svg, { scale: params.pixelRatio });
    const metadata = { title: params.title, caption: plot.caption(of) };
    return artifact("figure", { spec: [JSON.stringify(spec)], svg: [svg], png: [png] }, metadata);
  },
};

/** The first artifact that the plot draws; without a name the first that any plot suits. */
function choose(artifacts: Record<string, Artifact>, name: string | undefined): { port: string; plot: Plot } {
  const candidates = name === undefined ? Object.values(plots) : [plots[name]];
  for (const [port, of] of Object.entries(artifacts)) {
    const plot = candidates.find(
      ({ kind, suits }) => kind === of.kind && (name !== undefined || (suits?.(of) ?? true)),
    );
    if (plot) return { port, plot };
  }
  const found = Object.values(artifacts).map(({ kind }) => kind);
  const given = found.length > 0 ? `it is given a ${found.join(", ")}` : "it is given none";
  const kinds = name ? plots[name].kind : drawnKinds.join(", ");
  throw new Error(`a figure${name ? ` with plot: ${name}` : ""} draws a ${kinds}; ${given}`);
}
