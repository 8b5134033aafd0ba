import { leadingTypes, numbers } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import type { Simplification } from "../src/topology/simplification.js";
import type { Direction } from "../src/topology/sweepOrder.js";
import { factsOf } from "./artifacts/factsOf.js";
import type { GridMetadata } from "./artifacts/grid.js";
import { type Connectivity, checkConnectivity, connectivityProblems } from "./inputs/connectivity.js";
import { notNumbers } from "./inputs/notNumbers.js";

interface Params {
  direction: Direction;
  connectivity?: Connectivity;
  periodic?: (string | number)[];
  simplify?: Simplification;
}

export const mergeTreeStage: Stage<Params> = {
  name: "merge-tree",
  version: 2,
  inputs: { grid: { kinds: ["grid", "points"] } },
  output: "tree",
  outlook: ({ direction }, { grid: [{ amount }] }) => ({
    sweep: direction,
    ...(amount !== undefined && { amount, unit: "points", bytes: 12 * amount, memory: 32 * amount }),
    columns: [...Object.keys(leadingTypes("tree")), "memberLosses"],
    headlines: ["nodes", direction === "sublevel" ? "minima" : "maxima", "notNumbers"],
  }),
  check: ({ connectivity, periodic }) => connectivityProblems(connectivity, periodic),
  checkInputs: (params, { grid: [grid] }) => checkConnectivity(params, grid),
  async run({ params, input, log, progress }) {
    const [{ mergeTree }, { simplify }, { graphOf }, { treeArtifact }] = await Promise.all([
      import("../src/topology/mergeTree.js"),
      import("../src/topology/simplification.js"),
      import("./inputs/neighborGraph.js"),
      import("./artifacts/tree.js"),
    ]);
    const grid = input("grid");
    const losses = numbers(grid, "loss");
    const { connectivity, neighbors } = graphOf(grid, params.connectivity, params.periodic);
    const full = mergeTree(losses, neighbors, params);
    progress(1, { done: losses.length, unit: "points" });
    const tree = params.simplify ? simplify(full, losses, params.simplify) : full;
    const { shape, extent, unit } = factsOf<Partial<GridMetadata>>(grid);
    const artifact = treeArtifact(tree, losses, { shape, extent, unit, ...params, connectivity });
    return { ...artifact, summary: { ...artifact.summary, ...notNumbers(losses, params.direction, log) } };
  },
};
