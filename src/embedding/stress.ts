import { maxAbs } from "../linalg/vectors.js";

/** How far the distances in a drawing are from the given ones. */
export interface Stress {
  /** Σ(drawn − given)² over all pairs, in squared units of the distances. */
  raw: number;
  /** √(Σ(drawn − given)² / Σ given²); 0 when all given distances are 0. */
  normalized: number;
  /** The same after the best scaling of the drawing, for drawings in units of their own. At most 1. */
  scaled: number;
}

/**
 * The stress of n points in `dimensions` coordinates (row-major).
 *
 * @param distances n × n, row-major, symmetric, finite.
 */
export function stressOf(distances: Float64Array, coordinates: Float64Array, n: number, dimensions: number): Stress {
  const [given, drawn] = [largest(distances), largest(coordinates)];
  const points = coordinates.map((x) => x / drawn);
  const lengths = new Float64Array(n);
  let [squares, products, all] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    lengthsTo(points, i, dimensions, lengths);
    for (let j = 0; j < i; j++) {
      const distance = distances[i * n + j] / given;
      squares += lengths[j] * lengths[j];
      products += lengths[j] * distance;
      all += distance * distance;
    }
  }
  const best = squares === 0 ? 0 : products / squares;
  let [missed, leastMissed] = [0, 0];
  for (let i = 0; i < n; i++) {
    lengthsTo(points, i, dimensions, lengths);
    for (let j = 0; j < i; j++) {
      const distance = distances[i * n + j] / given;
      const [as, atBest] = [lengths[j] * (drawn / given) - distance, lengths[j] * best - distance];
      missed += as * as;
      leastMissed += atBest * atBest;
    }
  }
  const share = (part: number) => (all === 0 ? 0 : Math.sqrt(part / all));
  return { raw: missed * given ** 2, normalized: share(missed), scaled: share(leastMissed) };
}

/** The distances from point i to the points before it. */
function lengthsTo(points: Float64Array, i: number, dimensions: number, lengths: Float64Array): void {
  for (let j = 0; j < i; j++) {
    let square = 0;
    for (let k = 0; k < dimensions; k++) {
      const difference = points[i * dimensions + k] - points[j * dimensions + k];
      square += difference * difference;
    }
    lengths[j] = Math.sqrt(square);
  }
}

/**
 * The largest size of an entry, or 1 when all are 0. In this unit squares do not overflow, and not all of them vanish.
 */
function largest(values: Float64Array): number {
  return maxAbs(values) || 1;
}
