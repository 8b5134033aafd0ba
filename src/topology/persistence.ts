import type { MergeTreeNodes } from "./mergeTree.js";
import { sweepOrder } from "./sweepOrder.js";

/** The bars of a merge tree, one entry a bar in every array. */
export interface PersistencePairs {
  readonly birth: Float64Array;
  /** Where the bar merges into an elder one. Essential bars: see `persistencePairs`. */
  readonly death: Float64Array;
  readonly birthVertex: Int32Array;
  /** −1 for an essential bar that never dies. */
  readonly deathVertex: Int32Array;
}

/**
 * The 0-dimensional persistence pairs, by the elder rule: where components merge, the one whose leaf came first in the sweep
 * lives on and every other dies. One bar a leaf; a saddle with k children ends k−1 bars.
 *
 * The elder of each connected component is essential. With `infinite` (the default) it dies at the end of the sweep, at
 * +Infinity (−Infinity for `superlevel`), deathVertex −1; with `global-max` at the last vertex of the whole sweep (the global
 * maximum; for `superlevel` the global minimum), which is the pair that TTK writes.
 *
 * Longest first, |death − birth|; among equally long ones the first born first, as the sweep orders births.
 */
export function persistencePairs(
  tree: MergeTreeNodes,
  options: { essential?: "infinite" | "global-max" } = {},
): PersistencePairs {
  const { essential = "infinite" } = options;
  const { vertex, value, parent } = tree;
  const last = vertex.length - 1;
  const end =
    essential === "infinite"
      ? { value: tree.direction === "sublevel" ? Infinity : -Infinity, vertex: -1 }
      : { value: value[last], vertex: vertex[last] };

  const elder = eldestLeaves(tree);
  const top = new Int32Array(vertex.length); // of a leaf: the highest node of which it is the elder
  for (let node = 0; node < vertex.length; node++) top[elder[node]] = node;
  const leaves = elder.filter((leaf, node) => leaf === node);
  const count = leaves.length;
  const deaths = new Float64Array(count);
  const lengths = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const saddle = parent[top[leaves[i]]];
    deaths[i] = saddle < 0 ? end.value : value[saddle];
    lengths[i] = persistence(value[leaves[i]], deaths[i]);
  }

  const { order } = sweepOrder(lengths, "superlevel");
  const birth = new Float64Array(count);
  const death = new Float64Array(count);
  const birthVertex = new Int32Array(count);
  const deathVertex = new Int32Array(count);
  for (let bar = 0; bar < count; bar++) {
    const leaf = leaves[order[bar]];
    const saddle = parent[top[leaf]];
    birth[bar] = value[leaf];
    death[bar] = deaths[order[bar]];
    birthVertex[bar] = vertex[leaf];
    deathVertex[bar] = saddle < 0 ? end.vertex : vertex[saddle];
  }
  return { birth, death, birthVertex, deathVertex };
}

/** For every node the leaf of its subtree that was born first: leaves are numbered by birth, so it is the smallest. */
export function eldestLeaves({ parent }: Pick<MergeTreeNodes, "parent">): Int32Array {
  const elder = parent.map((_, node) => node);
  for (let node = 0; node < parent.length; node++) {
    const p = parent[node];
    if (p >= 0 && elder[node] < elder[p]) elder[p] = elder[node];
  }
  return elder;
}

/** |death − birth|; 0 between equal values, infinite ones too. */
export function persistence(birth: number, death: number): number {
  return birth === death ? 0 : Math.abs(death - birth);
}
