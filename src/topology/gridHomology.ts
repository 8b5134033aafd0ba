import { type Complex, type GridComplex, gridComplex } from "./gridComplex.js";
import { type Direction, sweepOrder } from "./sweepOrder.js";

/**
 * Bars of one or more dimensions, in order of dimension. In each dimension the longest bar comes first; of equally long
 * bars the first born comes first.
 */
export interface GridBars {
  readonly dimension: Int32Array;
  readonly birth: Float64Array;
  readonly death: Float64Array;
  /** The vertex that creates the class. */
  readonly birthVertex: Int32Array;
  /** The vertex that fills it. */
  readonly deathVertex: Int32Array;
}

/** The most cells that fit in memory. */
const MOST_CELLS = 1e8;

/**
 * The persistent homology (over Z/2) of a sampled function in dimensions 1 to n − 1: the tunnels, voids, … of its
 * sublevel sets, or of its superlevel sets for `superlevel`. Dimension 0 is that of the merge tree with the same
 * neighbours.
 *
 * Vertices enter in the order (value, vertex id) of `mergeTree`. Every other cell enters with the last of its corners
 * (the lower-star filtration). A class is born with a cell that closes a cycle and dies with a cell that fills it. A
 * box has no holes, so every class of dimension 1 and up dies. Pairs of cells that enter with the same vertex are not
 * bars. Bars of length 0 between different vertices of equal value are kept, as in the merge tree.
 *
 * The boundary matrices are reduced from the highest dimension down, so cells that a higher one fills need no reduction
 * (Chen & Kerber, Persistent homology computation with a twist, 2011). Columns that need no reduction are not stored.
 *
 * Throws RangeError when the number of values is not the number of vertices, or when there are too many cells (1e8).
 */
export function gridHomology(
  values: Float64Array,
  shape: readonly number[],
  options: { complex?: Complex | "top-cells"; direction?: Direction } = {},
): GridBars {
  const { complex = "freudenthal", direction = "sublevel" } = options;
  if (complex === "top-cells") return topCellHomology(values, shape, direction);
  const grid = gridComplex(shape, complex);
  const { count, types } = grid;
  if (values.length !== count) {
    throw new RangeError(
      `a grid of shape [${shape}] has ${count} vertices but ${values.length} values; expected one per vertex`,
    );
  }
  const cells = types.reduce((sum, same) => sum + same.length * count, 0);
  if (cells > MOST_CELLS) {
    throw new RangeError(`a grid of shape [${shape}] has about ${cells} cells; expected at most ${MOST_CELLS}`);
  }
  const { order } = sweepOrder(values, direction);
  const rankOf = new Int32Array(count);
  for (let rank = 0; rank < count; rank++) rankOf[order[rank]] = rank;

  const found: { dimension: number; birth: number; death: number }[] = [];
  let filled: Int32Array | undefined;
  let upper = cellsOf(grid, types.length - 1, rankOf);
  for (let dimension = types.length - 1; dimension >= 2; dimension--) {
    const lower = cellsOf(grid, dimension - 1, rankOf);
    const filledBy = reduce(grid, dimension, upper, lower, filled);
    for (let p = 0; p < filledBy.length; p++) {
      if (filledBy[p] < 0) continue;
      const [birth, death] = [lower.rank[p], upper.rank[filledBy[p]]];
      if (birth !== death) found.push({ dimension: dimension - 1, birth, death });
    }
    filled = filledBy;
    upper = lower;
  }

  return barsOf(found, values, order);
}

