/**
 * The association between two lists of numbers, with a confidence interval and a p-value that assume no distribution.
 */
import { pearson } from "../linalg/pearson.js";
import { type Random, randomStream } from "../linalg/random.js";
import { spearman } from "../linalg/spearman.js";
import { quantileAt } from "./describe.js";
import { kendall } from "./kendall.js";

export const correlationMethods = { pearson, spearman, kendall } as const;
export type CorrelationMethod = keyof typeof correlationMethods;

export interface CorrelationOptions {
  method: CorrelationMethod;
  /** The level of the interval, such as 0.95. */
  level: number;
  /** The number of bootstrap samples for the interval. */
  resamples: number;
  /** The number of random permutations for the p-value. When fewer permutations exist, all of them are used. */
  permutations: number;
  seed: number;
}

export interface Correlation {
  coefficient: number;
  /**
   * Percentile bootstrap interval over resampled pairs (Efron 1979). Samples in which a list is constant are left out.
   */
  low: number;
  high: number;
  /**
   * Two-sided: the share of permutations of y with at least as large a |coefficient|. With random permutations the
   * given order is included.
   */
  pValue: number;
}

/** A correlation of at least two pairs. Everything is NaN when a list is constant or there are fewer pairs. */
export function correlation(x: Float64Array, y: Float64Array, options: CorrelationOptions): Correlation {
  const measure = correlationMethods[options.method];
  const coefficient = measure(x, y);
  if (Number.isNaN(coefficient)) {
    return { coefficient, low: Number.NaN, high: Number.NaN, pValue: Number.NaN };
  }
  const [low, high] = bootstrapInterval(x, y, measure, options);
  return { coefficient, low, high, pValue: permutationPValue(x, y, measure, options) };
}

type Measure = (x: Float64Array, y: Float64Array) => number;

function bootstrapInterval(
  x: Float64Array,
  y: Float64Array,
  measure: Measure,
  { resamples, level, seed }: CorrelationOptions,
): [number, number] {
  const random = randomStream(seed, "bootstrap");
  const n = x.length;
  const [u, v] = [new Float64Array(n), new Float64Array(n)];
  const found: number[] = [];
  for (let k = 0; k < resamples; k++) {
    for (let i = 0; i < n; i++) {
      const pair = random.integer(n);
      u[i] = x[pair];
      v[i] = y[pair];
    }
    const coefficient = measure(u, v);
    if (!Number.isNaN(coefficient)) found.push(coefficient);
  }
  if (found.length === 0) return [Number.NaN, Number.NaN];
  const sorted = Float64Array.from(found).sort();
  return [quantileAt(sorted, (1 - level) / 2), quantileAt(sorted, (1 + level) / 2)];
}

/** Coefficients that are smaller by at most this count as equal, because their sums are rounded in another order. */
const ROUNDING = 1e-12;

function permutationPValue(
  x: Float64Array,
  y: Float64Array,
  measure: Measure,
  { permutations, seed }: CorrelationOptions,
): number {
  const bound = Math.abs(measure(x, y)) - ROUNDING;
  const shuffled = y.slice();
  let [extreme, count] = [0, 0];
  const consider = () => {
    count++;
    if (Math.abs(measure(x, shuffled)) >= bound) extreme++;
  };
  if (factorial(y.length) <= permutations) {
    forEachPermutation(shuffled, consider);
    return extreme / count;
  }
  const random = randomStream(seed, "permutations");
  for (let k = 0; k < permutations; k++) {
    shuffle(shuffled, random);
    consider();
  }
  return (extreme + 1) / (count + 1);
}

function shuffle(values: Float64Array, random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [values[i], values[j]] = [values[j], values[i]];
  }
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/** Every order of the values once. Each differs from the one before by an exchange (Heap 1963). */
function forEachPermutation(values: Float64Array, visit: () => void): void {
  const counters = new Int32Array(values.length);
  visit();
  for (let i = 1; i < values.length; ) {
    if (counters[i] < i) {
      const j = i % 2 === 0 ? 0 : counters[i];
      [values[i], values[j]] = [values[j], values[i]];
      visit();
      counters[i]++;
      i = 1;
    } else counters[i++] = 0;
  }
}
