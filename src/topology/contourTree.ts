import { groupMembers, sweep, swept } from "./mergeTree.js";
import type { Neighbors } from "./neighbors.js";
import { sweepOrder } from "./sweepOrder.js";

/** The names of the codes in `ContourTree.type`. */
export const contourTypes = ["minimum", "maximum", "join", "split", "join and split"] as const;

/** How the components of level sets (the contours) appear, merge, split and vanish as the level rises. */
export interface ContourTree {
  /**
   * The critical vertices, in order of (value, vertex id). Entry i of this array and the next four belongs to node i.
   */
  readonly vertex: Int32Array;
  /** The value of the vertex; NaN becomes +Infinity. */
  readonly value: Float64Array;
  /**
   * Index into `contourTypes`. It follows from the number of sublevel components (0 at a minimum) and superlevel
   * components that meet at the node.
   */
  readonly type: Uint8Array;
  /** The number of arcs that arrive at the node from below, and of those that leave it upwards. */
  readonly down: Int32Array;
  readonly up: Int32Array;
  /** The nodes that each arc joins, the lower one first. Arcs are in order of (from, to). */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Arc i owns members[memberOffsets[i]] … members[memberOffsets[i + 1] − 1]. There is one entry more than arcs. */
  readonly memberOffsets: Int32Array;
  /** Every vertex that is not a node, once: for each arc the vertices strictly between its ends, from below upwards. */
  readonly members: Int32Array;
  /** The number of vertices that share their value with another vertex. */
  readonly tied: number;
}

/**
 * The contour tree of values on a graph, reduced to its critical vertices. It is the only tree on the vertices with the
 * join tree and the split tree of the graph. The function builds it from these two by pruning their leaves one after
 * the other.
 *
 * Vertices are ordered by (value, vertex id) upwards, and by the reverse downwards, as in `mergeTree`, so ties need no
 * noise, and every field has a tree; a plateau is climbed by vertex id. NaN counts as +Infinity. A regular vertex has
 * exactly one component below and one above. All other vertices are nodes: a `minimum` has no component below, a
 * `maximum` none above, a `join` several below, a `split` several above, and `join and split` several on both sides. A
 * vertex without neighbours is a minimum without arcs. A minimum or maximum is a leaf unless it divides the graph,
 * which does not happen inside grids of two or more axes. On a path graph, a minimum between two rising arcs has two
 * arcs. Each component of the graph gives one tree: nodes − arcs = components. If the values are distinct, the tree of
 * −f is the tree of f upside down.
 *
 * Such a tree exists when triangles of the graph fill all its loops: on grids with `freudenthal`, and on graphs without
 * loops. On other graphs contours may close to rings, which no tree can show. The result then still has the vertices,
 * types and degrees of the join and split trees, but its arcs agree with them only in part.
 *
 * Carr, Snoeyink, Axen: Computing contour trees in all dimensions (2003).
 *
 * Throws RangeError when the number of values is not the number of vertices, or when loops in the graph leave no tree
 * at all.
 */
export function contourTree(values: Float64Array, neighbors: Neighbors): ContourTree {
  if (values.length !== neighbors.count) {
    throw new RangeError(
      `a contour tree of a graph with ${neighbors.count} vertices got ${values.length} values; expected one per vertex`,
    );
  }
  const { order, tied } = sweepOrder(values, "sublevel");
  const join = augmented(order, neighbors);
  const split = mirrored(augmented(order.slice().reverse(), neighbors));
  const down = join.children.slice(); // pruning counts them down
  const up = split.children.slice();
  const components = join.next.reduce((count, r) => count + (r < 0 ? 1 : 0), 0);
  const edges = prune(join, split);
  if (edges.low.length < values.length - components) {
    throw new RangeError(
      `this graph of ${values.length} vertices has no contour tree; expected a graph whose loops are filled by triangles, such as a freudenthal grid`,
    );
  }
  return { ...reduce(order, values, down, up, edges), tied };
}

/** A merge tree in which every vertex is a node, by rank. */
interface AugmentedTree {
  /** The next vertex on the walk towards the root; −1 at the root. */
  next: Int32Array;
  children: Int32Array;
}

/**
 * The merge tree of a sweep in the given order. Each vertex points to the next vertex of its arc, and the last one to
 * the parent node.
 */
function augmented(order: Int32Array, neighbors: Neighbors): AugmentedTree {
  const n = order.length;
  const { rank, parent, nodeByRank } = sweep(order, neighbors);
  const next = new Int32Array(n);
  const children = new Int32Array(n);
  const latest = new Int32Array(rank.length).fill(-1); // the last vertex met on each arc
  for (let r = n - 1; r >= 0; r--) {
    const node = nodeByRank[r];
    const p = parent[node];
    next[r] = latest[node] >= 0 ? latest[node] : p < 0 ? -1 : rank[p];
    latest[node] = r;
    if (next[r] >= 0) children[next[r]]++;
  }
  return { next, children };
}

