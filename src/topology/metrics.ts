import { LEAF, type MergeTreeNodes } from "./mergeTree.js";
import { persistence, persistencePairs } from "./persistence.js";
import { absoluteThreshold, finiteRange, simplifyNodes } from "./simplification.js";

/**
 * Numbers that describe a landscape after the bars shorter than a threshold are removed. The mean of an empty set is
 * NaN.
 */
export interface LandscapeMetrics {
  /** The threshold as a fraction of `lossRange`, and in units of the loss. */
  threshold: number;
  persistenceThreshold: number;
  /** The leaves of the tree (maxima for `superlevel`). Each has one bar, essential ones included. */
  minima: number;
  /** Nodes in which two or more branches merge. A multi-way saddle counts once. */
  saddles: number;
  /**
   * Bars with a finite birth and a finite death, so without the essential ones. The averages and the entries below use
   * these.
   */
  pairs: number;
  /** Mean of |death − birth|. */
  averagePersistence: number;
  /** Mean distance of (birth, death) to the diagonal: |death − birth| / √2. */
  averageDistanceToDiagonal: number;
  /** The same two with one more pair, the global minimum and maximum, as in TTK's diagrams. */
  averagePersistenceWithGlobalPair: number;
  averageDistanceToDiagonalWithGlobalPair: number;
  /** 0 without pairs. */
  maximumPersistence: number;
  /** Σ |death − birth|ᵖ for each power p. */
  totalPersistence: number[];
  /** The entropy −Σ p log p in nats, where p are the lengths divided by their sum. 0 when there are no lengths. */
  persistenceEntropy: number;
  /**
   * The saddle–minimum average distance of Landscaper: the mean of |f(saddle) − f(minimum)| over the edges from a leaf
   * to a saddle.
   */
  smad: number;
  /** The same, divided by `lossRange`. */
  smadRelative: number;
  /** The mean weighted by the number of vertices in the basin of each leaf, and the same divided by `lossRange`. */
  smadWeighted: number;
  smadWeightedRelative: number;
  /**
   * Volumes of basins as fractions of all vertices: the largest, the mean, and that of the first leaf of the sweep, the
   * global minimum. A basin consists of the vertices from a leaf up to its saddle, including simplified branches on the
   * way.
   */
  basinLargest: number;
  basinMean: number;
  basinOfGlobalMinimum: number;
  /**
   * The number of vertices of the field, of vertices that share their loss with another, and of losses that are NaN or
   * infinite.
   */
  vertices: number;
  tied: number;
  nonFinite: number;
  /** The connected components of the graph. */
  components: number;
  /** Over the finite losses; NaN when there are none. */
  lossMinimum: number;
  lossMaximum: number;
  lossRange: number;
}

/**
 * One record per threshold. A threshold is a fraction of the range of the finite losses. On a landscape that is flat up
 * to rounding, the counts at threshold 0 are noise: compare thresholds, and see `tied`.
 *
 * Throws RangeError when a threshold is negative or not finite, when a power is not positive and finite, or when the
 * range of the losses is above the largest double.
 */
export function landscapeMetrics(
  tree: MergeTreeNodes,
  thresholds: readonly number[] = [0, 0.001, 0.01, 0.05],
  powers: readonly number[] = [1, 2],
): LandscapeMetrics[] {
  for (const power of powers) {
    if (!(power > 0 && power < Infinity))
      throw new RangeError(`a power of persistence is ${power}; expected a number > 0`);
  }
  const lossRange = finiteRange(tree);
  const vertices = sum(tree.size.filter((_, node) => tree.parent[node] < 0));
  return thresholds.map((threshold) => {
    const persistenceThreshold = absoluteThreshold(tree, threshold);
    const { nodes } = simplifyNodes(tree, { threshold: persistenceThreshold });
    const { birth, death } = persistencePairs(nodes);
    const lengths = birth
      .map((b, bar) => persistence(b, death[bar]))
      .filter((_, bar) => Number.isFinite(death[bar] - birth[bar]));
    const total = sum(lengths);
    const averagePersistence = total / lengths.length;
    const averagePersistenceWithGlobalPair = (total + lossRange) / (lengths.length + 1);
    return {
      threshold,
      persistenceThreshold,
      minima: birth.length,
      saddles: saddles(nodes),
      pairs: lengths.length,
      averagePersistence,
      averageDistanceToDiagonal: averagePersistence * Math.SQRT1_2,
      averagePersistenceWithGlobalPair,
      averageDistanceToDiagonalWithGlobalPair: averagePersistenceWithGlobalPair * Math.SQRT1_2,
      maximumPersistence: lengths.reduce((longest, length) => Math.max(longest, length), 0),
      totalPersistence: powers.map((power) => sum(lengths.map((length) => length ** power))),
      persistenceEntropy: sum(lengths.filter((length) => length > 0).map((x) => -(x / total) * Math.log(x / total))),
      ...saddleMinimumDistances(nodes, lossRange),
      ...basinVolumes(nodes, vertices),
      vertices,
      tied: tree.tied,
      nonFinite: tree.nonFinite,
      components: tree.parent.filter((p) => p < 0).length,
      lossMinimum: tree.minimum,
      lossMaximum: tree.maximum,
      lossRange,
    };
  });
}

function sum(numbers: Float64Array | Int32Array): number {
  let total = 0;
  for (const x of numbers) total += x;
  return total;
}

function childCounts({ parent }: MergeTreeNodes): Int32Array {
  const counts = new Int32Array(parent.length);
  for (const p of parent) if (p >= 0) counts[p]++;
  return counts;
}

function saddles(nodes: MergeTreeNodes): number {
  return childCounts(nodes).filter((children) => children >= 2).length;
}

/**
 * A leaf whose arc ends at the last vertex of its component has no saddle when it is the only child. Edges of infinite
 * length are left out too.
 */
function saddleMinimumDistances(nodes: MergeTreeNodes, lossRange: number) {
  const { type, parent, value, size } = nodes;
  const children = childCounts(nodes);
  const distance = (leaf: number) => persistence(value[leaf], value[parent[leaf]]);
  const edges = parent
    .map((_, node) => node)
    .filter((node) => type[node] === LEAF && parent[node] >= 0 && children[parent[node]] >= 2)
    .filter((leaf) => Number.isFinite(distance(leaf)));
  const smad = sum(Float64Array.from(edges, distance)) / edges.length;
  const smadWeighted =
    sum(Float64Array.from(edges, (leaf) => size[leaf] * distance(leaf))) / sum(edges.map((leaf) => size[leaf]));
  return {
    smad,
    smadRelative: smad / lossRange,
    smadWeighted,
    smadWeightedRelative: smadWeighted / lossRange,
  };
}

function basinVolumes({ type, size }: MergeTreeNodes, vertices: number) {
  const volumes = size.filter((_, node) => type[node] === LEAF);
  return {
    basinLargest: volumes.reduce((largest, volume) => Math.max(largest, volume), 0) / vertices,
    basinMean: sum(volumes) / volumes.length / vertices,
    basinOfGlobalMinimum: volumes[0] / vertices,
  };
}
