import { quantileOf } from "../../src/figures/distribution.js";
import type { FigureParams } from "./plot.js";

/**
 * Two-sided 95 % quantiles of Student's t for 1, 2, … degrees of freedom. Beyond, those of the normal distribution are
 * used.
 */
const student = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/**
 * A summary of several numbers with an interval: mean and sample standard deviation, mean and its 95 % confidence
 * interval (Student's t), or median and the 10 % and 90 % quantiles. Numbers that are not finite are left out. The
 * interval of a single number is the number. It does not reach below `floor`.
 */
export function spread(values: ArrayLike<number>, band: FigureParams["band"] = "deviation", floor = -Infinity) {
  const finite = Array.from(values)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const n = finite.length;
  if (n === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  if (band === "quantiles") {
    const [low, mean, high] = [0.1, 0.5, 0.9].map((q) => quantileOf(finite, q));
    return { mean, low, high };
  }
  const mean = finite.reduce((sum, value) => sum + value / n, 0);
  const size = Math.max(...finite.map(Math.abs)) || 1;
  const variance = finite.reduce((sum, value) => sum + (value / size - mean / size) ** 2 / Math.max(1, n - 1), 0);
  const deviation = size * Math.sqrt(variance);
  const reach = band === "confidence" ? ((student[n - 2] ?? 1.96) * deviation) / Math.sqrt(n) : deviation;
  return n === 1 ? { mean, low: mean, high: mean } : { mean, low: Math.max(floor, mean - reach), high: mean + reach };
}

/** The least number that a column can have, as far as its numbers tell: 0 for counts, losses and errors. */
export const floorOf = (column: Float64Array) => (column.some((value) => value < 0) ? -Infinity : 0);
