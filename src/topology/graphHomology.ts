import { mergeTree } from "./mergeTree.js";
import type { Neighbors } from "./neighbors.js";
import { type PersistencePairs, persistencePairs } from "./persistence.js";
import { type Direction, sweepOrder } from "./sweepOrder.js";

/** The bars of a graph: dimension 0 first, then dimension 1, each longest first. */
export interface GraphBars extends Omit<PersistencePairs, "size"> {
  readonly dimension: Int32Array;
  /**
   * In dimension 1, the other vertex of the edge that creates the class; it enters the sweep before `birthVertex`. −1
   * in dimension 0.
   */
  readonly birthNeighbor: Int32Array;
  /** The smallest and the largest finite value. NaN when there is none. */
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * The persistent homology of a graph under the lower-star filtration of its values. Vertices enter in the order (value,
 * vertex id) of `mergeTree`; `superlevel` uses −value. An edge enters with its later vertex, after it. Several edges
 * that enter with the same vertex are ordered by their other vertices.
 *
 * Dimension 0 has the pairs of the merge tree by the elder rule, including pairs of length 0 when a plateau is swept
 * disconnectedly. Dimension 1 has a bar for each edge whose vertices are already connected: it closes a cycle, born at
 * the value of the edge. The cycle never dies, because a graph has no triangles to fill it. So there are edges −
 * vertices + components such bars.
 *
 * With `infinite` (the default), bars that never die end at +Infinity (−Infinity for `superlevel`) with deathVertex −1.
 * With `maximum`, bars of both dimensions end at the last vertex of the sweep, as in Horoi et al., Exploring the
 * Geometry and Topology of Neural Network Loss Landscapes (2022). Time O(n log n + edges log degree).
 *
 * Throws RangeError when the number of values is not the number of vertices.
 */
export function graphHomology(
  values: Float64Array,
  neighbors: Neighbors,
  options: {
    direction?: Direction;
    unpaired?: "infinite" | "maximum";
    /** The multiplicity of each edge, 1 by default. Each further copy closes a cycle. */
    multiplicity?: (u: number, v: number) => number;
  } = {},
): GraphBars {
  const { direction = "sublevel", unpaired = "infinite", multiplicity = () => 1 } = options;
  const tree = mergeTree(values, neighbors, { direction });
  const pairs = persistencePairs(tree, { essential: unpaired === "maximum" ? "global-max" : "infinite" });
  const { order } = sweepOrder(values, direction);
  const cycles = closingEdges(order, neighbors, multiplicity);
  const bars = pairs.birth.length;
  const count = bars + cycles.length;

  const end =
    unpaired === "infinite"
      ? { value: direction === "sublevel" ? Infinity : -Infinity, vertex: -1 }
      : { value: valueAt(order[order.length - 1]), vertex: order[order.length - 1] };
  function valueAt(vertex: number) {
    return Number.isNaN(values[vertex]) ? Infinity : values[vertex];
  }
  const columnOf = (first: Int32Array, of: (edge: [number, number]) => number) => {
    const column = new Int32Array(count);
    column.set(first);
    for (let i = 0; i < cycles.length; i++) column[bars + i] = of(cycles[i]);
    return column;
  };
  const birth = new Float64Array(count);
  birth.set(pairs.birth);
  for (let i = 0; i < cycles.length; i++) birth[bars + i] = valueAt(cycles[i][0]);
  const death = new Float64Array(count).fill(end.value);
  death.set(pairs.death);
  return {
    dimension: new Int32Array(count).fill(1, bars),
    birth,
    death,
    birthVertex: columnOf(pairs.birthVertex, ([later]) => later),
    deathVertex: columnOf(pairs.deathVertex, () => end.vertex),
    birthNeighbor: columnOf(new Int32Array(bars).fill(-1), ([, earlier]) => earlier),
    minimum: tree.minimum,
    maximum: tree.maximum,
  };
}

/**
 * The edges that close a cycle when they enter, later vertex first, in the order of entry. Their bars come in order of
 * falling length.
 */
function closingEdges(
  order: Int32Array,
  neighbors: Neighbors,
  multiplicity: (u: number, v: number) => number,
): [number, number][] {
  const n = order.length;
  const rankOf = new Int32Array(n);
  for (let rank = 0; rank < n; rank++) rankOf[order[rank]] = rank;
  const above = Int32Array.from({ length: n }, (_, rank) => rank); // union-find of ranks
  const find = (rank: number) => {
    while (above[rank] !== rank) rank = above[rank] = above[above[rank]];
    return rank;
  };
  const around = new Int32Array(neighbors.maxDegree);
  const closing: [number, number][] = [];
  for (let rank = 0; rank < n; rank++) {
    const degree = neighbors.list(order[rank], around);
    for (let k = 0; k < degree; k++) around[k] = rankOf[around[k]];
    for (const earlier of around.subarray(0, degree).sort()) {
      if (earlier > rank) break;
      const top = find(earlier);
      const edge: [number, number] = [order[rank], order[earlier]];
      if (top === rank) closing.push(edge);
      else above[top] = rank;
      for (let again = multiplicity(...edge); again > 1; again--) closing.push(edge);
    }
  }
  return closing;
}

/** Total persistence Σ |death − birth|ᵖ over the bars of a dimension. Bars with an infinite end are left out. */
export function totalPersistence(bars: GraphBars, dimension: number, power: number): number {
  let total = 0;
  for (let i = 0; i < bars.birth.length; i++) {
    const length = Math.abs(bars.death[i] - bars.birth[i]);
    if (bars.dimension[i] === dimension && Number.isFinite(length)) total += length ** power;
  }
  return total;
}
