/** The parameter `range` of stages that sample or read landscapes: [lo, hi] for all axes, or one pair per axis. */

export type Range = [number, number] | [number, number][];

export function rangePairs(range: Range): [number, number][] {
  return Array.isArray(range[0]) ? (range as [number, number][]) : [range as [number, number]];
}

/** An automatic range: `auto`, or the factor by which the loss rises. */
export type FoundRange = "auto" | { rise: number };

/** The rise of the loss within an automatic range. */
export const AUTO_RISE = 10;

export function isFound(range: Range | FoundRange): range is FoundRange {
  return !Array.isArray(range);
}

/** Faults of a range that a schema cannot find. */
export function rangeProblems(range: unknown[]): { path: (string | number)[]; message: string }[] {
  const pairs = range.filter((entry) => Array.isArray(entry));
  const mixed = pairs.length > 0 && pairs.length < range.length;
  if (mixed || (pairs.length === 0 && range.length !== 2)) {
    const message = `is ${JSON.stringify(range)}; expected [lo, hi] or one such pair per axis`;
    return [{ path: ["range"], message }];
  }
  return rangePairs(range as Range).flatMap(([lo, hi], axis) => {
    const path = pairs.length > 0 ? ["range", axis] : ["range"];
    return lo < hi ? [] : [{ path, message: `is [${lo}, ${hi}]; expected the lower end first` }];
  });
}

/** The values for all axes, from one per axis or a single one for all. Throws Error for any other number of values. */
export function perAxis<T>(values: readonly T[], axes: number, name: string, what: string): T[] {
  if (values.length === 1) return Array.from({ length: axes }, () => values[0]);
  if (values.length === axes) return [...values];
  throw new Error(`${name} has ${values.length} ${what}; expected ${axes}, one per axis, or a single one`);
}
