import type { MergeTreeNodes } from "./mergeTree.js";
import { sweepOrder } from "./sweepOrder.js";

/** The bars of a merge tree. Every array has one entry per bar. */
export interface PersistencePairs {
  readonly birth: Float64Array;
  /** The value at which the bar merges into an elder one. See `persistencePairs` for essential bars. */
  readonly death: Float64Array;
  readonly birthVertex: Int32Array;
  /** −1 for an essential bar that never dies. */
  readonly deathVertex: Int32Array;
  /**
   * The number of vertices of the branch that ends with the bar, including branches inside it. For an essential bar,
   * the vertices of its component.
   */
  readonly size: Int32Array;
}

/**
 * The 0-dimensional persistence pairs by the elder rule: when components merge, the one whose leaf came first in the
 * sweep survives, and all others die. There is one bar per leaf; a saddle with k children ends k−1 bars.
 *
 * The eldest leaf of each connected component is essential. With `infinite` (the default) its bar dies at the end of
 * the sweep, at +Infinity (−Infinity for `superlevel`), with deathVertex −1. With `global-max` it dies at the last
 * vertex of the whole sweep (the global maximum; for `superlevel` the global minimum), which is the pair that TTK
 * writes.
 *
 * Bars are sorted by |death − birth|, longest first; equally long bars in order of birth.
 */
export function persistencePairs(
  tree: MergeTreeNodes,
  options: { essential?: "infinite" | "global-max" } = {},
): PersistencePairs {
  const { essential = "infinite" } = options;
  const { vertex, value, parent, size } = tree;
  const last = vertex.length - 1;
  const end =
    essential === "infinite"
      ? { value: tree.direction === "sublevel" ? Infinity : -Infinity, vertex: -1 }
      : { value: value[last], vertex: vertex[last] };

  const { leaf, top } = bars(tree, end.value);
  const count = leaf.length;
  const pairs = {
    birth: new Float64Array(count),
    death: new Float64Array(count),
    birthVertex: new Int32Array(count),
    deathVertex: new Int32Array(count),
    size: new Int32Array(count),
  };
  for (let bar = 0; bar < count; bar++) {
    const saddle = parent[top[bar]];
    pairs.birth[bar] = value[leaf[bar]];
    pairs.death[bar] = saddle < 0 ? end.value : value[saddle];
    pairs.birthVertex[bar] = vertex[leaf[bar]];
    pairs.deathVertex[bar] = saddle < 0 ? end.vertex : vertex[saddle];
    pairs.size[bar] = size[top[bar]];
  }
  return pairs;
}

/**
 * The branches that the bars measure, in order of `persistencePairs`: the leaf from which each grows, and the highest
 * node of which it is the elder; it dies at the parent of that node. Branches that never die end at `end`.
 */
export function bars(tree: MergeTreeNodes, end: number): { leaf: Int32Array; top: Int32Array } {
  const { value, parent } = tree;
  const elder = eldestLeaves(tree);
  const highest = new Int32Array(parent.length);
  for (let node = 0; node < parent.length; node++) highest[elder[node]] = node;
  const leaves = elder.filter((leaf, node) => leaf === node);
  const lengths = new Float64Array(leaves.length);
  for (let bar = 0; bar < leaves.length; bar++) {
    const saddle = parent[highest[leaves[bar]]];
    lengths[bar] = persistence(value[leaves[bar]], saddle < 0 ? end : value[saddle]);
  }
  const { order } = sweepOrder(
    lengths.map((length) => -length),
    "sublevel",
  );
  const leaf = order.map((bar) => leaves[bar]);
  return { leaf, top: leaf.map((node) => highest[node]) };
}

/** The first-born leaf of the subtree of every node. Leaves are numbered by birth, so it is the smallest. */
export function eldestLeaves({ parent }: Pick<MergeTreeNodes, "parent">): Int32Array {
  const elder = parent.map((_, node) => node);
  for (let node = 0; node < parent.length; node++) {
    const p = parent[node];
    if (p >= 0 && elder[node] < elder[p]) elder[p] = elder[node];
  }
  return elder;
}

/**
 * |death − birth|; 0 between equal values, also between equal infinities.
 */
export function persistence(birth: number, death: number): number {
  return birth === death ? 0 : Math.abs(death - birth);
}
