import { powerOfTwoAbove } from "../linalg/symmetricEigen.js";

/**
 * Mean and standard deviation (divided by the number less one; NaN for a single value), also of values whose sum or
 * whose squares a double cannot hold.
 */
export function moments(values: Float64Array): { mean: number; deviation: number } {
  const n = values.length;
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const unit = Number.isFinite(largest) ? powerOfTwoAbove(largest) : 1;
  const mean = values.reduce((sum, x) => sum + x / unit, 0) / n;
  const squares = values.reduce((sum, x) => sum + (x / unit - mean) ** 2, 0);
  return { mean: unit * mean, deviation: unit * Math.sqrt(squares / (n - 1)) };
}

/**
 * `count` quantiles at equal steps from the minimum to the maximum, by linear interpolation between the sorted values.
 * NaN counts as +Infinity. Throws RangeError when there are no values.
 */
export function quantiles(values: Float64Array, count: number): Float64Array {
  const n = values.length;
  if (n === 0) throw new RangeError("quantiles need a value, found none");
  const sorted = values.map((x) => (Number.isNaN(x) ? Infinity : x)).sort();
  return Float64Array.from({ length: count }, (_, i) =>
    atPlace(sorted, count === 1 ? (n - 1) / 2 : (i * (n - 1)) / (count - 1)),
  );
}

/** The quantile of sorted values at a share, by linear interpolation. NaN without values. */
export function quantileAt(sorted: Float64Array, share: number): number {
  return sorted.length === 0 ? Number.NaN : atPlace(sorted, share * (sorted.length - 1));
}

/** The value at a position between two indices. */
function atPlace(sorted: Float64Array, place: number): number {
  const below = Math.floor(place);
  const share = place - below;
  return share === 0 ? sorted[below] : sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

/**
 * A class for each value, numbered from 0 for the smallest values. The classes are as equal in size as possible; equal
 * values share a class.
 */
export function quantileClasses(values: Float64Array, classes: number): Int32Array {
  const sorted = values.slice().sort();
  const first = new Map<number, number>();
  for (const [rank, value] of sorted.entries()) if (!first.has(value)) first.set(value, rank);
  return Int32Array.from(values, (value) => Math.floor(((first.get(value) as number) * classes) / values.length));
}
