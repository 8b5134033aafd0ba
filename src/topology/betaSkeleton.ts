import { checkPoints, kdTree, squaredDistance, squaredDistanceToBox } from "../linalg/kdTree.js";
import { explicitNeighbors } from "./explicitNeighbors.js";
import type { Neighbors } from "./neighbors.js";

/**
 * The tolerance of a region's boundary, relative to the squared length of the edge. Points this close to it count as on
 * it.
 */
const BOUNDARY = 1e-12;
/**
 * A half-space excludes a point only when it lies this far inside, relative to the squared distance. The margin is far
 * larger than rounding and BOUNDARY.
 */
const INSIDE = 4e-6;

/**
 * The lune-based β-skeleton of n points in `dimension` coordinates (row-major). p and q touch when no other point lies
 * in their lune. The lune is the intersection of two balls of radius β|pq|/2 whose centres lie on the line pq; one ball
 * touches p, the other q. β = 1 gives the Gabriel graph, whose lune is the ball with diameter pq. β = 2 gives the
 * relative neighbourhood graph. Let a, b and c be the squared distances from r to p, from r to q, and from p to q. Then
 * r lies in the lune when max(a, b) + (2/β − 1) min(a, b) ≤ c.
 *
 * A point on the boundary of the lune (to 10⁻¹² of c) counts as inside if it is closer to both p and q than they are to
 * each other. So the diagonals of a square are not Gabriel edges, and the graph of a regular grid is the grid; the
 * three sides of an equilateral triangle are relative neighbours; coincident points touch, and neither hides the other.
 * Each of these graphs contains every minimum spanning tree and is therefore connected. A larger β gives fewer edges.
 *
 * Kirkpatrick, Radke: A framework for computational morphology (1985). The function searches a k-d tree around every
 * point. Each neighbour excludes the half-space behind it, because all points there have the neighbour in their Gabriel
 * ball. Time is about O(n 2^dimension log n) on points without structure, whose Gabriel graph has about 2^dimension
 * edges per point, and O(n³) at worst.
 *
 * Throws RangeError when β is not a number from 1 to 2, and for points that `checkPoints` refuses.
 */
export function betaSkeleton(points: Float64Array, options: { dimension: number; beta: number }): Neighbors {
  const { dimension, beta } = options;
  if (!(beta >= 1 && beta <= 2)) {
    throw new RangeError(
      `a beta-skeleton's beta is ${beta}; expected a number from 1 (Gabriel graph) to 2 (relative neighbourhood graph)`,
    );
  }
  checkPoints(points, dimension);
  const tree = kdTree(points, dimension);
  const { points: ordered, start, end, second, boxes } = tree;
  const n = tree.ids.length;
  const minor = 2 / beta - 1;

  /**
   * Tests squared distances, or lower bounds of a and b. With bounds it tells whether a point with larger distances
   * might lie in the lune.
   */
  const hides = (a: number, b: number, c: number) => {
    const [near, far] = a < b ? [a, b] : [b, a];
    return far + minor * near <= c * (1 + BOUNDARY) && far < c * (1 - BOUNDARY);
  };

  function isHidden(p: number, q: number, c: number, node = 0): boolean {
    const toP = squaredDistanceToBox(tree, node, ordered, p * dimension);
    if (!hides(toP, squaredDistanceToBox(tree, node, ordered, q * dimension), c)) return false;
    if (second[node] !== 0) return isHidden(p, q, c, node + 1) || isHidden(p, q, c, second[node]);
    for (let r = start[node]; r < end[node]; r++) {
      if (r !== p && r !== q && isHiddenBy(r, p, q, c)) return true;
    }
    return false;
  }
  const isHiddenBy = (r: number, p: number, q: number, c: number) =>
    hides(squaredDistance(ordered, r, p, dimension), squaredDistance(ordered, r, q, dimension), c);

  /** True when r excludes the box: every q in it has (q − r)·(r − p) > 0, so the ball on pq contains r. */
  function excludes(r: number, p: number, node: number): boolean {
    const low = node * 2 * dimension;
    const high = low + dimension;
    let inside = 0;
    let farthest = 0;
    for (let j = 0; j < dimension; j++) {
      const x = ordered[r * dimension + j];
      const normal = x - ordered[p * dimension + j];
      inside += normal * ((normal > 0 ? boxes[low + j] : boxes[high + j]) - x);
      const reach = Math.max(
        Math.abs(boxes[low + j] - ordered[p * dimension + j]),
        Math.abs(boxes[high + j] - ordered[p * dimension + j]),
      );
      farthest += reach * reach;
    }
    return inside > INSIDE * farthest;
  }

  const edges: number[][] = Array.from({ length: n }, () => []); // in both directions, by rows of the tree

  function searchAround(p: number, node: number) {
    if (edges[p].some((r) => excludes(r, p, node))) return;
    if (second[node] !== 0) {
      const [a, b] = [node + 1, second[node]];
      const toA = squaredDistanceToBox(tree, a, ordered, p * dimension);
      const toB = squaredDistanceToBox(tree, b, ordered, p * dimension);
      searchAround(p, toA <= toB ? a : b);
      searchAround(p, toA <= toB ? b : a);
      return;
    }
    for (let q = Math.max(start[node], p + 1); q < end[node]; q++) {
      const c = squaredDistance(ordered, p, q, dimension);
      if (edges[p].some((r) => isHiddenBy(r, p, q, c)) || isHidden(p, q, c)) continue;
      edges[p].push(q);
      edges[q].push(p);
    }
  }
  for (let p = 0; p < n; p++) searchAround(p, 0);

  return byVertex(tree.ids, edges);
}

/** The graph of vertices from the edges between rows of the tree. */
function byVertex(ids: ArrayLike<number>, edges: readonly number[][]): Neighbors {
  const lists: number[][] = [];
  for (const [p, own] of edges.entries()) lists[ids[p]] = own.map((q) => ids[q]);
  const offsets = new Int32Array(lists.length + 1);
  for (const [p, own] of lists.entries()) offsets[p + 1] = offsets[p] + own.length;
  return explicitNeighbors({ offsets, values: Int32Array.from(lists.flat()) });
}