/** The bars by the ranks of the vertices at their ends, sorted, with their values. */
function barsOf(
  found: readonly { dimension: number; birth: number; death: number }[],
  values: Float64Array,
  order: Int32Array,
): GridBars {
  const valueAt = (rank: number) => {
    const value = values[order[rank]];
    return Number.isNaN(value) ? Infinity : value;
  };
  const length = ({ birth, death }: { birth: number; death: number }) => {
    const [from, to] = [valueAt(birth), valueAt(death)];
    return from === to ? 0 : Math.abs(to - from);
  };
  const bars = found
    .map((bar) => ({ ...bar, length: length(bar) }))
    .sort(
      (a, b) =>
        a.dimension - b.dimension ||
        (a.length === b.length ? 0 : b.length - a.length) ||
        a.birth - b.birth ||
        a.death - b.death,
    );
  return {
    dimension: Int32Array.from(bars, ({ dimension }) => dimension),
    birth: Float64Array.from(bars, ({ birth }) => valueAt(birth)),
    death: Float64Array.from(bars, ({ death }) => valueAt(death)),
    birthVertex: Int32Array.from(bars, ({ birth }) => order[birth]),
    deathVertex: Int32Array.from(bars, ({ death }) => order[death]),
  };
}

/**
 * The same for samples as the top cells of a cubical complex, as in GUDHI: a lower cell enters with the first top cell
 * around it. The function subdivides the complex: its cells become the vertices of a cubical complex on a grid with
 * half the spacing, each with the value of the first top cell around it. A set of cells that contains all faces of its
 * members is then the set of cubes whose vertices it holds.
 */
function topCellHomology(values: Float64Array, shape: readonly number[], direction: Direction): GridBars {
  const { order } = sweepOrder(values, direction);
  const doubled = shape.map((length) => 2 * length + 1);
  const size = doubled.reduce((product, length) => product * length, 1);
  if (size * 2 ** shape.length > MOST_CELLS) {
    throw new RangeError(
      `a grid of shape [${shape}] has about ${size} cells, and ${size * 2 ** shape.length} after subdivision; ` +
        `expected at most ${MOST_CELLS}`,
    );
  }
  if (values.length !== order.length || values.length !== shape.reduce((product, length) => product * length, 1)) {
    throw new RangeError(`a grid of shape [${shape}] got ${values.length} values; expected one per cell`);
  }
  const strides = doubled.map((_, axis) => doubled.slice(0, axis).reduce((product, length) => product * length, 1));
  let around = [0];
  for (const stride of strides) around = around.flatMap((step) => [step - stride, step, step + stride]);
  // A cell takes its value from the first top cell of the sweep that has it as a face.
  const first = new Int32Array(size).fill(-1);
  for (let rank = 0; rank < order.length; rank++) {
    let rest = order[rank];
    let cell = 0;
    for (const [axis, length] of shape.entries()) {
      cell += (2 * (rest % length) + 1) * strides[axis];
      rest = Math.floor(rest / length);
    }
    for (const step of around) if (first[cell + step] < 0) first[cell + step] = rank;
  }
  const bars = gridHomology(Float64Array.from(first), doubled, { complex: "cubical" });
  const kept = Array.from(bars.dimension.keys()).filter((i) => bars.birth[i] !== bars.death[i]);
  return barsOf(
    kept.map((i) => ({ dimension: bars.dimension[i], birth: bars.birth[i], death: bars.death[i] })),
    values,
    order,
  );
}

/** The cells of one dimension in the order in which they enter. */
interface Cells {
  /** type · vertices + the base vertex. */
  readonly id: Int32Array;
  /** The position in the sweep of the last corner of each cell. */
  readonly rank: Int32Array;
  /** The position of each id among the cells; −1 when no cell fits there. */
  readonly place: Int32Array;
}

