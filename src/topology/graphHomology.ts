import { mergeTree } from "./mergeTree.js";
import type { Neighbors } from "./neighbors.js";
import { type PersistencePairs, persistencePairs } from "./persistence.js";
import { type Direction, sweepOrder } from "./sweepOrder.js";

/** The bars of a graph: those of dimension 0, then those of dimension 1, each longest first. */
export interface GraphBars extends Omit<PersistencePairs, "size"> {
  readonly dimension: Int32Array;
  /**
   * The other vertex of the edge with which a bar of dimension 1 is born, earlier in the sweep than `birthVertex`; −1
   * in dimension 0.
   */
  readonly birthNeighbor: Int32Array;
  /** The smallest and the largest finite value, NaN without one. */
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * The persistent homology of a graph under the lower-star filtration of its values: a vertex enters in the order
 * (value, vertex id) of `mergeTree`, −value for `superlevel`, and an edge with the later of its ends, after it; of
 * several edges that enter with one vertex, in the order of their other ends.
 *
 * Dimension 0: the pairs of the merge tree by the elder rule, pairs without length too where a plateau is swept
 * disconnectedly. Dimension 1: an edge whose ends are connected already closes a cycle, which is born at the edge's
 * value and, as a graph has no triangles to fill it, never dies. So there are as many as edges − vertices + components.
 *
 * Bars that never die end with `infinite` (the default) at +Infinity (−Infinity for `superlevel`), deathVertex −1; with
 * `maximum`, of either dimension, at the last vertex of the sweep, as in Horoi et al., Exploring the Geometry and
 * Topology of Neural Network Loss Landscapes (2022). Time O(n log n + edges log degree).
 *
 * Throws RangeError when the number of values is not the number of vertices.
 */
export function graphHomology(
  values: Float64Array,
  neighbors: Neighbors,
  options: {
    direction?: Direction;
    unpaired?: "infinite" | "maximum";
    /** How often an edge occurs, by default once; each further time closes a cycle. */
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
  const joined = (first: Int32Array, of: (edge: [number, number]) => number) => {
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
    birthVertex: joined(pairs.birthVertex, ([later]) => later),
    deathVertex: joined(pairs.deathVertex, () => end.vertex),
    birthNeighbor: joined(new Int32Array(bars).fill(-1), ([, earlier]) => earlier),
    minimum: tree.minimum,
    maximum: tree.maximum,
  };
}

/**
 * The edges that close a cycle when they enter, in that order, which is that of falling length; the later end first.
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

/** Total persistence Σ |death − birth|ᵖ over the bars of a dimension; those with an infinite end are left out. */
export function totalPersistence(bars: GraphBars, dimension: number, power: number): number {
  let total = 0;
  for (let i = 0; i < bars.birth.length; i++) {
    const length = Math.abs(bars.death[i] - bars.birth[i]);
    if (bars.dimension[i] === dimension && Number.isFinite(length)) total += length ** power;
  }
  return total;
}
