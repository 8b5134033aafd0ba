/** Points in nested boxes. Node 0 is the root; the first child of a node follows it. */
export interface KdTree {
  readonly dimension: number;
  /**
   * The points, row-major, ordered so that the points of every node are consecutive. `ids` holds their original
   * indices.
   */
  readonly points: Float64Array;
  readonly ids: Int32Array;
  /** The points of a node are the rows start[node] … end[node] − 1. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** The second child of a node; 0 for a leaf. */
  readonly second: Int32Array;
  /** The tight box around the points of each node: `dimension` lower ends, then as many upper ends. */
  readonly boxes: Float64Array;
  /** The smallest id among the points of each node. */
  readonly lowestId: Int32Array;
}

/** The largest number of points in a leaf. */
const LEAF_POINTS = 12;

/**
 * The k-d tree of n points in `dimension` coordinates (row-major). A node is split at the median of its widest axis;
 * ties are broken by id, so the depth is log₂ n even when many points coincide. Time O(n (dimension + log n) log n).
 * Bentley, Multidimensional binary search trees used for associative searching (1975).
 *
 * Throws RangeError for points that `checkPoints` refuses.
 */
export function kdTree(points: Float64Array, dimension: number): KdTree {
  checkPoints(points, dimension);
  const n = points.length / dimension;
  // A node with more than LEAF_POINTS points has halves of more than half as many.
  const most = Math.max(1, 4 * Math.ceil(n / LEAF_POINTS));
  const ids = Int32Array.from({ length: n }, (_, i) => i);
  const keys = new Float64Array(n);
  const start = new Int32Array(most);
  const end = new Int32Array(most);
  const second = new Int32Array(most);
  const lowestId = new Int32Array(most);
  const boxes = new Float64Array(most * 2 * dimension);
  let count = 0;

  function build(from: number, to: number): number {
    const node = count++;
    start[node] = from;
    end[node] = to;
    const low = boxes.subarray(node * 2 * dimension, (node * 2 + 1) * dimension).fill(Infinity);
    const high = boxes.subarray((node * 2 + 1) * dimension, (node * 2 + 2) * dimension).fill(-Infinity);
    let lowest = n;
    for (let i = from; i < to; i++) {
      const id = ids[i];
      if (id < lowest) lowest = id;
      for (let j = 0; j < dimension; j++) {
        const x = points[id * dimension + j];
        if (x < low[j]) low[j] = x;
        if (x > high[j]) high[j] = x;
      }
    }
    lowestId[node] = lowest;
    if (to - from <= LEAF_POINTS) return node;
    let axis = 0;
    for (let j = 1; j < dimension; j++) if (high[j] - low[j] > high[axis] - low[axis]) axis = j;
    for (let i = from; i < to; i++) keys[i] = points[ids[i] * dimension + axis];
    const middle = (from + to) >> 1;
    select(keys, ids, from, to - 1, middle);
    build(from, middle);
    second[node] = build(middle, to);
    return node;
  }
  build(0, n);

  const ordered = new Float64Array(points.length);
  for (let i = 0; i < n; i++) {
    ordered.set(points.subarray(ids[i] * dimension, (ids[i] + 1) * dimension), i * dimension);
  }
  return {
    dimension,
    points: ordered,
    ids,
    start: start.slice(0, count),
    end: end.slice(0, count),
    second: second.slice(0, count),
    boxes: boxes.slice(0, count * 2 * dimension),
    lowestId: lowestId.slice(0, count),
  };
}

/**
 * Throws RangeError when the dimension is not a positive integer that divides the number of coordinates, or when a
 * coordinate is not finite.
 */
export function checkPoints(points: Float64Array, dimension: number) {
  if (!Number.isInteger(dimension) || dimension < 1 || points.length % dimension !== 0) {
    throw new RangeError(`${points.length} coordinates do not make points in ${dimension} dimensions`);
  }
  const wrong = points.findIndex((x) => !Number.isFinite(x));
  if (wrong >= 0) {
    const [point, axis] = [Math.floor(wrong / dimension), wrong % dimension];
    throw new RangeError(`coordinate ${axis + 1} of point ${point} is ${points[wrong]}; expected a finite number`);
  }
}

/**
 * Σ (aⱼ − bⱼ)² in the order of the coordinates. The distance from a to b has the same bits as the distance from b to a.
 */
export function squaredDistance(points: Float64Array, a: number, b: number, dimension: number): number {
  const [startA, startB] = [a * dimension, b * dimension];
  let sum = 0;
  for (let j = 0; j < dimension; j++) {
    const difference = points[startA + j] - points[startB + j];
    sum += difference * difference;
  }
  return sum;
}

/**
 * The squared distance from the point whose coordinates start at `at` to the box of a node. The terms are summed in the
 * same order as for the distance between two points, and rounding preserves order. So the box is never farther than a
 * point inside it.
 */
export function squaredDistanceToBox(tree: KdTree, node: number, points: Float64Array, at: number): number {
  const { dimension, boxes } = tree;
  const low = node * 2 * dimension;
  const high = low + dimension;
  let sum = 0;
  for (let j = 0; j < dimension; j++) {
    const x = points[at + j];
    const below = boxes[low + j] - x;
    const above = x - boxes[high + j];
    // max(below, above, 0), exactly, because at most one of them is positive. The form without branches avoids
    // mispredictions.
    const outside = 0.5 * (below + Math.abs(below) + (above + Math.abs(above)));
    sum += outside * outside;
  }
  return sum;
}

/**
 * Partitions keys and ids between two positions, so that `target` holds the entry that a sort by (key, id) would put
 * there, with smaller entries before it.
 */
function select(keys: Float64Array, ids: Int32Array, from: number, to: number, target: number) {
  const less = (i: number, key: number, id: number) => keys[i] < key || (keys[i] === key && ids[i] < id);
  const swap = (i: number, j: number) => {
    const key = keys[i];
    keys[i] = keys[j];
    keys[j] = key;
    const id = ids[i];
    ids[i] = ids[j];
    ids[j] = id;
  };
  while (from < to) {
    const middle = (from + to) >> 1;
    // The median of three is the pivot. The outer two stop the scans.
    if (less(middle, keys[from], ids[from])) swap(from, middle);
    if (less(to, keys[from], ids[from])) swap(from, to);
    if (less(to, keys[middle], ids[middle])) swap(middle, to);
    const key = keys[middle];
    const id = ids[middle];
    let i = from;
    let j = to;
    while (i <= j) {
      while (less(i, key, id)) i++;
      while (keys[j] > key || (keys[j] === key && ids[j] > id)) j--;
      if (i > j) break;
      swap(i, j);
      i++;
      j--;
    }
    if (target <= j) to = j;
    else if (target >= i) from = i;
    else return;
  }
}
