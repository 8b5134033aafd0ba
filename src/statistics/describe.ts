/** Mean and standard deviation (divided by the number less one; NaN of a single value). */
export function moments(values: Float64Array): { mean: number; deviation: number } {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (n - 1)) };
}

/**
 * `count` quantiles from the minimum to the maximum, equally far apart, by linear interpolation between the sorted
 * values. NaN counts as +Infinity. Throws RangeError without a value.
 */
export function quantiles(values: Float64Array, count: number): Float64Array {
  const n = values.length;
  if (n === 0) throw new RangeError("no values, so no quantiles");
  const sorted = values.map((x) => (Number.isNaN(x) ? Infinity : x)).sort();
  return Float64Array.from({ length: count }, (_, i) =>
    atPlace(sorted, count === 1 ? (n - 1) / 2 : (i * (n - 1)) / (count - 1)),
  );
}

/** The value below which this share of sorted values lies, by linear interpolation; NaN without a value. */
export function quantileAt(sorted: Float64Array, share: number): number {
  return sorted.length === 0 ? Number.NaN : atPlace(sorted, share * (sorted.length - 1));
}

/** The value at a place between two indices. */
function atPlace(sorted: Float64Array, place: number): number {
  const below = Math.floor(place);
  const share = place - below;
  return share === 0 ? sorted[below] : sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

/**
 * A class from 0 up for each value: equally many values a class as far as that goes, the smallest in class 0. Equal
 * values are of one class.
 */
export function quantileClasses(values: Float64Array, classes: number): Int32Array {
  const sorted = values.slice().sort();
  const first = new Map<number, number>();
  for (const [rank, value] of sorted.entries()) if (!first.has(value)) first.set(value, rank);
  return Int32Array.from(values, (value) => Math.floor(((first.get(value) as number) * classes) / values.length));
}
