/** An undirected graph for the sweeps: vertex ids 0 … count−1 and, on demand, the neighbours of a vertex. */
export interface Neighbors {
  readonly count: number;
  /** An upper bound on the neighbours of a vertex. A buffer for `list` has at least this length. */
  readonly maxDegree: number;
  /** Writes the neighbours of `vertex` to the start of `out` and returns their number. u lists v when v lists u. */
  list(vertex: number, out: Int32Array): number;
}

/**
 * The neighbours of a vertex of a grid, given by their offsets (components −1, 0, 1 per axis):
 * - `axis`: the offset has one non-zero component; 2n neighbours.
 * - `freudenthal`: the Kuhn triangulation in the orientation of TTK's implicit grids, 2(2ⁿ−1) neighbours. They are ±
 *   the non-zero offsets in {0,1}ⁿ with the component of the first axis negated. In 2-D the diagonals are (+1,−1) and
 *   (−1,+1).
 * - `full`: every offset; 3ⁿ−1 neighbours (the vertices are the top cells of a cubical complex).
 */
export type Connectivity = "axis" | "freudenthal" | "full";

const touches: Record<Connectivity, (offset: readonly number[]) => boolean> = {
  axis: (offset) => offset.filter((c) => c !== 0).length === 1,
  freudenthal: ([first, ...rest]) => {
    const oriented = [-first, ...rest];
    return oriented.some((c) => c !== 0) && (oriented.every((c) => c >= 0) || oriented.every((c) => c <= 0));
  },
  full: (offset) => offset.some((c) => c !== 0),
};

/**
 * The implicit graph of a regular grid, first axis fastest: vertex = i₀ + shape₀·(i₁ + shape₁·(i₂ + …)).
 *
 * The last vertex of a periodic axis is next to the first, so the grid becomes a cylinder or a torus.
 *
 * Axes of length 1 are allowed and add no neighbours. They keep their place: with `freudenthal`, a grid [1, a, b] is a
 * slice of a 3-D triangulation, whose diagonals are (+1,+1), and [a, b, 1] equals [a, b].
 *
 * Throws RangeError when a length is not a positive integer, when there are more than 2³¹−1 vertices or more than 15
 * axes longer than 1.
 */
export function gridNeighbors(
  shape: readonly number[],
  connectivity: Connectivity,
  periodic: readonly boolean[] = [],
): Neighbors {
  const count = shape.reduce((product, length) => product * length, 1);
  if (shape.length === 0 || !shape.every((length) => Number.isInteger(length) && length > 0)) {
    throw new RangeError(`a grid's shape is [${shape}]; expected one or more positive integers`);
  }
  if (count > 0x7fffffff) throw new RangeError(`a grid of shape [${shape}] has ${count} vertices; at most 2^31-1 fit`);
  const lengths = shape.filter((length) => length > 1);
  if (lengths.length > 15) {
    throw new RangeError(`a grid's shape is [${shape}]; at most 15 axes may be longer than 1`);
  }

  if (periodic.some((isPeriodic, axis) => isPeriodic && shape[axis] > 1)) {
    return wrappedNeighbors(shape, offsets(shape).filter(touches[connectivity]), periodic);
  }
  // A vertex lies on some faces of the box (two bits per axis). An offset is not allowed on the faces through which it
  // leaves the box.
  const moves = offsets(shape)
    .filter(touches[connectivity])
    .map((offset) => move(shape, offset))
    .sort((a, b) => a.step - b.step);
  const degree = moves.length;
  const steps = Int32Array.from(moves, (m) => m.step);
  const leaves = Int32Array.from(moves, (m) => m.leaves);
  // The faces of vertex = fast + fastCount·slow are the union of the faces of its fast and its slow axes. So two small
  // tables and one division suffice.
  const half = Math.ceil(lengths.length / 2);
  const fastFaces = faceTable(lengths.slice(0, half), 0);
  const slowFaces = faceTable(lengths.slice(half), half);
  const fastCount = fastFaces.length;

  function list(vertex: number, out: Int32Array): number {
    const slow = (vertex / fastCount) | 0;
    const faces = fastFaces[vertex - slow * fastCount] | slowFaces[slow];
    if (faces === 0) {
      for (let k = 0; k < degree; k++) out[k] = vertex + steps[k];
      return degree;
    }
    let found = 0;
    for (let k = 0; k < degree; k++) {
      if ((faces & leaves[k]) === 0) out[found++] = vertex + steps[k];
    }
    return found;
  }

  return { count, maxDegree: degree, list };
}

/** The same, from the coordinates of each vertex, which wrap around along periodic axes. */
function wrappedNeighbors(
  shape: readonly number[],
  moves: readonly number[][],
  periodic: readonly boolean[],
): Neighbors {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, 1));
  const at = new Int32Array(shape.length);
  function list(vertex: number, out: Int32Array): number {
    let rest = vertex;
    for (let axis = 0; axis < shape.length; axis++) {
      at[axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    let found = 0;
    for (const offset of moves) {
      let to = 0;
      for (let axis = 0; axis < shape.length && to >= 0; axis++) {
        const length = shape[axis];
        const place = at[axis] + offset[axis];
        if (place >= 0 && place < length) to += place * strides[axis];
        else to = periodic[axis] ? to + ((place + length) % length) * strides[axis] : -1;
      }
      if (to >= 0) out[found++] = to;
    }
    return found;
  }
  const count = shape.reduce((product, length) => product * length, 1);
  return { count, maxDegree: moves.length, list };
}

/** Every offset with components −1, 0, 1, and only 0 along axes of length 1. */
function offsets(shape: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const length of shape) {
    const components = length > 1 ? [-1, 0, 1] : [0];
    all = all.flatMap((offset) => components.map((c) => [...offset, c]));
  }
  return all;
}

/**
 * The faces that each vertex of a grid lies on, when the axes of the grid are those from `firstAxis` on. Bit 2·axis is
 * the lower face, the next bit the upper one.
 */
function faceTable(lengths: readonly number[], firstAxis: number): Int32Array {
  let table = new Int32Array(1);
  lengths.forEach((length, axis) => {
    const bit = 2 * (firstAxis + axis);
    const size = table.length;
    const longer = new Int32Array(size * length);
    for (let i = 0; i < length; i++) {
      const face = i === 0 ? 1 << bit : i === length - 1 ? 2 << bit : 0;
      for (let j = 0; j < size; j++) longer[i * size + j] = table[j] | face;
    }
    table = longer;
  });
  return table;
}

/** The change that an offset makes to a vertex id, and the faces through which it leaves the grid. */
function move(shape: readonly number[], offset: readonly number[]): { step: number; leaves: number } {
  let step = 0;
  let leaves = 0;
  let stride = 1;
  let bit = 0;
  shape.forEach((length, axis) => {
    step += offset[axis] * stride;
    stride *= length;
    if (length === 1) return;
    if (offset[axis] < 0) leaves |= 1 << bit;
    if (offset[axis] > 0) leaves |= 2 << bit;
    bit += 2;
  });
  return { step, leaves };
}
