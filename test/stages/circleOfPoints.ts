import { type Artifact, artifact } from "../../src/artifact/artifact.js";

/** Eight points on a circle; the loss has two valleys, at the points 0 and 4, of depth 0 and 1. */
export const losses = [0, 2, 5, 3, 1, 3, 6, 2];

export const circle = (extra: Record<string, Artifact["columns"][string]> = {}) =>
  artifact(
    "points",
    {
      loss: Float64Array.from(losses),
      a1: Float64Array.from(losses, (_, v) => Math.cos((v * Math.PI) / 4)),
      a2: Float64Array.from(losses, (_, v) => Math.sin((v * Math.PI) / 4)),
      ...extra,
    },
    { coordinates: ["a1", "a2"], unit: "direction", labels: ["first", "second"] },
  );

export const plane = artifact(
  "grid",
  {
    loss: Float64Array.of(5, 4, 4, 5, 3, 1, 2, 4, 5, 3, 3, 0),
    a1: Float64Array.from({ length: 12 }, (_, v) => 0.1 * (v % 4)),
    a2: Float64Array.from({ length: 12 }, (_, v) => 7 * Math.floor(v / 4)),
  },
  {
    shape: [4, 3],
    extent: [
      [0, 0.3],
      [0, 14],
    ],
    unit: "direction",
    labels: ["first", "second"],
  },
);

export const vertices = (tree: Artifact) => [...(tree.columns.vertex as Int32Array)];
