import { type Artifact, artifact, type ListColumn, numbers } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import { type MergeTree, mergeTree, nodeTypes } from "../src/topology/mergeTree.js";
import { type Simplification, simplify } from "../src/topology/simplification.js";
import type { Direction } from "../src/topology/sweepOrder.js";
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
    return treeArtifact(tree, losses, { ...gridFacts(grid), ...params, connectivity });
  },
};

/** What a tree keeps of the grid that it was computed from. */
function gridFacts({ metadata: { shape, extent, unit } }: Artifact): Record<string, unknown> {
  return { shape, extent, unit };
}

function treeArtifact(tree: MergeTree, losses: Float64Array, metadata: Record<string, unknown>): Artifact {
  const { direction, tied, nonFinite, minimum, maximum } = tree;
  const names = nodeTypes[direction];
  const minima = tree.type.reduce((count, type) => count + (names[type] === names[0] ? 1 : 0), 0);
  return artifact(
    "tree",
    {
      vertex: tree.vertex,
      value: tree.value,
      type: Array.from(tree.type, (type) => names[type]),
      parent: tree.parent,
      size: tree.size,
      meanLoss: tree.meanLoss,
      members: { offsets: tree.memberOffsets, values: tree.members },
      memberLosses: {
        offsets: tree.memberOffsets,
        values: Float64Array.from(tree.members, (vertex) => losses[vertex]),
      },
    },
    {
      ...metadata,
      direction,
      tied,
      nonFinite,
      minimum,
      maximum,
    },
    { nodes: tree.vertex.length, [direction === "sublevel" ? "minima" : "maxima"]: minima },
  );
}

/** The tree that an artifact holds, and the losses of all vertices. */
export function treeOf(of: Artifact): { tree: MergeTree; losses: Float64Array } {
  const { direction, tied, nonFinite, minimum, maximum } = of.metadata as unknown as MergeTree;
  const names: readonly string[] = nodeTypes[direction];
  const members = of.columns.members as ListColumn;
  const memberLosses = of.columns.memberLosses as ListColumn;
  const losses = new Float64Array(members.values.length);
  members.values.forEach((vertex, i) => {
    losses[vertex] = memberLosses.values[i];
  });
  return {
    losses,
    tree: {
      direction,
      vertex: of.columns.vertex as Int32Array,
      value: of.columns.value as Float64Array,
      type: Uint8Array.from(of.columns.type as string[], (name) => names.indexOf(name)),
      parent: of.columns.parent as Int32Array,
      size: of.columns.size as Int32Array,
      meanLoss: of.columns.meanLoss as Float64Array,
      memberOffsets: members.offsets,
      members: members.values as Int32Array,
      tied,
      nonFinite,
      minimum,
      maximum,
    },
  };
}
