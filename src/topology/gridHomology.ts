import { type Complex, type GridComplex, gridComplex } from "./gridComplex.js";
import { type Direction, sweepOrder } from "./sweepOrder.js";

/**
 * Bars of one dimension or several, in order of their dimensions, each longest first, of equally long ones the first
 * born first.
 */
export interface GridBars {
  readonly dimension: Int32Array;
  readonly birth: Float64Array;
  readonly death: Float64Array;
  /** The vertex whose entry makes the class. */
  readonly birthVertex: Int32Array;
  /** The vertex whose entry fills it. */
  readonly deathVertex: Int32Array;
}

/** More cells than this would take too much memory. */
const MOST_CELLS = 1e8;

/**
 * The persistent homology (over Z/2) of a sampled function in dimensions 1 to n − 1: tunnels, voids, … of its sublevel
 * sets, for `superlevel` of its superlevel sets. Dimension 0 is that of the merge tree with the same neighbours.
 *
 * Vertices enter in the order (value, vertex id) of `mergeTree`, every other cell with the last of its corners (the
 * lower-star filtration). A class is born with a cell that closes a cycle and dies with one that fills it; as a box has
 * no holes, every class of dimension 1 and up dies. Pairs of cells that enter with one vertex are no bars; bars without
 * length between different vertices of equal value are kept, as in the merge tree.
 *
 * The boundary matrices are reduced from the highest dimension down, so that cells that a higher one filled need no
 * reduction (Chen & Kerber, Persistent homology computation with a twist, 2011). Columns that need none are not stored.
 *
 * Throws RangeError where the values are not as many as the grid's vertices, or the cells are too many (1e8).
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
    throw new RangeError(`a grid of shape [${shape}] has ${count} vertices; found ${values.length} values`);
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

/** Bars by the ranks of the vertices at their ends, sorted and with their values. */
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
 * The same for samples as the top cells of a cubical complex, as GUDHI takes them: a lower cell enters with the first
 * of the top cells around it. The complex is subdivided: the cells are vertices of a cubical complex on a grid of twice
 * the steps, each with the value of the first top cell around it. A set of cells that has all their faces is then the
 * set of cubes whose vertices it holds.
 */
function topCellHomology(values: Float64Array, shape: readonly number[], direction: Direction): GridBars {
  const { order } = sweepOrder(values, direction);
  const doubled = shape.map((length) => 2 * length + 1);
  const size = doubled.reduce((product, length) => product * length, 1);
  if (size * 2 ** shape.length > MOST_CELLS) {
    throw new RangeError(
      `a grid of shape [${shape}] has about ${size} cells, and ${size * 2 ** shape.length} when they are subdivided; ` +
        `expected at most ${MOST_CELLS}`,
    );
  }
  if (values.length !== order.length || values.length !== shape.reduce((product, length) => product * length, 1)) {
    throw new RangeError(`a grid of shape [${shape}] got ${values.length} values`);
  }
  const strides = doubled.map((_, axis) => doubled.slice(0, axis).reduce((product, length) => product * length, 1));
  let around = [0];
  for (const stride of strides) around = around.flatMap((step) => [step - stride, step, step + stride]);
  // Cells take their values in the order of the sweep: the first top cell that has a cell as a face gives it.
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

/** The cells of a dimension in the order in which they enter. */
interface Cells {
  /** type · vertices + the vertex that the cell grows from. */
  readonly id: Int32Array;
  /** Place in the sweep of the last of a cell's corners. */
  readonly rank: Int32Array;
  /** Place among the cells by id; −1 where none fits. */
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
 * For each cell of `lower` the cell of `upper` that fills the class which it is born with, −1 where there is none: the
 * pivots of the reduced boundary matrix. Columns of cells that close a cycle themselves (`closing` is not −1 there) are
 * zero and left out.
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

/** A sum over Z/2 of columns, which are lists of rows: a heap in which equal rows cancel as they come to the top. */
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

  /** The last row that is in the sum, taken out; −1 of an empty one. */
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
    /** All rows of the sum, the last first, which leaves it empty. */
    take(): Int32Array {
      const rows: number[] = [];
      for (let row = popTop(); row >= 0; row = popTop()) rows.push(row);
      return Int32Array.from(rows);
    },
  };
}
