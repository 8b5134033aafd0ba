/** A rectilinear grid with the loss at its vertices, first axis fastest. */
export interface SampledGrid {
  /** Coordinates along each axis. */
  axes: readonly Float64Array[];
  losses: Float64Array;
}

export interface RefineOptions {
  /**
   * The order of the cells. low-loss: those with the lowest corner. curvature: those with the largest second difference
   * |f₋ − 2f₀ + f₊| along an edge and the point before or after it, as far as these are known.
   * Losses that are not finite do not count.
   */
  criterion: "low-loss" | "curvature";
  /** The share of the cells of a level to subdivide, at least one cell. */
  fraction: number;
  /** The number of times that cells are halved along every axis. */
  levels: number;
  /** The maximum number of new points. A cell is subdivided completely or not at all. */
  points: number;
}

export interface RefinedGrid {
  /** [points × axes]: the vertices of the grid in their order, then the new points in the order of creation. */
  coordinates: Float64Array;
  losses: Float64Array;
  /** 0 for the vertices of the grid, otherwise the level at which a point was created. */
  level: Int32Array;
  /** The number of subdivided cells of each level; the first level has those of the grid. */
  subdivided: number[];
}

/** A cell by its lowest corner, in steps of the finest level. */
type Corner = number[];

/**
 * Adds points in regions where a loss on a grid is low or curved. A share of the cells of a level is halved along every
 * axis; a share of the resulting cells makes up the next level. Points are identified by integers, their steps at the
 * finest level, so cells share their corners. Ties go to the cell that comes first, so the result depends only on the
 * arguments.
 *
 * @throws RangeError for an axis with fewer than two coordinates, or for levels so fine that points can no longer be
 * counted.
 */
