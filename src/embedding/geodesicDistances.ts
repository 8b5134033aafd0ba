import { indexHeap } from "../linalg/indexHeap.js";
import { nearestByDistance } from "../linalg/nearestNeighbors.js";

/**
 * Distances along the points (Tenenbaum, de Silva & Langford, Isomap, 2000): shortest paths on the graph that joins
 * each point to its k nearest. A minimum spanning tree joins all points too, so that every pair has a path. n × n,
 * row-major; O(n² log n).
 *
 * @param distances n × n, row-major, symmetric, finite.
 */
export function geodesicDistances(distances: Float64Array, n: number, k: number): Float64Array {
  const near: Set<number>[] = Array.from({ length: n }, () => new Set());
  const join = (i: number, j: number) => near[i].add(j) && near[j].add(i);
  const nearest = nearestByDistance(distances, { k: Math.min(k, Math.max(0, n - 1)) });
  for (let i = 0; i < n; i++) for (const j of nearest.indices.subarray(i * nearest.k, (i + 1) * nearest.k)) join(i, j);
  for (const [i, j] of spanningTree(distances, n)) join(i, j);
  const neighbors = near.map((set) => Int32Array.from(set));

  const lengths = new Float64Array(n * n).fill(Infinity);
  for (let source = 0; source < n; source++) {
    shortestPaths(source, neighbors, distances, lengths.subarray(source * n, (source + 1) * n));
  }
  return lengths;
}

/** The edges of a minimum spanning tree of all points (Prim 1957). */
function spanningTree(distances: Float64Array, n: number): [number, number][] {
  const edges: [number, number][] = [];
  const nearest = new Float64Array(n).fill(Infinity);
  const from = new Int32Array(n);
  const inside = new Uint8Array(n);
  for (let added = 0, i = 0; added + 1 < n; added++) {
    inside[i] = 1;
    let next = -1;
    for (let j = 0; j < n; j++) {
      if (inside[j]) continue;
      if (distances[i * n + j] < nearest[j]) {
        nearest[j] = distances[i * n + j];
        from[j] = i;
      }
      if (next < 0 || nearest[j] < nearest[next]) next = j;
    }
    edges.push([from[next], next]);
    i = next;
  }
  return edges;
}

/** Dijkstra's algorithm. `lengths` must be Infinity at the start. */
function shortestPaths(source: number, neighbors: Int32Array[], distances: Float64Array, lengths: Float64Array): void {
  const n = lengths.length;
  const waiting = indexHeap(lengths);
  lengths[source] = 0;
  waiting.raise(source);
  while (waiting.size > 0) {
    const point = waiting.pop();
    for (const other of neighbors[point]) {
      const length = lengths[point] + distances[point * n + other];
      if (!(length < lengths[other])) continue;
      lengths[other] = length;
      waiting.raise(other);
    }
  }
}
