import { type CellCriterion, cellRanks } from "./cellRank.js";
import { type Corner, moved, offsets } from "./corner.js";
import { halvedGrid, type SampledGrid } from "./halvedGrid.js";

export interface RefineOptions {
  /**
   * The order of the cells. low-loss: those with the lowest corner. curvature: those with the largest second difference
   * |f₋ − 2f₀ + f₊| along an edge and the point before or after it, as far as these are known.
   * Losses that are not finite do not count.
   */
  criterion: CellCriterion;
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

/**
 * Adds points in regions where a loss on a grid is low or curved. A share of the cells of a level is halved along every
 * axis; a share of the resulting cells makes up the next level. Ties go to the cell that comes first, so the result
 * depends only on the arguments.
 *
 * @throws RangeError for an axis with fewer than two coordinates, or for levels so fine that points can no longer be
 * counted.
 */
export async function refineGrid(
  sampled: SampledGrid,
  lossAt: (coordinates: Float64Array) => Promise<Float64Array>,
  { criterion, fraction, levels, points }: RefineOptions,
): Promise<RefinedGrid> {
  const grid = halvedGrid(sampled, levels);
  const middles = offsets(sampled.axes.length, [0, 1, 2]).filter((offset) => offset.includes(1));
  const subdivided: number[] = [];
  let candidates: Iterable<Corner> = gridCells(sampled.axes, grid.finest);
  for (let level = 1; level <= levels && grid.size() < points; level++) {
    const size = grid.finest / 2 ** (level - 1);
    const next: Corner[] = [];
    const fresh: Corner[] = [];
    let count = 0;
    for (const cell of lowest(candidates, (own) => cellRanks[criterion](own, size, grid), fraction)) {
      const inside = middles.map((offset) => moved(cell, offset, size / 2)).filter((at) => !grid.isKnown(at));
      if (grid.size() + inside.length > points) break;
      for (const at of inside) grid.add(at);
      fresh.push(...inside);
      next.push(...grid.corners.map((corner) => moved(cell, corner, size / 2)));
      count++;
    }
    if (count === 0) break;
    subdivided.push(count);
    const places = grid.placesOf(fresh);
    grid.measured(places, await lossAt(places), level);
    candidates = next;
  }
  return { ...grid.points(), subdivided };
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
