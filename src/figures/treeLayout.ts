/** A node with its position: leaves at 0, 1, 2, …, an inner node in the middle of its branches. */
interface PlacedNode {
  node: number;
  x: number;
  /** The x positions where the node's first and last branch arrive. For a leaf, both are x. */
  left: number;
  right: number;
  /** The node that its branch ends at, −1 for the root. */
  above: number;
}

export interface TreeLayout {
  /** Children before parents, the root last. */
  nodes: PlacedNode[];
  /** The number of leaves of the whole tree; at most `most` are placed. */
  leafCount: number;
  /** True when the leaves are maxima, in the tree of a superlevel filtration. */
  superlevel: boolean;
}

/**
 * Places a merge tree so that its elbow edges do not cross: the elder branch (the one with the lower minimum, or higher
 * maximum) left of the younger ones. Keeps the `most` most persistent leaves; nodes that then join fewer than two
 * branches are left out.
 *
 * @param parent row of each node's parent, −1 for the root; rows in any order.
 * @throws RangeError when there is not exactly one root, or a node does not hang on it.
 */
export function treeLayout(value: Float64Array, parent: ArrayLike<number>, most: number): TreeLayout {
  const { root, children, order } = rooted(value.length, parent);
  const leaves = order.filter((node) => children[node].length === 0);
  const superlevel = value[root] < value[leaves[0]];

  const eldest = new Int32Array(value.length);
  const byAge = (a: number, b: number) => (superlevel ? value[b] - value[a] : value[a] - value[b]) || a - b;
  for (const node of order) {
    children[node].sort((a, b) => byAge(eldest[a], eldest[b]));
    eldest[node] = children[node].length === 0 ? node : eldest[children[node][0]];
  }

  const kept = new Uint8Array(value.length);
  for (const leaf of mostPersistent(leaves, most)) kept[leaf] = 1;
  // The node that represents the branch below a node: the node itself, or the only node that the branch passes through.
  const standIn = new Int32Array(value.length);
  const branches = children.map(() => [] as number[]);
  for (const node of order) {
    if (children[node].some((child) => kept[child])) kept[node] = 1;
    if (!kept[node]) continue;
    branches[node] = children[node].filter((child) => kept[child]).map((child) => standIn[child]);
    standIn[node] = branches[node].length === 1 && node !== root ? branches[node][0] : node;
  }
  return { nodes: place(standIn[root], branches), leafCount: leaves.length, superlevel };

  /** Elder rule: a leaf persists up to the node where its branch meets an elder one. The eldest leaf has no end. */
  function mostPersistent(leaves: number[], most: number): number[] {
    if (leaves.length <= most) return leaves;
    const persistence = new Float64Array(value.length).fill(Infinity);
    for (const node of order) {
      for (const child of children[node].slice(1)) {
        persistence[eldest[child]] = Math.abs(value[node] - value[eldest[child]]);
      }
    }
    const longer = (a: number, b: number) =>
      persistence[a] === persistence[b] ? a - b : persistence[b] - persistence[a];
    return [...leaves].sort(longer).slice(0, most);
  }
}

function rooted(n: number, parent: ArrayLike<number>): { root: number; children: number[][]; order: number[] } {
  const children: number[][] = Array.from({ length: n }, () => []);
  const roots: number[] = [];
  for (let node = 0; node < n; node++) (parent[node] >= 0 ? children[parent[node]] : roots).push(node);
  if (roots.length !== 1) throw new RangeError(`a merge tree has one node without parent; found ${roots.length}`);
  const order = roots.slice();
  for (let k = 0; k < order.length; k++) for (const child of children[order[k]]) order.push(child);
  if (order.length < n) throw new RangeError(`only ${order.length} of ${n} nodes of the merge tree lead to its root`);
  return { root: roots[0], children, order: order.reverse() };
}

function place(root: number, branches: number[][]): PlacedNode[] {
  const placed: PlacedNode[] = [];
  const byNode = new Map<number, PlacedNode>();
  let leaves = 0;
  const stack = [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    for (let k = branches[node].length - 1; k >= 0; k--) stack.push(branches[node][k]);
    const x = branches[node].length === 0 ? leaves++ : 0;
    const spot = { node, x, left: x, right: x, above: -1 };
    byNode.set(node, spot);
    placed.push(spot);
  }
  placed.reverse();
  for (const spot of placed) {
    const below = branches[spot.node].map((branch) => byNode.get(branch)!);
    if (below.length === 0) continue;
    for (const branch of below) branch.above = spot.node;
    spot.left = below[0].x;
    spot.right = below[below.length - 1].x;
    spot.x = (spot.left + spot.right) / 2;
  }
  return placed;
}
