import { groupMembers, LEAF, type MergeTree, type MergeTreeNodes, ROOT, SADDLE } from "./mergeTree.js";
import { bars, persistence } from "./persistence.js";
import { sweepOrder } from "./sweepOrder.js";

/** Decides which bars stay. */
export interface Simplification {
  /**
   * Bars shorter than this (<) are removed. In units of the values or, with `relative`, a fraction of the range of the
   * finite ones. Default 0.
   */
  threshold?: number;
  relative?: boolean;
  /**
   * At most this many bars stay, the first in the order of `persistencePairs`: the longest, and of equally long ones
   * the first born.
   */
  keep?: number;
}

/**
 * The tree without its short bars. A bar as long as the threshold stays. The essential bars, one per component, always
 * stay, even when there are more of them than `keep`.
 *
 * When a bar is removed, the arc of its saddle absorbs the branch below. A saddle with only one child left is no longer
 * a node; its arc continues the arc of the child. The last vertex of a component stays a node. So the nodes are a
 * subset of the tree's nodes, every vertex still belongs to one of them, and sizes and mean values include the absorbed
 * branches. The result is a `MergeTree` in every respect but one: an arc may hold vertices that come before its node in
 * the sweep, from absorbed branches. `tied`, `nonFinite` and the range are those of the field.
 *
 * Throws RangeError when the threshold is negative or not finite, or `keep` is not a positive integer.
 */
export function simplify(tree: MergeTree, values: Float64Array, options: Simplification): MergeTree {
  const { nodes, heir } = simplifyNodes(tree, options);
  const nodeOf = new Int32Array(values.length);
  for (let node = 0; node < heir.length; node++) {
    for (let i = tree.memberOffsets[node]; i < tree.memberOffsets[node + 1]; i++) nodeOf[tree.members[i]] = heir[node];
  }
  const { order } = sweepOrder(values, tree.direction);
  const nodeByRank = order.map((v) => nodeOf[v]);
  return { ...nodes, ...groupMembers(order, nodeByRank, nodes.vertex.length) };
}

/** The simplified nodes, and for every node of the tree the index of the node that takes over its arc. */
export function simplifyNodes(
  tree: MergeTreeNodes,
  { threshold = 0, relative = false, keep = Infinity }: Simplification,
): { nodes: MergeTreeNodes; heir: Int32Array } {
  if (keep < 1 || (keep !== Infinity && !Number.isInteger(keep))) {
    throw new RangeError(`the number of bars to keep is ${keep}; expected an integer ≥ 1`);
  }
  const { vertex, value, type, parent, size, meanLoss } = tree;
  const count = vertex.length;
  const shortest = absoluteThreshold(tree, threshold, relative);

  // 1 for a node at the top of a branch that is removed. The removal includes all bars inside, because they are not
  // longer and are younger.
  const goes = new Uint8Array(count);
  const { leaf, top: branch } = bars(tree, tree.direction === "sublevel" ? Infinity : -Infinity);
  for (let bar = 0; bar < branch.length; bar++) {
    const [node, p] = [branch[bar], parent[branch[bar]]];
    if (p >= 0 && (bar >= keep || persistence(value[leaf[bar]], value[p]) < shortest)) goes[node] = 1;
  }
  const children = new Int32Array(count); // children that stay
  for (let node = 0; node < count; node++) if (parent[node] >= 0 && !goes[node]) children[parent[node]]++;

  // The node whose arc continues through this one: the node itself when it stays a node, otherwise that of its only
  // child.
  const base = new Int32Array(count);
  for (let node = 0; node < count; node++) {
    if (type[node] === LEAF || parent[node] < 0 || children[node] >= 2) base[node] = node;
    const p = parent[node];
    if (p >= 0 && !goes[node]) base[p] = base[node];
  }

  const heir = new Int32Array(count);
  const absorbed = new Uint8Array(count);
  for (let node = count - 1; node >= 0; node--) {
    const p = parent[node];
    absorbed[node] = p >= 0 && (absorbed[p] === 1 || goes[node] === 1) ? 1 : 0;
    heir[node] = absorbed[node] ? heir[p] : base[node];
  }

  const kept = vertex.map((_, node) => node).filter((node) => heir[node] === node);
  const index = new Int32Array(count);
  for (let i = 0; i < kept.length; i++) index[kept[i]] = i;
  const top = new Int32Array(count); // the highest node of the arc that each kept node begins
  for (let node = 0; node < count; node++) if (!absorbed[node]) top[heir[node]] = node;
  return {
    nodes: {
      direction: tree.direction,
      vertex: kept.map((node) => vertex[node]),
      value: Float64Array.from(kept, (node) => value[node]),
      type: Uint8Array.from(kept, (node) => (type[node] === LEAF ? LEAF : parent[node] < 0 ? ROOT : SADDLE)),
      parent: kept.map((node) => (parent[top[node]] < 0 ? -1 : index[parent[top[node]]])),
      size: kept.map((node) => size[top[node]]),
      meanLoss: Float64Array.from(kept, (node) => meanLoss[top[node]]),
      tied: tree.tied,
      nonFinite: tree.nonFinite,
      minimum: tree.minimum,
      maximum: tree.maximum,
    },
    heir: heir.map((node) => index[node]),
  };
}

/**
 * Converts a threshold relative to the finite range of the values to units of the values. 0 when no value is finite.
 */
export function absoluteThreshold(tree: MergeTreeNodes, threshold: number, relative = true): number {
  if (!(threshold >= 0 && threshold < Infinity)) {
    throw new RangeError(`a persistence threshold is ${threshold}; expected a finite number ≥ 0`);
  }
  if (!relative) return threshold;
  return Number.isNaN(tree.minimum) ? 0 : threshold * finiteRange(tree);
}

/** maximum − minimum; NaN without a finite value. Throws RangeError when it is above the largest double. */
export function finiteRange({ minimum, maximum }: Pick<MergeTreeNodes, "minimum" | "maximum">): number {
  const range = maximum - minimum;
  if (range === Infinity) {
    throw new RangeError(
      `losses from ${minimum} to ${maximum} span a range above the largest double, 1.8e308; expected a smaller range`,
    );
  }
  return range;
}
