import { TSNE } from "@keckelt/tsne";
import { randomStream } from "../linalg/random.js";
import { toPrincipalAxes } from "./principalAxes.js";

export interface TsneOptions {
  dimensions: number;
  /** The effective number of neighbours that a point keeps. */
  perplexity: number;
  iterations: number;
  seed: number;
  progress?(fraction: number): void;
}

/**
 * t-distributed stochastic neighbour embedding (van der Maaten & Hinton 2008), exact, O(n²) per iteration. Coordinates
 * are n × dimensions, row-major, along their principal axes, in arbitrary units.
 *
 * @param distances n × n, row major, symmetric, finite.
 * @throws RangeError when 3 · perplexity is above n − 1, because so few points do not have such neighbourhoods.
 */
export function tsne(distances: Float64Array, n: number, options: TsneOptions): Float64Array {
  const { dimensions, perplexity, iterations, seed, progress } = options;
  if (3 * perplexity > n - 1) {
    throw new RangeError(`a perplexity of ${perplexity} needs ${3 * perplexity + 1} points or more, found ${n}`);
  }
  // The search for bandwidths starts from 1.
  const mean = distances.reduce((sum, distance) => sum + distance ** 2, 0) / (n * n) || 1;
  const squares = distances.map((distance) => distance ** 2 / mean);
  const random = randomStream(seed, "t-SNE");
  const solver = new TSNE({ dim: dimensions, perplexity, epsilon: Math.max(10, n / 16) });
  // Replaces the library's start, which uses Math.random.
  solver.gaussRandom = random.normal;
  solver.initDataDist(Array.from({ length: n }, (_, i) => squares.subarray(i * n, (i + 1) * n)));
  for (let iteration = 0; iteration < iterations; iteration++) {
    progress?.(iteration / iterations);
    solver.step();
  }
  const coordinates = Float64Array.from((solver.getSolution() as number[][]).flat());
  toPrincipalAxes(coordinates, n, dimensions);
  return coordinates;
}
