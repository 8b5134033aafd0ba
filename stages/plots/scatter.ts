import { type Artifact, numbers, type VectorColumn } from "../../src/artifact.js";
import { type ScatterMap, scatter } from "../../src/figures/scatter.js";
import type { Plot } from "./plot.js";

const methodNames: Record<string, string> = {
  phate: "PHATE",
  pca: "PCA",
  mds: "MDS",
  "metric-mds": "metric MDS",
  tsne: "t-SNE",
  umap: "UMAP",
};

/** Maps of points; several embeddings at ports of their own are drawn beside each other. */
export const scatterPlot: Plot = {
  kind: "embedding",
  caption: () =>
    "Points on maps, near where they are near; a line joins those of a trajectory. Axes of one map have one scale.",
  spec(of, { title, lossRange, lossScale }, beside, port) {
    const maps = Object.entries({ [port]: of, ...beside }).filter(([, { kind }]) => kind === "embedding");
    const methods = maps.map(([, { metadata }]) => String(metadata.method));
    const different = new Set(methods).size === maps.length;
    return scatter({
      title,
      lossRange,
      lossScale,
      maps: maps.map(([name, map], k) => mapOf(map, different ? (methodNames[methods[k]] ?? name) : name)),
    });
  },
};

function mapOf(of: Artifact, label: string): ScatterMap {
  const { width, values } = of.columns.coordinates as VectorColumn;
  const names = (of.metadata.names ?? {}) as { trajectories?: string[]; classes?: string[] };
  const trajectory = numbers(of, "trajectory");
  const hasLabels = Object.hasOwn(of.columns, "label");
  return {
    label,
    coordinates: values,
    dimensions: width,
    loss: numbers(of, "loss"),
    epoch: numbers(of, "epoch"),
    trajectory,
    // Points of no trajectory and no class are one group.
    group: hasLabels ? numbers(of, "label") : trajectory.map((k) => Math.max(0, k)),
    groups: (hasLabels ? names.classes : names.trajectories) ?? [],
  };
}
