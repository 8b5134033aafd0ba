/** A point, or a cell by its lowest corner, in steps of the finest level along each axis. */
export type Corner = readonly number[];

/** A point moved by an offset, in units of `step`. */
export const moved = (at: Corner, offset: Corner, step: number): Corner =>
  at.map((steps, k) => steps + step * offset[k]);

/** All points of {values}ⁿ, first axis fastest. */
export function offsets(n: number, values: readonly number[]): Corner[] {
  if (n === 0) return [[]];
  const rests = offsets(n - 1, values);
  return values.flatMap((value) => rests.map((rest) => [...rest, value]));
}