/** The same tree, with ranks counted from the other end. */
function mirrored({ next, children }: AugmentedTree): AugmentedTree {
  const last = next.length - 1;
  return { next: next.map((r) => (r < 0 ? -1 : last - r)).reverse(), children: children.reverse() };
}

/**
 * The edges of the contour tree with every vertex as a node, each from its lower rank to its upper one. Consumes the
 * trees.
 */
function prune(join: AugmentedTree, split: AugmentedTree): { low: Int32Array; high: Int32Array } {
  const n = join.next.length;
  const low = new Int32Array(n);
  const high = new Int32Array(n);
  let count = 0;
  const gone = new Uint8Array(n);
  /** The next vertex that is not pruned. Shortens the links that it follows. */
  function follow(next: Int32Array, r: number): number {
    let to = next[r];
    while (to >= 0 && gone[to] === 1) to = next[r] = next[to];
    return to;
  }
  const isLeaf = (r: number) => gone[r] === 0 && join.children[r] + split.children[r] === 1;
  for (let start = 0; start < n; start++) {
    // Prunes one leaf after another along a branch, until it reaches a vertex that still has several.
    for (let r = start; isLeaf(r); ) {
      const isLower = join.children[r] === 0;
      const tree = isLower ? join : split;
      const to = follow(tree.next, r);
      low[count] = isLower ? r : to;
      high[count++] = isLower ? to : r;
      tree.children[to]--;
      gone[r] = 1;
      r = to;
    }
  }
  return { low: low.subarray(0, count), high: high.subarray(0, count) };
}

/** The tree of critical vertices. */
function reduce(
  order: Int32Array,
  values: Float64Array,
  down: Int32Array,
  up: Int32Array,
  { low, high }: { low: Int32Array; high: Int32Array },
): Omit<ContourTree, "tied"> {
  const n = order.length;
  const isRegular = (r: number) => down[r] === 1 && up[r] === 1;
  const above = new Int32Array(n); // for a regular vertex
  for (let e = 0; e < low.length; e++) above[low[e]] = high[e];
  const nodeAt = new Int32Array(n).fill(-1);
  let nodes = 0;
  for (let r = 0; r < n; r++) if (!isRegular(r)) nodeAt[r] = nodes++;

  // Arcs are identified by their topmost regular vertex, or by their only edge. Regular vertices inherit their arc from
  // above.
  const bottom: number[] = [];
  const top: number[] = [];
  const arcAt = new Int32Array(n).fill(-1);
  for (let r = n - 1; r >= 0; r--) {
    if (nodeAt[r] >= 0) continue;
    if (nodeAt[above[r]] < 0) arcAt[r] = arcAt[above[r]];
    else arcAt[r] = top.push(nodeAt[above[r]]) - 1;
  }
  for (let e = 0; e < low.length; e++) {
    if (nodeAt[low[e]] < 0) continue;
    const arc = nodeAt[high[e]] < 0 ? arcAt[high[e]] : top.push(nodeAt[high[e]]) - 1;
    bottom[arc] = nodeAt[low[e]];
  }

  const sorted = bottom.map((_, arc) => arc).sort((a, b) => bottom[a] - bottom[b] || top[a] - top[b]);
  const place = new Int32Array(sorted.length);
  sorted.forEach((arc, i) => {
    place[arc] = i;
  });
  const inside = Int32Array.from(order.keys()).filter((r) => nodeAt[r] < 0);
  const critical = Int32Array.from(order.keys()).filter((r) => nodeAt[r] >= 0);
  return {
    vertex: critical.map((r) => order[r]),
    value: Float64Array.from(critical, (r) => swept(values[order[r]])),
    type: Uint8Array.from(critical, (r) => typeOf(down[r], up[r])),
    down: critical.map((r) => down[r]),
    up: critical.map((r) => up[r]),
    from: Int32Array.from(sorted, (arc) => bottom[arc]),
    to: Int32Array.from(sorted, (arc) => top[arc]),
    ...groupMembers(
      inside.map((r) => order[r]),
      inside.map((r) => place[arcAt[r]]),
      sorted.length,
    ),
  };
}

function typeOf(down: number, up: number): number {
  if (down === 0) return 0;
  if (up === 0) return 1;
  return down === 1 ? 3 : up === 1 ? 2 : 4;
}
