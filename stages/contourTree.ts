import { numbers } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import { contourTree, contourTypes } from "../src/topology/contourTree.js";
import { gridNeighbors } from "../src/topology/neighbors.js";
import { gridShape } from "./artifacts/grid.js";
import { tableArtifact } from "./artifacts/table.js";
import { notNumbers } from "./inputs/notNumbers.js";

export const contourTreeStage: Stage<Record<string, never>> = {
  name: "contour-tree",
  version: 1,
  inputs: { grid: { kinds: ["grid"] } },
  output: "table",
  outlook: () => ({
    columns: ["lowerVertex", "upperVertex", "lowerValue", "upperValue", "lowerType", "upperType", "size"],
  }),
  async run({ input, log }) {
    const grid = input("grid");
    const shape = gridShape(grid);
    const losses = numbers(grid, "loss");
    const tree = contourTree(losses, gridNeighbors(shape, "freudenthal"));
    const types = Array.from(tree.type, (code) => contourTypes[code]);
    const { memberOffsets, from, to, tied } = tree;
    return tableArtifact(
      {
        lowerVertex: from.map((node) => tree.vertex[node]),
        upperVertex: to.map((node) => tree.vertex[node]),
        lowerValue: Float64Array.from(from, (node) => tree.value[node]),
        upperValue: Float64Array.from(to, (node) => tree.value[node]),
        lowerType: Array.from(from, (node) => types[node]),
        upperType: Array.from(to, (node) => types[node]),
        size: from.map((_, arc) => memberOffsets[arc + 1] - memberOffsets[arc]),
      },
      { shape, tied },
      {
        nodes: types.length,
        minima: types.filter((type) => type === "minimum").length,
        maxima: types.filter((type) => type === "maximum").length,
        ...notNumbers(losses, "superlevel", log),
      },
    );
  },
};