function cellsOf({ count, types, ends }: GridComplex, dimension: number, rankOf: Int32Array): Cells {
  const same = types[dimension];
  const last = new Int32Array(same.length * count).fill(-1);
  const starts = new Int32Array(count + 1);
  for (const [type, { corners, span }] of same.entries()) {
    for (let vertex = 0; vertex < count; vertex++) {
      if ((ends[vertex] & span) !== 0) continue;
      let top = -1;
      for (let k = 0; k < corners.length; k++) {
        const rank = rankOf[vertex + corners[k]];
        if (rank > top) top = rank;
      }
      last[type * count + vertex] = top;
      starts[top + 1]++;
    }
  }
  for (let rank = 0; rank < count; rank++) starts[rank + 1] += starts[rank];
  const size = starts[count];
  const [id, rank] = [new Int32Array(size), new Int32Array(size)];
  const place = new Int32Array(last.length).fill(-1);
  for (let cell = 0; cell < last.length; cell++) {
    if (last[cell] < 0) continue;
    const at = starts[last[cell]]++;
    id[at] = cell;
    rank[at] = last[cell];
    place[cell] = at;
  }
  return { id, rank, place };
}

/**
 * For each cell of `lower`, the cell of `upper` that fills the class born with it, or −1 when there is none: the pivots
 * of the reduced boundary matrix. A cell that closes a cycle itself (`closing` is not −1 there) has a zero column and
 * is skipped.
 */
function reduce(grid: GridComplex, dimension: number, upper: Cells, lower: Cells, closing?: Int32Array): Int32Array {
  const { count, types } = grid;
  const same = types[dimension];
  const pivots = new Int32Array(lower.id.length).fill(-1);
  const reduced = new Map<number, Int32Array>();
  const width = same[0].faces.length;
  const faces = new Int32Array(width);
  function boundary(column: number): number {
    const cell = upper.id[column];
    const type = (cell / count) | 0;
    const vertex = cell - type * count;
    let top = -1;
    for (let k = 0; k < width; k++) {
      const { step, type: face } = same[type].faces[k];
      const at = lower.place[face * count + vertex + step];
      faces[k] = at;
      if (at > top) top = at;
    }
    return top;
  }

  const work = sumOfColumns();
  for (let column = 0; column < upper.id.length; column++) {
    if (closing !== undefined && closing[column] >= 0) continue;
    const top = boundary(column);
    if (pivots[top] < 0) {
      pivots[top] = column;
      continue;
    }
    work.add(faces);
    let pivot = top;
    while (pivot >= 0 && pivots[pivot] >= 0) {
      const other = pivots[pivot];
      const stored = reduced.get(other);
      if (stored) work.add(stored);
      else {
        boundary(other);
        work.add(faces);
      }
      pivot = work.top();
    }
    if (pivot < 0) continue;
    pivots[pivot] = column;
    reduced.set(column, work.take());
  }
  return pivots;
}

/** A sum over Z/2 of columns, which are lists of rows: a heap in which equal rows cancel when they reach the top. */
function sumOfColumns() {
  let heap = new Int32Array(1024);
  let size = 0;

  function push(row: number) {
    if (size === heap.length) {
      const larger = new Int32Array(2 * size);
      larger.set(heap);
      heap = larger;
    }
    let i = size++;
    while (i > 0) {
      const above = (i - 1) >> 1;
      if (heap[above] >= row) break;
      heap[i] = heap[above];
      i = above;
    }
    heap[i] = row;
  }

  function pop(): number {
    const row = heap[0];
    const last = heap[--size];
    let i = 0;
    for (let child = 1; child < size; child = 2 * i + 1) {
      if (child + 1 < size && heap[child + 1] > heap[child]) child++;
      if (heap[child] <= last) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
    return row;
  }

  /** Removes and returns the last row of the sum; −1 when the sum is empty. */
  function popTop(): number {
    while (size > 0) {
      const row = pop();
      if (size === 0 || heap[0] !== row) return row;
      pop();
    }
    return -1;
  }

  return {
    add(rows: Int32Array) {
      for (let k = 0; k < rows.length; k++) push(rows[k]);
    },
    top(): number {
      const row = popTop();
      if (row >= 0) push(row);
      return row;
    },
    /** Removes and returns all rows of the sum, the last one first. */
    take(): Int32Array {
      const rows: number[] = [];
      for (let row = popTop(); row >= 0; row = popTop()) rows.push(row);
      return Int32Array.from(rows);
    },
  };
}
