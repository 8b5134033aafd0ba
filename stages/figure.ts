import type { Artifact, ArtifactKind } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import { figureArtifact } from "./artifacts/figure.js";
import { checkLossAxis } from "./inputs/lossAxis.js";
import type { FigureParams, Plot } from "./plots/plot.js";

/** What there are plots of, said here so that these are loaded only where something is drawn. */
export const drawnKinds: ArtifactKind[] = [
  "grid",
  "tree",
  "barcode",
  "profile",
  "table",
  "spectrum",
  "dataset",
  "model",
  "embedding",
  "paths",
];

export const figureStage: Stage<FigureParams> = {
  name: "figure",
  version: 7,
  inputs: { "*": { kinds: drawnKinds }, path: { kinds: ["points"], optional: true } },
  output: "figure",
  check: checkLossAxis,
  adapter: (title) => ({ title }),
  async run({ params, ports, input }) {
    const { plots } = await import("./plots/index.js");
    const artifacts = Object.fromEntries(ports.map((port) => [port, input(port)]));
    const { path: _, ...drawable } = artifacts;
    const { port, plot } = choose(plots, drawable, params.plot);
    const { [port]: of, ...beside } = artifacts;
    if (ports.includes("path") && plot !== plots.contour) {
      throw new Error(`a path is drawn over a grid; this figure draws a ${of.kind}`);
    }
    const spec = plot.spec(of, params, beside, port);
    return figureArtifact(spec, { title: params.title, caption: plot.caption(of) }, params.pixelRatio);
  },
};

/** The first artifact that the plot draws; without a name the first that any plot suits. */
function choose(
  plots: Readonly<Record<string, Plot>>,
  artifacts: Record<string, Artifact>,
  name: string | undefined,
): { port: string; plot: Plot } {
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
