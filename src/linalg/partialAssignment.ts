import { indexHeap } from "./indexHeap.js";

/** The most pairs that are kept at once, at 12 bytes each. */
const MOST_PAIRS = 2 ** 26;

export interface PartialAssignment {
  /** The total cost. Infinity when a row or column stays alone that must not. */
  total: number;
  /** The column of each row, or −1 when the row stays alone. */
  column: Int32Array;
}

/**
 * The cheapest matching of rows with columns. Each is matched at most once, and each unmatched row or column pays for
 * staying alone. The result minimizes Σ cost(matched) + Σ alone(others). Costs are ≥ 0; a pair of cost Infinity is
 * never matched. `alone` may be Infinity for a row or column that must be matched; then as few as possible of these
 * stay alone, and the total is Infinity if one does.
 *
 * The method is successive shortest augmenting paths with potentials (Jonker and Volgenant: A shortest augmenting path
 * algorithm for dense and sparse linear assignment problems, 1987). A row that stays alone ends a path, so the n + m
 * extra rows and columns of the usual square problem are not needed, and only pairs that are cheaper than leaving both
 * alone are kept. Time O(n · pairs) at worst, far less when pairs are local.
 *
 * Throws RangeError when more than 2²⁶ pairs are worth matching: they would take 0.8 GB.
 */
export function partialAssignment(
  rowAlone: Float64Array,
  columnAlone: Float64Array,
  cost: (row: number, column: number) => number,
): PartialAssignment {
  const rows = rowAlone.length;
  const columns = columnAlone.length;
  const forbidden = priceOfForbidden(rowAlone, columnAlone, cost);
  const ofRow = rowAlone.map((price) => Math.min(price, forbidden));
  const ofColumn = columnAlone.map((price) => Math.min(price, forbidden));
  const { offsets, ends, costs } = worthwhilePairs(ofRow, ofColumn, cost);

  // Row prices u and column prices v ≤ 0 keep every reduced cost c − u − v ≥ 0, with 0 on matched pairs. c is relative
  // to the cost of leaving the column alone.
  const u = new Float64Array(rows);
  const v = new Float64Array(columns);
  const column = new Int32Array(rows).fill(-1);
  const row = new Int32Array(columns).fill(-1);
  const open = bidForColumns(ofRow, offsets, ends, costs, { u, v, column, row });
  const distance = new Float64Array(columns);
  const from = new Int32Array(columns); // the row before each column on the shortest path
  const reached = new Int32Array(columns).fill(-1); // the search that reached each column
  const done = new Int32Array(columns).fill(-1); // the search that settled each column
  const heap = indexHeap(distance);
  for (const start of open) {
    const settled: number[] = [];
    const reach = (i: number, base: number, limit: number) => {
      for (let e = offsets[i]; e < offsets[i + 1]; e++) {
        const j = ends[e];
        const along = base + costs[e] - v[j];
        if (along >= limit || done[j] === start || (reached[j] === start && along >= distance[j])) continue;
        reached[j] = start;
        distance[j] = along;
        from[j] = i;
        heap.raise(j);
      }
    };
    let shortest = ofRow[start];
    let alone = start; // the row that the path leaves alone; −1 when the path ends at the free column `free`
    let free = -1;
    reach(start, 0, shortest);
    while (heap.size > 0) {
      const j = heap.pop();
      if (distance[j] >= shortest) break;
      if (row[j] < 0) {
        shortest = distance[j];
        alone = -1;
        free = j;
        break;
      }
      done[j] = start;
      settled.push(j);
      const i = row[j];
      const base = distance[j] - u[i];
      if (base + ofRow[i] < shortest) {
        shortest = base + ofRow[i];
        alone = i;
      }
      reach(i, base, shortest);
    }
    heap.clear();

    for (const j of settled) {
      if (distance[j] >= shortest) continue;
      u[row[j]] += shortest - distance[j];
      v[j] -= shortest - distance[j];
    }
    u[start] = shortest;
    let end = free;
    if (alone >= 0) {
      end = column[alone];
      column[alone] = -1;
      if (alone === start) continue;
    }
    for (let i = -1; i !== start; ) {
      i = from[end];
      row[end] = i;
      [column[i], end] = [end, column[i]];
    }
  }

  let total = 0;
  for (let i = 0; i < rows; i++) total += column[i] < 0 ? rowAlone[i] : cost(i, column[i]);
  for (let j = 0; j < columns; j++) if (row[j] < 0) total += columnAlone[j];
  return { total, column };
}

