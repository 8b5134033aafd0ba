import { type Corner, moved } from "./corner.js";
import type { HalvedGrid } from "./halvedGrid.js";

/** The order of cells: those with the lowest corner first, or those with the largest second difference. */
export type CellCriterion = "low-loss" | "curvature";

/** The rank of a cell with edges of `size` steps. The cells with the lowest ranks are subdivided first. */
type Rank = (cell: Corner, size: number, grid: HalvedGrid) => number;

export const cellRanks: Record<CellCriterion, Rank> = {
  "low-loss": (cell, size, { lossOf, corners }) =>
    corners.reduce((least, corner) => {
      const loss = lossOf(moved(cell, corner, size));
      return Number.isFinite(loss) && loss < least ? loss : least;
    }, Infinity),

  curvature(cell, size, { lossOf, corners }) {
    let most = 0;
    for (let axis = 0; axis < cell.length; axis++) {
      const along = cell.map((_, k) => (k === axis ? 1 : 0));
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
