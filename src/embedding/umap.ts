import { UMAP } from "umap-js";
import { nearestByDistance } from "../linalg/nearestNeighbors.js";
import { randomStream } from "../linalg/random.js";
import { toPrincipalAxes } from "./principalAxes.js";

export interface UmapOptions {
  dimensions: number;
  /** The number of neighbours of each point, including the point itself. */
  neighbors: number;
  /** The smallest distance of points on the map. */
  minDist: number;
  seed: number;
  progress?(fraction: number): void;
}

/**
 * Uniform manifold approximation and projection (McInnes, Healy & Melville 2018) from exact nearest neighbours.
 * Coordinates are n × dimensions, row-major, along their principal axes, in arbitrary units.
 *
 * @param distances n × n, row major, symmetric, finite.
 * @throws RangeError when there are not more points than neighbours.
 */
export function umap(distances: Float64Array, n: number, options: UmapOptions): Float64Array {
  const { dimensions, neighbors, minDist, seed, progress } = options;
  if (neighbors >= n) throw new RangeError(`${neighbors} neighbours need more points than ${n}`);
  const nearest = nearestByDistance(distances, { k: neighbors - 1 });
  const rows = <T extends Int32Array | Float64Array>(values: T, own: (i: number) => number) =>
    Array.from({ length: n }, (_, i) => [own(i), ...values.subarray(i * nearest.k, (i + 1) * nearest.k)]);
  const random = randomStream(seed, "UMAP");
  const solver = new UMAP({ nComponents: dimensions, nNeighbors: neighbors, minDist, random: random.uniform });
  solver.setPrecomputedKNN(
    rows(nearest.indices, (i) => i),
    rows(nearest.distances, () => 0),
  );
  // The library uses only the number of points here, not the points themselves.
  const epochs = solver.initializeFit(Array.from({ length: n }, () => []));
  for (let epoch = 0; epoch < epochs; epoch++) {
    progress?.(epoch / epochs);
    solver.step();
  }
  const coordinates = Float64Array.from(solver.getEmbedding().flat());
  toPrincipalAxes(coordinates, n, dimensions);
  return coordinates;
}
