import type { NearestNeighbors } from "../linalg/nearestNeighbors.js";
import { explicitNeighbors } from "./explicitNeighbors.js";
import type { Neighbors } from "./neighbors.js";

/** The graph that joins two points when either is among the k nearest of the other, or with `mutual` when both are. */
export function knnNeighbors(nearest: NearestNeighbors, options: { count: number; mutual: boolean }): Neighbors {
  const { count, mutual } = options;
  const offsets = Int32Array.from({ length: count + 1 }, (_, i) => i * nearest.k);
  return explicitNeighbors({ offsets, values: nearest.indices }, { mutual });
}