export async function refineGrid(
  { axes, losses }: SampledGrid,
  lossAt: (coordinates: Float64Array) => Promise<Float64Array>,
  { criterion, fraction, levels, points }: RefineOptions,
): Promise<RefinedGrid> {
  const n = axes.length;
  const finest = 2 ** levels;
  const extents = axes.map((axis, k) => {
    if (axis.length < 2) throw new RangeError(`axis ${k} has ${axis.length} coordinates; cells need 2 or more`);
    return finest * (axis.length - 1) + 1;
  });
  if (!Number.isSafeInteger(extents.reduce((product, extent) => product * extent, 1))) {
    throw new RangeError(`${levels} levels on a grid of ${axes.map((axis) => axis.length).join(" × ")} are too many`);
  }
  const corners = offsets(n, [0, 1]);
  const middles = offsets(n, [0, 1, 2]).filter((offset) => offset.includes(1));

  const made = new Map<number, number>();
  const coordinates: number[] = [];
  const madeLosses: number[] = [];
  const madeLevels: number[] = [];

  const keyOf = (at: Corner) => at.reduceRight((key, steps, k) => key * extents[k] + steps, 0);
  /** The row of a point in the result; undefined when it is unknown or outside. */
  function rowOf(at: Corner): number | undefined {
    if (at.some((steps, k) => steps < 0 || steps >= extents[k])) return undefined;
    if (at.some((steps) => steps % finest !== 0)) return made.get(keyOf(at));
    return at.reduceRight((vertex, steps, k) => vertex * axes[k].length + steps / finest, 0);
  }
  function lossOf(at: Corner): number {
    const row = rowOf(at);
    if (row === undefined) return Number.NaN;
    return row < losses.length ? losses[row] : madeLosses[row - losses.length];
  }
  const moved = (at: Corner, offset: Corner, step: number) => at.map((steps, k) => steps + step * offset[k]);

  /** The cells with the lowest ranks are subdivided first. */
  const ranks: Record<RefineOptions["criterion"], (cell: Corner, size: number) => number> = {
    "low-loss": (cell, size) =>
      corners.reduce((least, corner) => {
        const loss = lossOf(moved(cell, corner, size));
        return Number.isFinite(loss) && loss < least ? loss : least;
      }, Infinity),
    curvature(cell, size) {
      let most = 0;
      for (let axis = 0; axis < n; axis++) {
        const along = axes.map((_, k) => (k === axis ? 1 : 0));
        for (const corner of corners) {
          if (corner[axis] === 1) continue;
          const edge = moved(cell, corner, size);
          const [before, from, to, after] = [-1, 0, 1, 2].map((i) => lossOf(moved(edge, along, i * size)));
          for (const bend of [before - 2 * from + to, from - 2 * to + after]) {
            if (Number.isFinite(bend)) most = Math.max(most, Math.abs(bend));
          }
        }
      }
      return -most;
    },
  };

  /** The coordinate of a number of steps along an axis, between its two neighbours on the grid. */
  function coordinate(steps: number, axis: Float64Array): number {
    const part = steps % finest;
    const index = (steps - part) / finest;
    return part === 0 ? axis[index] : (axis[index] * (finest - part) + axis[index + 1] * part) / finest;
  }

  const total = (rows: number) => losses.length + rows;
  const subdivided: number[] = [];
  let candidates: Iterable<Corner> = gridCells(axes, finest);
  for (let level = 1; level <= levels && made.size < points; level++) {
    const size = finest / 2 ** (level - 1);
    const chosen = lowest(candidates, (cell) => ranks[criterion](cell, size), fraction);
    const next: Corner[] = [];
    const fresh: Corner[] = [];
    let count = 0;
    for (const cell of chosen) {
      const inside = middles.map((offset) => moved(cell, offset, size / 2)).filter((at) => rowOf(at) === undefined);
      if (made.size + inside.length > points) break;
      for (const at of inside) {
        made.set(keyOf(at), total(made.size));
        fresh.push(at);
      }
      next.push(...corners.map((corner) => moved(cell, corner, size / 2)));
      count++;
    }
    if (count === 0) break;
    subdivided.push(count);
    const places = Float64Array.from(fresh.flatMap((at) => at.map((steps, k) => coordinate(steps, axes[k]))));
    const found = await lossAt(places);
    for (const value of places) coordinates.push(value);
    for (const loss of found) {
      madeLosses.push(loss);
      madeLevels.push(level);
    }
    candidates = next;
  }

  const rows = total(madeLosses.length);
  const result: RefinedGrid = {
    coordinates: new Float64Array(rows * n),
    losses: new Float64Array(rows),
    level: new Int32Array(rows),
    subdivided,
  };
  losses.forEach((_, vertex) => {
    let rest = vertex;
    for (let k = 0; k < n; k++) {
      const index = rest % axes[k].length;
      result.coordinates[vertex * n + k] = axes[k][index];
      rest = (rest - index) / axes[k].length;
    }
  });
  result.losses.set(losses);
  result.coordinates.set(coordinates, losses.length * n);
  result.losses.set(madeLosses, losses.length);
  result.level.set(madeLevels, losses.length);
  return result;
}

/** All points of {values}ⁿ, first axis fastest. */
function offsets(n: number, values: readonly number[]): Corner[] {
  if (n === 0) return [[]];
  const rests = offsets(n - 1, values);
  return values.flatMap((value) => rests.map((rest) => [...rest, value]));
}

/** The cells of the grid, first axis fastest. */
function* gridCells(axes: readonly Float64Array[], size: number): Generator<Corner> {
  const counts = axes.map((axis) => axis.length - 1);
  const total = counts.reduce((product, count) => product * count, 1);
  for (let cell = 0; cell < total; cell++) {
    let rest = cell;
    yield counts.map((count) => {
      const index = rest % count;
      rest = (rest - index) / count;
      return size * index;
    });
  }
}

/** The share of the cells with the lowest ranks, at least one, in the order of their ranks. Ties keep their order. */
function lowest(cells: Iterable<Corner>, rankOf: (cell: Corner) => number, fraction: number): Corner[] {
  const all = Array.from(cells);
  const rank = Float64Array.from(all, rankOf);
  const order = Uint32Array.from(all.keys()).sort((a, b) => (rank[a] === rank[b] ? a - b : rank[a] < rank[b] ? -1 : 1));
  return Array.from(order.subarray(0, Math.max(1, Math.floor(fraction * all.length))), (cell) => all[cell]);
}