/**
 * Jonker and Volgenant's augmenting row reduction. A row takes its cheapest column and lowers the price of that column
 * until the second cheapest is as good; a row that loses its column looks again. This settles most rows at little cost.
 * Returns the rows that are still to be assigned. A step count bounds it.
 */
function bidForColumns(
  ofRow: Float64Array,
  offsets: Int32Array,
  ends: Int32Array,
  costs: Float64Array,
  { u, v, column, row }: { u: Float64Array; v: Float64Array; column: Int32Array; row: Int32Array },
): number[] {
  const waiting = Array.from(ofRow.keys()).reverse();
  const open: number[] = [];
  for (let steps = 20 * ofRow.length; waiting.length > 0 && steps > 0; steps--) {
    const i = waiting.pop() as number;
    let best = ofRow[i]; // staying alone
    let second = Infinity;
    let taken = -1;
    for (let e = offsets[i]; e < offsets[i + 1]; e++) {
      const price = costs[e] - v[ends[e]];
      if (price >= second) continue;
      if (price >= best) second = price;
      else {
        second = best;
        best = price;
        taken = ends[e];
      }
    }
    if (taken < 0) {
      u[i] = best;
      continue;
    }
    const owner = row[taken];
    // Equally good columns could change hands forever.
    if (owner >= 0 && second <= best) {
      open.push(i);
      continue;
    }
    u[i] = second;
    v[taken] -= second - best;
    row[taken] = i;
    column[i] = taken;
    if (owner < 0) continue;
    column[owner] = -1;
    waiting.push(owner);
  }
  return [...open, ...waiting];
}

/**
 * A finite price for leaving alone what must be matched. It exceeds the total cost of all others. Infinity when there
 * is no such row or column.
 */
function priceOfForbidden(
  rowAlone: Float64Array,
  columnAlone: Float64Array,
  cost: (row: number, column: number) => number,
): number {
  let sum = 0;
  const finite = (x: number) => (x < Infinity ? x : 0);
  const alones = [rowAlone, columnAlone].map((prices) => prices.reduce((total, price) => total + finite(price), 0));
  if (rowAlone.every(Number.isFinite) && columnAlone.every(Number.isFinite)) return Infinity;
  for (let i = 0; i < rowAlone.length; i++) {
    let largest = 0;
    for (let j = 0; j < columnAlone.length; j++) largest = Math.max(largest, finite(cost(i, j)));
    sum += largest;
  }
  return 2 * (sum + alones[0] + alones[1]) || 1;
}

/**
 * For each row, the columns that are cheaper matched with it than both alone, and the cost minus the column's price of
 * staying alone.
 */
function worthwhilePairs(
  rowAlone: Float64Array,
  columnAlone: Float64Array,
  cost: (row: number, column: number) => number,
) {
  const offsets = new Int32Array(rowAlone.length + 1);
  let pairs = 0;
  for (let i = 0; i < rowAlone.length; i++) {
    for (let j = 0; j < columnAlone.length; j++) if (cost(i, j) < rowAlone[i] + columnAlone[j]) pairs++;
    offsets[i + 1] = pairs;
    if (pairs > MOST_PAIRS) {
      throw new RangeError(
        `an assignment of ${rowAlone.length} to ${columnAlone.length} has more than ${MOST_PAIRS} pairs worth matching, too many for memory; pass fewer, such as the most persistent bars`,
      );
    }
  }
  const ends = new Int32Array(pairs);
  const costs = new Float64Array(pairs);
  let e = 0;
  for (let i = 0; i < rowAlone.length; i++) {
    for (let j = 0; j < columnAlone.length; j++) {
      const price = cost(i, j);
      if (!(price < rowAlone[i] + columnAlone[j])) continue;
      ends[e] = j;
      costs[e++] = price - columnAlone[j];
    }
  }
  return { offsets, ends, costs };
}
