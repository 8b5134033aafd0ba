import { numbers } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import { mergeTree } from "../src/topology/mergeTree.js";
import { type Simplification, simplify } from "../src/topology/simplification.js";
import type { Direction } from "../src/topology/sweepOrder.js";
import { factsOf } from "./artifacts/factsOf.js";
import type { GridMetadata } from "./artifacts/grid.js";
import { treeArtifact } from "./artifacts/tree.js";
import { type Connectivity, connectivityProblems, graphOf } from "./inputs/connectivity.js";

interface Params {
  direction: Direction;
  connectivity?: Connectivity;
  simplify?: Simplification;
}

export const mergeTreeStage: Stage<Params> = {
  name: "merge-tree",
  version: 1,
  inputs: { grid: { kinds: ["grid", "points"] } },
  output: "tree",
  check: ({ connectivity }) => connectivityProblems(connectivity),
  async run({ params, input }) {
    const grid = input("grid");
    const losses = numbers(grid, "loss");
    const { connectivity, neighbors } = graphOf(grid, params.connectivity);
    const full = mergeTree(losses, neighbors, params);
    const tree = params.simplify ? simplify(full, losses, params.simplify) : full;
    const { shape, extent, unit } = factsOf<Partial<GridMetadata>>(grid);
    return treeArtifact(tree, losses, { shape, extent, unit, ...params, connectivity });
  },
};
