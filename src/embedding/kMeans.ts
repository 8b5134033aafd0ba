import type { Random } from "../linalg/random.js";

/** Lloyd's iterations at most; far fewer are the rule. */
const ITERATIONS = 20;

/**
 * Which of at most `k` clusters each of n points belongs to: k-means++ seeds (Arthur & Vassilvitskii 2007), then Lloyd's iterations.
 * Clusters are numbered without gaps, in the order of their first points.
 *
 * @param points n × dimension, row major.
 */
export function kMeans(points: Float64Array, dimension: number, k: number, random: Random): Int32Array {
  const n = points.length / dimension;
  const centers = points.slice(0, k * dimension);
  const nearest = new Float64Array(n).fill(Infinity);
  const cluster = new Int32Array(n);
  let chosen = random.integer(n);
  for (let c = 0; c < k; c++) {
    centers.set(points.subarray(chosen * dimension, (chosen + 1) * dimension), c * dimension);
    let total = 0;
    for (let i = 0; i < n; i++) {
      const square = squaredDistance(points, i, centers, c, dimension);
      if (square < nearest[i]) {
        nearest[i] = square;
        cluster[i] = c;
      }
      total += nearest[i];
    }
    if (total === 0) break;
    let rest = random.uniform() * total;
    chosen = 0;
    while (chosen < n - 1 && (rest -= nearest[chosen]) >= 0) chosen++;
  }
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    moveToMeans(centers, points, cluster, dimension, k);
    let moved = 0;
    for (let i = 0; i < n; i++) {
      let best = cluster[i];
      let least = squaredDistance(points, i, centers, best, dimension);
      for (let c = 0; c < k; c++) {
        const square = squaredDistance(points, i, centers, c, dimension);
        if (square < least) [best, least] = [c, square];
      }
      if (best !== cluster[i]) moved++;
      cluster[i] = best;
    }
    if (moved === 0) break;
  }
  return numbered(cluster);
}

function moveToMeans(centers: Float64Array, points: Float64Array, cluster: Int32Array, dimension: number, k: number) {
  const sizes = new Int32Array(k);
  for (const c of cluster) sizes[c]++;
  for (let c = 0; c < k; c++) if (sizes[c] > 0) centers.fill(0, c * dimension, (c + 1) * dimension);
  for (const [i, c] of cluster.entries()) {
    for (let j = 0; j < dimension; j++) centers[c * dimension + j] += points[i * dimension + j] / sizes[c];
  }
}

function squaredDistance(a: Float64Array, i: number, b: Float64Array, j: number, dimension: number): number {
  let sum = 0;
  for (let k = 0; k < dimension; k++) {
    const difference = a[i * dimension + k] - b[j * dimension + k];
    sum += difference * difference;
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
