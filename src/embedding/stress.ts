import { maxAbs } from "../linalg/vectors.js";

/** How far a drawing's distances are from those it was to have. */
export interface Stress {
  /** Σ(drawn − given)² over all pairs, in squared units of the distances. */
  raw: number;
  /** √(Σ(drawn − given)² / Σ given²); 0 where all given distances are 0. */
  normalized: number;
  /** The same with the drawing enlarged or shrunk as is best, for drawings in units of their own: at most 1. */
  scaled: number;
}

/**
 * The stress of n points in `dimensions` coordinates (row major).
 *
 * @param distances n × n, row major, symmetric, finite.
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

/** How far point i is from those before it. */
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

/** The largest size of an entry, 1 where all are 0: a unit in which squares neither overflow nor vanish. */
function largest(values: Float64Array): number {
  return maxAbs(values) || 1;
}
