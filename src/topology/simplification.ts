import { groupMembers, LEAF, type MergeTree, type MergeTreeNodes, ROOT, SADDLE } from "./mergeTree.js";
import { bars, persistence } from "./persistence.js";
import { sweepOrder } from "./sweepOrder.js";

/** Which bars stay. */
export interface Simplification {
  /**
   * Bars shorter (<) than this go; in units of the values, or `relative`: as a fraction of the range of the finite
   * ones. Default 0.
   */
  threshold?: number;
  relative?: boolean;
  /**
   * At most this many bars stay, the first in order of `persistencePairs`: the longest, of equally long ones the first
   * born.
   */
  keep?: number;
}

/**
 * The tree without its short bars. A bar as long as the threshold stays, and so do the essential bars, one a component,
 * even where there are more of them than `keep`.
 *
 * When a bar is removed, the branch below its saddle is absorbed into the arc of that saddle; a saddle left with one
 * child is no longer a node, and its arc continues the child's. The last vertex of a component stays a node. So the
 * nodes are a subset of the tree's, every vertex still belongs to one of them, and sizes and mean values cover what was
 * absorbed: the result is a `MergeTree` in every respect, except that an arc may hold vertices earlier in the sweep
 * than its node (those of branches that were absorbed there). `tied`, `nonFinite` and the range are those of the field.
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

/** The simplified nodes, and for every node of the tree the index of the one that takes its arc. */
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

  // 1 for a node that tops a branch that goes. With it go all bars inside: they are no longer than its own, and
  // younger.
  const goes = new Uint8Array(count);
  const { leaf, top: branch } = bars(tree, tree.direction === "sublevel" ? Infinity : -Infinity);
  for (let bar = 0; bar < branch.length; bar++) {
    const [node, p] = [branch[bar], parent[branch[bar]]];
    if (p >= 0 && (bar >= keep || persistence(value[leaf[bar]], value[p]) < shortest)) goes[node] = 1;
  }
  const children = new Int32Array(count); // that stay
  for (let node = 0; node < count; node++) if (parent[node] >= 0 && !goes[node]) children[parent[node]]++;

  // The node whose arc continues through this one: itself where it stays a node, else that of its only child.
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

/** A threshold in units of the values, from one in units of their finite range (0 when no value is finite). */
export function absoluteThreshold(tree: MergeTreeNodes, threshold: number, relative = true): number {
  if (!(threshold >= 0 && threshold < Infinity)) {
    throw new RangeError(`a persistence threshold is ${threshold}; expected a finite number ≥ 0`);
  }
  if (!relative) return threshold;
  return Number.isNaN(tree.minimum) ? 0 : threshold * finiteRange(tree);
}

/** maximum − minimum; NaN without a finite value. Throws RangeError where it is above the largest double. */
export function finiteRange({ minimum, maximum }: Pick<MergeTreeNodes, "minimum" | "maximum">): number {
  const range = maximum - minimum;
  if (range === Infinity) {
    throw new RangeError(
      `losses from ${minimum} to ${maximum} span a range above the largest double, 1.8e308; expected a smaller range`,
    );
  }
  return range;
}
