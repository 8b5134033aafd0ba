/** A path between two minima, given by their indices. */
export interface PathBetween {
  readonly from: number;
  readonly to: number;
  /** The highest loss on the path, or an estimate of it. A path whose barrier is NaN or infinite connects nothing. */
  readonly barrier: number;
}

/** How to escape from each minimum. Every array has one entry per minimum. */
export interface Segments {
  /** The loss to climb to. +Infinity for the lowest minimum, and for minima from which no path leads to a lower one. */
  readonly death: Float64Array;
  /** The path with the saddle; −1 when there is none. */
  readonly path: Int32Array;
  /** The lower minimum that the path reaches; −1 when there is none. */
  readonly escapeTo: Int32Array;
}

/** Both versions of a loss barcode. */
export interface LossBarcode {
  /** The minima from the lowest up, ties by index. A minimum counts as lower than all after it. */
  readonly order: Int32Array;
  /** The published rule: the path with the lowest barrier among those that join the minimum itself with a lower one. */
  readonly direct: Segments;
  /** The true barcode: the way with the lowest barrier over any number of paths. It is never above the direct one. */
  readonly minimax: Segments;
  /** The paths whose barrier was below the higher of their two minima. */
  readonly clamped: number[];
}

/**
 * The barcode of minima (Barannikov et al., arXiv 2012.15834). A minimum p has the segment [L(p), h(p)], where h(p) is
 * the lowest loss that you must climb to on the way to a lower minimum. Only the given paths are ways.
 *
 * - `direct` takes one path; among equally low ones the first.
 * - `minimax` is the 0-dimensional persistent homology of the graph of paths, a path entering at its barrier, by
 *   Kruskal's algorithm and the elder rule. When a path joins two sets of minima, the higher of their lowest minima
 *   dies there and escapes to the other. Paths with the same barrier enter in order.
 * - Among equal minima the one with the smaller index is the lower, so exactly one minimum is the lowest and has an
 *   infinite segment. A loss of NaN counts as +Infinity.
 * - A minimum from which no sequence of paths leads to a lower one has an infinite segment too.
 * - A path is at least as high as its ends. Noisy estimates can give a barrier below the higher end; such a barrier is
 *   raised to that end, so that no segment has a negative length.
 *
 * Throws RangeError when a path joins minima that do not exist.
 */
export function lossBarcode(losses: Float64Array, paths: readonly PathBetween[]): LossBarcode {
  const count = losses.length;
  const loss = losses.map((value) => (Number.isNaN(value) ? Infinity : value));
  for (const [k, { from, to }] of paths.entries()) {
    for (const end of [from, to]) {
      if (!(Number.isInteger(end) && end >= 0 && end < count)) {
        throw new RangeError(`path ${k} joins the minima ${from} and ${to}; expected numbers from 0 to ${count - 1}`);
      }
    }
  }
  const order = Int32Array.from(loss.keys()).sort((p, q) => compare(loss[p], loss[q]) || p - q);
  const age = new Int32Array(count);
  for (const [place, minimum] of order.entries()) age[minimum] = place;

  const floor = paths.map(({ from, to }) => Math.max(loss[from], loss[to]));
  const height = paths.map(({ barrier }, k) => Math.max(barrier, floor[k]));
  const clamped = Array.from(paths.keys()).filter((k) => paths[k].barrier < floor[k]);
  const ascending = Array.from(paths.keys())
    .filter((k) => Number.isFinite(height[k]) && paths[k].from !== paths[k].to)
    .sort((a, b) => compare(height[a], height[b]) || a - b);

  const direct = unescaped(count);
  for (const k of ascending) {
    const { from, to } = paths[k];
    const [lower, higher] = age[from] < age[to] ? [from, to] : [to, from];
    if (direct.path[higher] < 0) leave(direct, higher, lower, k);
  }

  const minimax = unescaped(count);
  const above = Int32Array.from({ length: count }, (_, minimum) => minimum); // union-find; the root is the lowest minimum
  const find = (minimum: number) => {
    let root = minimum;
    while (above[root] !== root) root = above[root] = above[above[root]];
    return root;
  };
  for (const k of ascending) {
    const [a, b] = [find(paths[k].from), find(paths[k].to)];
    if (a === b) continue;
    const [lower, higher] = age[a] < age[b] ? [a, b] : [b, a];
    above[higher] = lower;
    leave(minimax, higher, lower, k);
  }
  return { order, direct, minimax, clamped };

  function leave(segments: Segments, minimum: number, to: number, path: number) {
    segments.death[minimum] = height[path];
    segments.path[minimum] = path;
    segments.escapeTo[minimum] = to;
  }
}

function unescaped(count: number): Segments {
  return {
    death: new Float64Array(count).fill(Infinity),
    path: new Int32Array(count).fill(-1),
    escapeTo: new Int32Array(count).fill(-1),
  };
}

/** Like a − b, but 0 for equal infinities. */
const compare = (a: number, b: number) => (a === b ? 0 : a - b);

/** Summaries of the lengths of finite segments. Without any, the sum is 0, and the mean and the largest are NaN. */
export interface ObstructionScores {
  readonly sum: number;
  readonly mean: number;
  readonly max: number;
  /** (Σ lengthᵖ)^(1/p) */
  readonly norm: number;
}

/** TO-scores ("topological obstructions") of segments with these lengths. Lengths that are not finite are left out. */
export function obstructionScores(lengths: ArrayLike<number>, power: number): ObstructionScores {
  const finite = Array.from(lengths).filter(Number.isFinite);
  const sum = finite.reduce((total, length) => total + length, 0);
  const max = finite.length > 0 ? Math.max(...finite) : Number.NaN;
  // Divided by the longest, so that powers do not overflow, and the sum is at least 1.
  const powers = max > 0 ? finite.reduce((total, length) => total + (length / max) ** power, 0) : 0;
  return { sum, mean: sum / finite.length, max, norm: max > 0 ? max * powers ** (1 / power) : 0 };
}
