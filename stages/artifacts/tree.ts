/** A merge tree: one row per node, with the columns that `MergeTree` names, and the losses of its members. */
import { type Artifact, artifact, type ListColumn, type Metadata, numbers } from "../../src/artifact/artifact.js";
import { type MergeTree, nodeTypes } from "../../src/topology/mergeTree.js";
import type { Direction } from "../../src/topology/sweepOrder.js";
import { factsOf } from "./factsOf.js";
import type { GridMetadata } from "./grid.js";

export type TreeMetadata = Partial<Pick<GridMetadata, "shape" | "extent" | "unit">> & {
  direction: Direction;
  /** The number of vertices that share their loss with another. */
  tied: number;
  nonFinite: number;
  /** Over the finite losses. */
  minimum: number;
  maximum: number;
};

/** A tree of these losses. `facts` (connectivity, shape of the grid, …) are added to the metadata. */
export function treeArtifact(
  tree: MergeTree,
  losses: Float64Array,
  facts: Pick<TreeMetadata, "shape" | "extent" | "unit"> & Metadata,
): Artifact {
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
    { ...facts, direction, tied, nonFinite, minimum, maximum } satisfies TreeMetadata,
    { nodes: tree.vertex.length, [direction === "sublevel" ? "minima" : "maxima"]: minima },
  );
}

export function treeFacts(of: Artifact): TreeMetadata {
  return factsOf<TreeMetadata>(of, "direction", "minimum", "maximum");
}

/** The tree in an artifact, and the losses of all vertices. */
export function treeOf(of: Artifact): { tree: MergeTree; losses: Float64Array } {
  const { direction, tied, nonFinite, minimum, maximum } = treeFacts(of);
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
      value: numbers(of, "value"),
      type: Uint8Array.from(of.columns.type as string[], (name) => names.indexOf(name)),
      parent: of.columns.parent as Int32Array,
      size: of.columns.size as Int32Array,
      meanLoss: numbers(of, "meanLoss"),
      memberOffsets: members.offsets,
      members: members.values as Int32Array,
      tied,
      nonFinite,
      minimum,
      maximum,
    },
  };
}
