import type { Neighbors } from "./neighbors.js";
import { type Direction, sweepOrder } from "./sweepOrder.js";

/** The codes in `MergeTree.type`. `nodeTypes` has their names. */
export const LEAF = 0;
export const SADDLE = 1;
export const ROOT = 2;

/** The names of the type codes. A leaf is a minimum of the sublevel sweep, or a maximum of the superlevel sweep. */
export const nodeTypes = {
  sublevel: ["minimum", "saddle", "root"],
  superlevel: ["maximum", "saddle", "root"],
} as const;

/**
 * The nodes of a merge tree in the sweep order of their vertices; every array has one entry per node. Children come
 * before parents, leaves are ordered from the first born (the elder) to the last, and the last node is the last vertex
 * of the sweep.
 */
export interface MergeTreeNodes {
  readonly direction: Direction;
  /** The vertex of the node. No two nodes share one. */
  readonly vertex: Int32Array;
  /** The value of the vertex; NaN becomes +Infinity. */
  readonly value: Float64Array;
  /** LEAF has no children. ROOT has children but no parent. SADDLE is any other node and has two or more children. */
  readonly type: Uint8Array;
  /** Index of the parent node, −1 for the last vertex of each component. */
  readonly parent: Int32Array;
  /** The number of vertices in the subtree, including the node's own arc. */
  readonly size: Int32Array;
  /**
   * The mean value over the subtree. ±Infinity or NaN when the subtree has infinite values (NaN counts as +Infinity).
   */
  readonly meanLoss: Float64Array;
  /** The number of vertices that share their value with another vertex. */
  readonly tied: number;
  /** The number of vertices whose value is NaN or infinite. */
  readonly nonFinite: number;
  /** The smallest finite value; NaN when there is none. */
  readonly minimum: number;
  /** The largest finite value; NaN when there is none. */
  readonly maximum: number;
}

/** The nodes, and the vertices on each arc. */
export interface MergeTree extends MergeTreeNodes {
  /** Node i owns members[memberOffsets[i]] … members[memberOffsets[i + 1] − 1]. There is one entry more than nodes. */
  readonly memberOffsets: Int32Array;
  /**
   * Every vertex of the graph once: for each node the vertices of its arc, from the node up to but without its parent,
   * in sweep order.
   */
  readonly members: Int32Array;
}

/**
 * The merge tree of values on a graph (the join tree for `sublevel`, the split tree for `superlevel`). It shows how the
 * components of the swept set appear, grow and merge while vertices enter one by one in the order (value, vertex id);
 * `superlevel` uses the reverse order. So ties need no noise, and every field has a tree. Among tied maxima the one
 * with the highest id comes first, as in `contourTree`.
 *
 * - A vertex without a neighbour in the swept set is a leaf. A vertex that touches one component joins the arc of that
 *   component. A vertex that touches k ≥ 2 components is a saddle with k children (a multi-way saddle for k > 2, still
 *   one node).
 * - The last vertex of a component is its root. When it only ends an arc, it becomes a node with that arc as its only
 *   child. When it merges components, it is that saddle, with type ROOT. When it is the only vertex of the component,
 *   it is a LEAF with parent −1.
 * - A plateau is swept by vertex id, so its first vertex in the sweep represents it. A constant field may have several
 *   leaves, each of persistence 0, when its ids do not enter connectedly. `tied` counts the vertices that such a choice
 *   concerns.
 * - A disconnected graph gives a forest with one root per component. An empty graph gives no nodes.
 * - NaN counts as +Infinity in both directions. −Infinity and +Infinity are ordinary values. `nonFinite` counts all
 *   three.
 *
 * Carr, Snoeyink, Axen: Computing contour trees in all dimensions (2003), but the union-find runs over arcs instead of
 * vertices: a vertex remembers its arc, and an arc finds the arc that now tops its component.
 *
 * Throws RangeError when the number of values is not the number of vertices.
 */
export function mergeTree(
  values: Float64Array,
  neighbors: Neighbors,
  options: { direction?: Direction } = {},
): MergeTree {
  const { direction = "sublevel" } = options;
  if (values.length !== neighbors.count) {
    throw new RangeError(
      `a merge tree of a graph with ${neighbors.count} vertices got ${values.length} values; expected one per vertex`,
    );
  }
  const { order, tied } = sweepOrder(values, direction);
  const { rank, parent, nodeByRank } = sweep(order, neighbors);
  const vertex = rank.map((r) => order[r]);
  const { memberOffsets, members } = groupMembers(order, nodeByRank, vertex.length);

  const count = vertex.length;
  const size = new Int32Array(count);
  const type = new Uint8Array(count).fill(LEAF);
  for (let node = 0; node < count; node++) {
    size[node] += memberOffsets[node + 1] - memberOffsets[node];
    if (parent[node] < 0) continue;
    size[parent[node]] += size[node];
    type[parent[node]] = parent[parent[node]] < 0 ? ROOT : SADDLE;
  }
  return {
    direction,
    vertex,
    value: new Float64Array(count).map((_, node) => swept(values[vertex[node]])),
    type,
    parent,
    size,
    meanLoss: subtreeMeans(values, members, memberOffsets, parent, size),
    memberOffsets,
    members,
    tied,
    ...finiteRange(values),
  };
}

