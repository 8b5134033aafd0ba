import type { MergeTree } from "./mergeTree.js";

/** The outlines of basins. Every array has one entry per row, but `center` and `base` have one per node of the tree. */
export interface Profile {
  /** The node of the tree whose arc the row outlines. */
  readonly basin: Int32Array;
  /** The node's parent, −1 for a root. */
  readonly parent: Int32Array;
  /** The level. */
  readonly value: Float64Array;
  /** The outline at that level, in samples: right − left is the number of vertices of the subtree swept up to there. */
  readonly left: Float64Array;
  readonly right: Float64Array;
  /** The mean loss of the node. */
  readonly meanLoss: Float64Array;
  /** The mirror axis of each node's outline. The dot of the node goes to (center, base). */
  readonly center: Float64Array;
  readonly base: Float64Array;
}

/**
 * The topological landscape profile: a 2-D landscape with the same merge tree as the field, in which width is volume.
 *
 * Every node has a basin, which covers its arc: from the level of the node up to the level of its parent. At level y
 * its width is the number of vertices in the node's subtree with a loss ≤ y (for `superlevel`: ≥ y, and the basins are
 * hills). Each node has a slot as wide as the size of its subtree, and its outline mirrors about the centre of the
 * slot. The slots of the children are placed left to right by descending size, then in sweep order, in a block that is
 * centred in the parent's slot. The slots of the components are placed the same way from 0 to the number of samples. So
 * a saddle has its children below it and its own basin above it, which is immediately wider than all of them together.
 * Siblings never overlap, children stay within their parent, and at every level the widths add up to the number of
 * vertices swept there (in a simplified tree, less those of branches absorbed further up). The basin of the root is the
 * line at the top, as wide as the field.
 *
 * Rows go from parents to children (by falling node index). The rows of a basin are in sweep order, from the node to
 * the level of its parent. A basin whose parent is at its own level, as on a plateau, has one row. No basin has more
 * than `levels` rows. When its arc has more distinct losses, the rows are at their quantiles including the first and
 * the last, so no step in width is larger than about 1/levels of the arc. Every row is exact.
 *
 * Losses that are not finite are drawn at the nearest finite level and count in the width from there on.
 *
 * After Geniesse et al., Visualizing Loss Functions as Topological Landscape Profiles (2024), and Oesterling et al.,
 * Visualization of High-Dimensional Point Clouds Using Their Density Distribution's Topology (2011). Time O(n + nodes
 * log nodes).
 *
 * Throws RangeError when `levels` is not an integer ≥ 3, or when no loss is finite.
 */
export function profile(tree: MergeTree, values: Float64Array, options: { levels?: number } = {}): Profile {
  const { levels = 256 } = options;
  if (!Number.isInteger(levels) || levels < 3) {
    throw new RangeError(`a profile's levels are ${levels}; expected an integer of 3 or more`);
  }
  if (values.length > 0 && Number.isNaN(tree.minimum)) {
    throw new RangeError(`a profile needs a finite loss; all ${values.length} are NaN or infinite`);
  }
  const { vertex, parent, size, memberOffsets, members } = tree;
  const { minimum, maximum } = tree;
  const drawn = (loss: number) => (Number.isNaN(loss) ? maximum : Math.min(Math.max(loss, minimum), maximum));
  const base = tree.value.map(drawn);
  const center = centers(tree);

  const rows = { basin: [] as number[], value: [] as number[], width: [] as number[] };
  function row(basin: number, value: number, width: number) {
    rows.basin.push(basin);
    rows.value.push(value);
    rows.width.push(width);
  }
  for (let node = vertex.length - 1; node >= 0; node--) {
    const end = memberOffsets[node + 1];
    const below = size[node] - (end - memberOffsets[node]); // swept before the arc began
    const top = parent[node] < 0 ? base[node] : base[parent[node]];
    const loss = (i: number) => drawn(values[members[i]]);
    let start = memberOffsets[node]; // vertices absorbed from simplified branches may come before the node
    while (members[start] !== vertex[node]) start++;

    const ends: number[] = []; // ends of runs of equal losses
    for (let i = start; i < end; i++) if (i + 1 === end || loss(i + 1) !== loss(i)) ends.push(i);
    const quantile = (j: number) => start + Math.floor((j * (end - 1 - start)) / (levels - 2));
    let j = 0;
    for (const i of ends) {
      if (ends.length >= levels) {
        if (i < quantile(j)) continue;
        while (quantile(j) <= i) j++;
      }
      row(node, loss(i), below + i + 1 - memberOffsets[node]);
    }
    if (rows.value[rows.value.length - 1] !== top) row(node, top, size[node]);
  }

  const basin = Int32Array.from(rows.basin);
  return {
    basin,
    parent: basin.map((node) => parent[node]),
    value: Float64Array.from(rows.value),
    left: Float64Array.from(basin, (node, i) => center[node] - rows.width[i] / 2),
    right: Float64Array.from(basin, (node, i) => center[node] + rows.width[i] / 2),
    meanLoss: Float64Array.from(basin, (node) => tree.meanLoss[node]),
    center,
    base,
  };
}

/** The centre of each node's slot. */
function centers({ parent, size, memberOffsets }: MergeTree): Float64Array {
  const bySize = parent.map((_, node) => node).sort((a, b) => size[b] - size[a] || a - b); // parents before children
  const center = new Float64Array(parent.length);
  const cursor = new Float64Array(parent.length); // where the slot of the next child starts
  let rootCursor = 0;
  for (const node of bySize) {
    const p = parent[node];
    const left = p < 0 ? rootCursor : cursor[p];
    if (p < 0) rootCursor += size[node];
    else cursor[p] += size[node];
    center[node] = left + size[node] / 2;
    const own = memberOffsets[node + 1] - memberOffsets[node];
    cursor[node] = left + own / 2;
  }
  return center;
}
