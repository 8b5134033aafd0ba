import type { AddProduct } from "../linalg/matrixProduct.js";
import type { Random } from "../linalg/random.js";
import { pairwiseDistances } from "./pairwiseDistances.js";

/** The most iterations of Lloyd's algorithm. It also stops when hardly any point changes its cluster. */
const ITERATIONS = 20;
const SETTLED = 1e-3;
/** When at most this share of the centres have moved, only their distances are recomputed. */
const FEW = 0.1;

/**
 * The cluster of each of n points, among at most `k` clusters: k-means++ seeds (Arthur & Vassilvitskii 2007), then
 * Lloyd's iterations. Both skip comparisons that the distances between centres make unnecessary (Elkan 2003): a centre
 * that is twice as far from a point's centre as the point itself cannot be nearer to it. Clusters are numbered without
 * gaps, in the order of their first points.
 *
 * @param points n × dimension, row-major.
 */
export async function kMeans(
  points: Float64Array,
  dimension: number,
  k: number,
  random: Random,
  product?: AddProduct,
): Promise<Int32Array> {
  const n = points.length / dimension;
  const rows = Array.from({ length: n }, (_, i) => points.subarray(i * dimension, (i + 1) * dimension));
  const { centers, cluster } = seeds(rows, k, random);
  let between: Float64Array | undefined;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const moved = moveToMeans(centers, rows, cluster);
    if (between && moved.length < FEW * centers.length) updateDistances(between, centers, moved);
    else between = await pairwiseDistances(centers, "euclidean", { product });
    if (assign(rows, centers, cluster, between) <= SETTLED * n) break;
  }
  return numbered(cluster);
}

/**
 * Draws centres among the points, each with a probability proportional to the squared distance to the nearest earlier
 * centre. Also returns the nearest centre of each point.
 */
function seeds(rows: Float64Array[], k: number, random: Random) {
  const n = rows.length;
  const centers: Float64Array[] = [];
  const cluster = new Int32Array(n);
  const nearest = new Float64Array(n).fill(Infinity);
  const toNew = new Float64Array(k);
  /**
   * The squared distance from each centre to its farthest point. A new centre that is twice as far away takes none of
   * its points.
   */
  const reach = new Float64Array(k);
  let chosen = random.integer(n);
  while (centers.length < k) {
    const center = rows[chosen].slice();
    for (const [c, other] of centers.entries()) toNew[c] = squaredDistance(center, other, 4 * reach[c]);
    reach.fill(0);
    let total = 0;
    for (let i = 0; i < n; i++) {
      if (!(toNew[cluster[i]] >= 4 * nearest[i])) {
        const square = squaredDistance(rows[i], center, nearest[i]);
        if (square < nearest[i]) {
          nearest[i] = square;
          cluster[i] = centers.length;
        }
      }
      if (nearest[i] > reach[cluster[i]]) reach[cluster[i]] = nearest[i];
      total += nearest[i];
    }
    centers.push(center);
    if (total === 0) break;
    let rest = random.uniform() * total;
    chosen = 0;
    while (chosen < n - 1 && (rest -= nearest[chosen]) >= 0) chosen++;
  }
  return { centers, cluster };
}

/** Moves the centres to the means and returns those that have moved. A centre without points stays. */
function moveToMeans(centers: Float64Array[], rows: Float64Array[], cluster: Int32Array): number[] {
  const sizes = new Int32Array(centers.length);
  for (const c of cluster) sizes[c]++;
  const before = centers.map((center) => center.slice());
  for (const [c, center] of centers.entries()) if (sizes[c] > 0) center.fill(0);
  for (const [i, row] of rows.entries()) {
    const center = centers[cluster[i]];
    const size = sizes[cluster[i]];
    for (let j = 0; j < row.length; j++) center[j] += row[j] / size;
  }
  return Array.from(centers.keys()).filter((c) => centers[c].some((x, j) => x !== before[c][j]));
}

function updateDistances(between: Float64Array, centers: Float64Array[], moved: number[]): void {
  const k = centers.length;
  for (const c of moved) {
    for (let other = 0; other < k; other++) {
      between[c * k + other] = Math.sqrt(squaredDistance(centers[c], centers[other]));
      between[other * k + c] = between[c * k + other];
    }
  }
}

/** Assigns every point to its nearest centre and returns how many points change their cluster. */
function assign(rows: Float64Array[], centers: Float64Array[], cluster: Int32Array, between: Float64Array): number {
  const k = centers.length;
  let moved = 0;
  for (const [i, row] of rows.entries()) {
    const before = cluster[i];
    let best = before;
    let least = squaredDistance(row, centers[before]);
    const reach = 2 * Math.sqrt(least) * (1 + 1e-9);
    for (let c = 0; c < k; c++) {
      if (c === before || between[before * k + c] >= reach) continue;
      const square = squaredDistance(row, centers[c], least);
      if (square < least) [best, least] = [c, square];
    }
    if (best === before) continue;
    cluster[i] = best;
    moved++;
  }
  return moved;
}

/** The number of terms to add before the sum is compared with `enough`. */
const STRIP = 16;

/** Σ(aⱼ − bⱼ)², or some number above `enough`. */
function squaredDistance(a: Float64Array, b: Float64Array, enough = Infinity): number {
  let sum = 0;
  for (let start = 0; start < a.length && sum <= enough; start += STRIP) {
    const end = Math.min(a.length, start + STRIP);
    for (let j = start; j < end; j++) {
      const difference = a[j] - b[j];
      sum += difference * difference;
    }
  }
  return sum;
}

/** The same clusters, numbered in the order of their first points. */
function numbered(cluster: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return cluster.map((c) => {
    if (!numbers.has(c)) numbers.set(c, numbers.size);
    return numbers.get(c)!;
  });
}
