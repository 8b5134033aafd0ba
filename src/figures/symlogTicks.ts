import { powerOfTen } from "./numbers.js";
import { type Ticks, ticks } from "./ticks.js";

/** Where x lies on Vega's symlog scale with constant `threshold`, before it is fitted to its range. */
function symlog(x: number, threshold: number): number {
  return Math.sign(x) * Math.log1p(Math.abs(x) / threshold);
}

/**
 * Ticks of a symlog axis: 0 and powers of ten on both sides that keep a distance of at least `gap`, a share of the axis.
 * A domain that hardly leaves the linear part gets the ticks of a linear axis.
 */
export function symlogTicks([low, high]: [number, number], threshold: number, gap: number): Ticks {
  const largest = Math.max(-low, high);
  if ((low < 0 && high > 0 ? largest : high - low) < 30 * threshold) {
    return ticks({ type: "linear", domain: [low, high] }, 5);
  }
  const at = (x: number) => symlog(x, threshold) / (symlog(high, threshold) - symlog(low, threshold));
  const first = Math.ceil(Math.log10(threshold));
  const last = Math.floor(Math.log10(largest) + 1e-9);
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => last - k);
  const decade = (at(largest) * Math.log(10)) / Math.log(largest / threshold);
  const stride = Math.ceil(gap / decade);
  const values: number[] = low <= 0 && high >= 0 ? [0] : [];
  const labels = values.map(() => "0");
  const minor: number[] = [];
  // From the ends, which the eye looks for, towards zero.
  for (const sign of [1, -1]) {
    const inside = powers.filter((power) => sign * 10 ** power >= low && sign * 10 ** power <= high);
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
