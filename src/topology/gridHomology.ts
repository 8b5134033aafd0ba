import { type Complex, type GridComplex, gridComplex, moved } from "./gridComplex.js";
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
  /** The vertex whose entry fills it; −1 where none does. */
  readonly deathVertex: Int32Array;
}

/** The most cells that fit in memory. */
const MOST_CELLS = 1e8;

/**
 * The persistent homology (over Z/2) of a sampled function in dimensions 1 to n − 1: the tunnels, voids, … of its
 * sublevel sets, or of its superlevel sets for `superlevel`. Dimension 0 is that of the merge tree with the same
 * neighbours.
 *
 * Vertices enter in the order (value, vertex id) of `mergeTree`, every other cell with the last of its corners (the
 * lower-star filtration). A class is born with a cell that closes a cycle and dies with one that fills it. A box has no
 * holes, so every class of dimension 1 and up dies there; with k periodic axes there are k-fold binomially many holes
 * that last, of dimensions up to k, whose bars end at infinity (−Infinity for `superlevel`). Pairs of cells that enter
 * with one vertex are no bars; bars without length between different vertices of equal value are kept, as in the merge
 * tree.
 *
 * The boundary matrices are reduced from the highest dimension down, so cells that a higher one fills need no reduction
 * (Chen & Kerber, Persistent homology computation with a twist, 2011). Columns that need no reduction are not stored.
 *
 * Throws RangeError when the number of values is not the number of vertices, or when there are too many cells (1e8).
 */
export function gridHomology(
  values: Float64Array,
  shape: readonly number[],
  options: { complex?: Complex | "top-cells"; direction?: Direction; periodic?: readonly boolean[] } = {},
): GridBars {
  const { complex = "freudenthal", direction = "sublevel", periodic = [] } = options;
  if (complex === "top-cells") return topCellHomology(values, shape, direction, periodic);
  const grid = gridComplex(shape, complex, periodic);
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
  // Edges are reduced where loops may last: the other cycles are those that are filled.
  for (let dimension = types.length - 1; dimension >= (grid.periodic ? 1 : 2); dimension--) {
    const lower = cellsOf(grid, dimension - 1, rankOf);
    const { pivots: filledBy, cycles } = reduce(grid, dimension, upper, lower, filled);
    for (const cycle of cycles) found.push({ dimension, birth: upper.rank[cycle], death: LASTS });
    if (dimension === 1) break;
    for (let p = 0; p < filledBy.length; p++) {
      if (filledBy[p] < 0) continue;
      const [birth, death] = [lower.rank[p], upper.rank[filledBy[p]]];
      if (birth !== death) found.push({ dimension: dimension - 1, birth, death });
    }
    filled = filledBy;
    upper = lower;
  }

  return barsOf(found, values, order, direction);
}

/** The rank at which a class dies that nothing fills. */
const LASTS = -1;

/** Bars by the ranks of the vertices at their ends, sorted and with their values. */
function barsOf(
  found: readonly { dimension: number; birth: number; death: number }[],
  values: Float64Array,
  order: Int32Array,
  direction: Direction,
): GridBars {
  const valueAt = (rank: number) => {
    if (rank === LASTS) return direction === "sublevel" ? Infinity : -Infinity;
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
    deathVertex: Int32Array.from(bars, ({ death }) => (death === LASTS ? -1 : order[death])),
  };
}

/**
 * The same for samples as the top cells of a cubical complex, as GUDHI takes them: a lower cell enters with the first
 * of the top cells around it. The complex is subdivided: the cells are vertices of a cubical complex on a grid of twice
 * the steps (a periodic axis has no last one), each with the value of the first top cell around it. A set of cells that
 * has all their faces is then the set of cubes whose vertices it holds.
 */
function topCellHomology(
  values: Float64Array,
  shape: readonly number[],
  direction: Direction,
  periodic: readonly boolean[],
): GridBars {
  const { order } = sweepOrder(values, direction);
  const doubled = shape.map((length, axis) => 2 * length + (periodic[axis] ? 0 : 1));
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
  // Cells take their values in the order of the sweep: the first top cell that has a cell as a face gives it.
  const first = new Int32Array(size).fill(-1);
  for (let rank = 0; rank < order.length; rank++) {
    let rest = order[rank];
    let cells = [0];
    for (const [axis, length] of shape.entries()) {
      const place = 2 * (rest % length) + 1;
      rest = Math.floor(rest / length);
      const places = [place - 1, place, (place + 1) % doubled[axis]];
      cells = cells.flatMap((cell) => places.map((at) => cell + at * strides[axis]));
    }
    for (const cell of cells) if (first[cell] < 0) first[cell] = rank;
  }
  const bars = gridHomology(Float64Array.from(first), doubled, { complex: "cubical", periodic });
  const kept = Array.from(bars.dimension.keys()).filter((i) => bars.birth[i] !== bars.death[i]);
  return barsOf(
    kept.map((i) => ({
      ...{ dimension: bars.dimension[i], birth: bars.birth[i] },
      death: bars.death[i] === Infinity ? LASTS : bars.death[i],
    })),
    values,
    order,
    direction,
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

function cellsOf(grid: GridComplex, dimension: number, rankOf: Int32Array): Cells {
  const { count, types, ends, periodic } = grid;
  const same = types[dimension];
  const last = new Int32Array(same.length * count).fill(-1);
  const starts = new Int32Array(count + 1);
  for (const [type, { corners, span }] of same.entries()) {
    for (let vertex = 0; vertex < count; vertex++) {
      if ((ends[vertex] & span & ~periodic) !== 0) continue;
      let top = -1;
      for (let k = 0; k < corners.length; k++) {
        const rank = rankOf[moved(grid, vertex, corners[k])];
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
 * pivots of the reduced boundary matrix; and the cells of `upper` that close a cycle which nothing fills. Columns of
 * cells that close a cycle themselves (`closing` is not −1 there) are zero and left out.
 */
function reduce(
  grid: GridComplex,
  dimension: number,
  upper: Cells,
  lower: Cells,
  closing?: Int32Array,
): { pivots: Int32Array; cycles: number[] } {
  const { count, types } = grid;
  const same = types[dimension];
  const pivots = new Int32Array(lower.id.length).fill(-1);
  const cycles: number[] = [];
  const reduced = new Map<number, Int32Array>();
  const width = same[0].faces.length;
  const faces = new Int32Array(width);
  function boundary(column: number): number {
    const cell = upper.id[column];
    const type = (cell / count) | 0;
    const vertex = cell - type * count;
    let top = -1;
    for (let k = 0; k < width; k++) {
      const face = same[type].faces[k];
      const at = lower.place[face.type * count + moved(grid, vertex, face)];
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
    if (pivot < 0) {
      cycles.push(column);
      continue;
    }
    pivots[pivot] = column;
    reduced.set(column, work.take());
  }
  return { pivots, cycles };
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
