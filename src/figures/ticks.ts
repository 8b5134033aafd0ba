import type { LossScale } from "./lossScale.js";
import { powerOfTen } from "./numbers.js";

/** Ticks of an axis: values with their labels, and between them unlabelled `minor` values (log scales only). */
export interface Ticks {
  values: number[];
  labels: string[];
  minor: number[];
}

/** Round values inside the domain, about `count` of them, with labels that tell neighbours apart. */
export function ticks(scale: LossScale, count: number): Ticks {
  return scale.type === "log" ? logTicks(scale.domain, count) : linearTicks(scale.domain, count);
}

/** The step 1, 2 or 5 times a power of ten that cuts `length` into at most `count` pieces, as [multiplier, exponent]. */
export function niceStep(length: number, count: number): [number, number] {
  const raw = length / count;
  let exponent = Math.floor(Math.log10(raw));
  const mantissa = raw / 10 ** exponent;
  const multiplier = [1, 2, 5].find((m) => m >= mantissa * (1 - 1e-9)) ?? 10;
  if (multiplier === 10) exponent++;
  return [multiplier === 10 ? 1 : multiplier, exponent];
}

function linearTicks([low, high]: [number, number], count: number): Ticks {
  const [multiplier, exponent] = niceStep(high - low, count);
  // A negative power of ten is divided by, as 1 / 10³ is the double nearest to 0.001 and 10 ** -3 need not be.
  const at = (k: number) => (exponent < 0 ? (k * multiplier) / 10 ** -exponent : k * multiplier * 10 ** exponent);
  const values: number[] = [];
  for (let k = Math.ceil(low / at(1) - 1e-9); at(k) <= high + 1e-9 * at(1); k++) values.push(at(k) + 0);

  const largest = Math.max(...values.map(Math.abs));
  const power = Math.floor(Math.log10(largest) + 1e-9);
  const scientific = power >= 6 || power <= -4;
  const decimals = Math.min(100, Math.max(0, (scientific ? power : 0) - exponent));
  const label = (value: number) => {
    if (value === 0) return "0";
    const mantissa = scientific ? Number(value.toPrecision(15)) / 10 ** power : value;
    const text = mantissa.toFixed(decimals).replace("-", "−");
    if (scientific) return `${text}×${powerOfTen(power)}`;
    return power >= 4 ? text.replace(/\B(?=(\d{3})+(?!\d))/g, ",") : text;
  };
  return { values, labels: values.map(label), minor: [] };
}

function logTicks([low, high]: [number, number], count: number): Ticks {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const decades = Math.max(1, last - first + 1);
  const stride = Math.ceil(decades / count);
  const multiples = decades < 3 ? [1, 2, 5] : [1];
  const plain = first >= -3 && last <= 3;
  const values: number[] = [];
  const labels: string[] = [];
  const minor: number[] = [];
  for (let power = first - 1; power <= last; power++) {
    for (let m = 1; m < 10; m++) {
      const value = Number(`${m}e${power}`);
      if (value < low || value > high) continue;
      if (multiples.includes(m) && (power - first) % stride === 0) {
        values.push(value);
        if (plain) labels.push(String(value));
        else labels.push(m === 1 ? powerOfTen(power) : `${m}×${powerOfTen(power)}`);
      } else if (m === 1 || decades <= 8) minor.push(value);
    }
  }
  // Within a decade there may be hardly any power of ten, 2 or 5.
  return values.length < 3 && high < 10 * low ? linearTicks([low, high], count) : { values, labels, minor };
}