/** Groups the vertices by node, each group in sweep order. */
export function groupMembers(
  order: Int32Array,
  nodeByRank: Int32Array,
  count: number,
): { memberOffsets: Int32Array; members: Int32Array } {
  const memberOffsets = new Int32Array(count + 1);
  for (let i = 0; i < order.length; i++) memberOffsets[nodeByRank[i] + 1]++;
  for (let node = 0; node < count; node++) memberOffsets[node + 1] += memberOffsets[node];
  const next = memberOffsets.slice(0, count);
  const members = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) members[next[nodeByRank[i]]++] = order[i];
  return { memberOffsets, members };
}

/** The value that the sweep uses for a vertex: +Infinity for NaN. */
export function swept(value: number): number {
  return Number.isNaN(value) ? Infinity : value;
}

interface Nodes {
  /** The position of the node's vertex in the sweep. */
  rank: Int32Array;
  parent: Int32Array;
  /** The node whose arc contains each vertex, in sweep order. */
  nodeByRank: Int32Array;
}

/** The nodes of the tree of a sweep in the given order, in sweep order. */
export function sweep(order: Int32Array, neighbors: Neighbors): Nodes {
  // A saddle takes one vertex and ends two or more arcs, so there are at most as many arcs as vertices. The operating
  // system allocates the pages of these arrays at the first access, so a tree with few nodes takes little memory.
  const n = order.length;
  const born = new Int32Array(n); // rank of each arc's first vertex
  const last = new Int32Array(n); // rank of its latest vertex
  const parent = new Int32Array(n);
  const above = new Int32Array(n); // union-find: from an arc towards the arc that tops its component
  let count = 0;
  function open(rank: number): number {
    born[count] = rank;
    parent[count] = -1;
    above[count] = count;
    return count++;
  }

  const nodeByRank = new Int32Array(n);
  const arcOf = new Int32Array(n).fill(-1); // by vertex; −1 before the sweep arrives
  const around = new Int32Array(neighbors.maxDegree);
  for (let rank = 0; rank < n; rank++) {
    const v = order[rank];
    const degree = neighbors.list(v, around);
    // A loop that only gathers does not wait for memory. The loop below would wait, because its branches depend on the
    // values read.
    for (let k = 0; k < degree; k++) around[k] = arcOf[around[k]];
    let arc = -1;
    let isSaddle = false;
    for (let k = 0; k < degree; k++) {
      let top = around[k];
      if (top < 0 || top === arc) continue;
      while (above[top] !== top) top = above[top] = above[above[top]];
      if (top === arc) continue;
      if (arc < 0) {
        arc = top;
        continue;
      }
      if (!isSaddle) {
        const saddle = open(rank);
        parent[arc] = above[arc] = saddle;
        arc = saddle;
        isSaddle = true;
      }
      parent[top] = above[top] = arc;
    }
    if (arc < 0) arc = open(rank);
    arcOf[v] = arc;
    nodeByRank[rank] = arc;
    last[arc] = rank;
  }

  const swept = count;
  for (let arc = 0; arc < swept; arc++) {
    if (parent[arc] >= 0 || last[arc] === born[arc]) continue;
    const root = open(last[arc]);
    parent[arc] = root;
    nodeByRank[last[arc]] = root;
  }

  // Leaves and saddles are created in sweep order. These roots come after them.
  const ranks = merged(born.subarray(0, swept), born.slice(swept, count).sort());
  const arcs = ranks.map((rank) => nodeByRank[rank]);
  const index = new Int32Array(count);
  for (let node = 0; node < count; node++) index[arcs[node]] = node;
  for (let rank = 0; rank < n; rank++) nodeByRank[rank] = index[nodeByRank[rank]];
  return {
    rank: ranks,
    parent: arcs.map((arc) => (parent[arc] < 0 ? -1 : index[parent[arc]])),
    nodeByRank,
  };
}

/** Merges two ascending lists. */
function merged(a: Int32Array, b: Int32Array): Int32Array {
  const all = new Int32Array(a.length + b.length);
  for (let k = 0, i = 0, j = 0; k < all.length; k++) {
    all[k] = j === b.length || (i < a.length && a[i] < b[j]) ? a[i++] : b[j++];
  }
  return all;
}

/** The mean value of every subtree. Compensated summation gives about twice the precision. */
function subtreeMeans(
  values: Float64Array,
  members: Int32Array,
  memberOffsets: Int32Array,
  parent: Int32Array,
  size: Int32Array,
): Float64Array {
  const sums = new Float64Array(parent.length);
  const errors = new Float64Array(parent.length);
  for (let node = 0; node < parent.length; node++) {
    let sum = sums[node];
    let error = errors[node];
    for (let i = memberOffsets[node]; i < memberOffsets[node + 1]; i++) {
      const value = swept(values[members[i]]);
      const next = sum + value;
      error += lost(sum, value, next);
      sum = next;
    }
    sums[node] = sum;
    errors[node] = error;
    const p = parent[node];
    if (p < 0) continue;
    const next = sums[p] + sum;
    errors[p] += error + lost(sums[p], sum, next);
    sums[p] = next;
  }
  return sums.map((sum, node) => (Number.isFinite(sum) ? sum + errors[node] : sum) / size[node]);
}

/** The exact rounding error of sum = a + b (Knuth's two-sum). */
function lost(a: number, b: number, sum: number): number {
  const rounded = sum - a;
  return a - (sum - rounded) + (b - rounded);
}

function finiteRange(values: Float64Array): { nonFinite: number; minimum: number; maximum: number } {
  let nonFinite = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let v = 0; v < values.length; v++) {
    const value = values[v];
    if (!Number.isFinite(value)) nonFinite++;
    else {
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  }
  return minimum <= maximum ? { nonFinite, minimum, maximum } : { nonFinite, minimum: NaN, maximum: NaN };
}
