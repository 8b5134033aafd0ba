import { powerOfTen } from "./numbers.js";
import { type Ticks, ticks } from "./ticks.js";

/** The symmetric logarithm of x, linear within `threshold` of 0. */
function symlog(x: number, threshold: number): number {
  const ratio = Math.abs(x) / threshold;
  if (Number.isFinite(ratio)) return Math.sign(x) * Math.log1p(ratio);
  return Math.sign(x) * (Math.log(Math.abs(x)) - Math.log(threshold));
}

/** A function from a number to its position on a symlog axis: 0 at the lower end of the domain, 1 at the upper. */
export function symlogFraction([low, high]: [number, number], threshold: number): (x: number) => number {
  const [from, to] = [symlog(low, threshold), symlog(high, threshold)];
  return (x) => Math.min(1, Math.max(0, (symlog(x, threshold) - from) / (to - from)));
}

/**
 * Ticks of a symlog axis: 0 and powers of ten on both sides, at least `gap` apart (a share of the axis). A domain that
 * barely leaves the linear part gets the ticks of a linear axis.
 */
export function symlogTicks([low, high]: [number, number], threshold: number, gap: number): Ticks {
  const largest = Math.max(-low, high);
  if ((low < 0 && high > 0 ? largest / 30 : high / 30 - low / 30) < threshold) {
    return ticks({ type: "linear", domain: [low, high] }, 5);
  }
  const at = (x: number) => symlog(x, threshold) / (symlog(high, threshold) - symlog(low, threshold));
  const first = Math.ceil(Math.log10(threshold));
  const last = Math.floor(Math.log10(largest) + 1e-9);
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => last - k);
  const decade = (at(largest) * Math.log(10)) / (Math.log(largest) - Math.log(threshold));
  const stride = Math.ceil(gap / decade);
  const values: number[] = low <= 0 && high >= 0 ? [0] : [];
  const labels = values.map(() => "0");
  const minor: number[] = [];
  // From the ends, which readers look at first, towards zero.
  for (const sign of [1, -1]) {
    const inside = powers.filter((power) => {
      const value = sign * Number(`1e${power}`);
      return value >= low && value <= high;
    });
    for (const [k, power] of inside.entries()) {
      const value = sign * Number(`1e${power}`);
      const free = values.every((other) => Math.abs(at(value) - at(other)) >= gap);
      if (free && k % stride === 0) {
        values.push(value);
        labels.push((sign < 0 ? "−" : "") + (power === 0 ? "1" : powerOfTen(power)));
      } else minor.push(value);
    }
  }
  return { values, labels, minor };
}
