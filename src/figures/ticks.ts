import type { LossScale } from "./lossScale.js";
import { formatNumber, powerOfTen } from "./numbers.js";

/** Ticks of an axis: values with their labels, and between them unlabelled `minor` values (log scales only). */
export interface Ticks {
  values: number[];
  labels: string[];
  minor: number[];
}

/**
 * Round values inside the domain, about `count` of them, with labels that distinguish neighbours. A domain that is too
 * short for round values has its ends as ticks, and a scale of one value has that value.
 */
export function ticks(scale: LossScale, count: number): Ticks {
  if (scale.only !== undefined) return { values: [scale.only], labels: [formatNumber(scale.only)], minor: [] };
  if (scale.type === "linear") return linearTicks(scale.domain, count);
  const found = logTicks(scale.domain, count);
  if (scale.below === undefined) return found;
  return { values: [0, ...found.values], labels: [scale.below, ...found.labels], minor: found.minor };
}

/** The ticks at whole numbers, which count something. */
export function wholeTicks(scale: LossScale, count: number): Ticks {
  const values = ticks(scale, count).values.filter(Number.isInteger);
  return { values, labels: values.map(formatNumber), minor: [] };
}

/**
 * The step 1, 2 or 5 times a power of ten that cuts `length` into at most `count` pieces, as [multiplier, exponent].
 */
export function niceStep(length: number, count: number): [number, number] {
  const raw = length / count;
  const [mantissa, power] = raw.toExponential().split("e").map(Number);
  let exponent = power;
  const multiplier = [1, 2, 5].find((m) => m >= mantissa * (1 - 1e-9)) ?? 10;
  if (multiplier === 10) exponent++;
  return [multiplier === 10 ? 1 : multiplier, exponent];
}

function linearTicks([low, high]: [number, number], count: number): Ticks {
  // The parser of numbers rounds correctly, which a product of powers may not.
  const [multiplier, exponent] = niceStep(high / count - low / count, 1);
  const at = (k: number) => Number(`${k * multiplier}e${exponent}`) + 0;
  const first = Math.ceil(low / at(1) - 1e-9);
  const values: number[] = [];
  for (let i = 0; i <= 2 * count + 2 && Math.abs(first) < 1e15; i++) {
    const value = at(first + i);
    if (!(value <= high + 1e-9 * at(1)) || !Number.isFinite(value)) break;
    values.push(value);
  }
  if (values.length === 0) return { values: [low, high], labels: [low, high].map(formatNumber), minor: [] };

  const largest = Math.max(...values.map(Math.abs));
  const power = largest === 0 ? 0 : Number(largest.toExponential(9).split("e")[1]);
  const isScientific = power >= 6 || power <= -4;
  const decimals = Math.min(100, Math.max(0, (isScientific ? power : 0) - exponent));
  const label = (value: number) => {
    if (value === 0) return "0";
    const [digits, own] = value.toExponential(14).split("e");
    const mantissa = isScientific ? Number(`${digits}e${Number(own) - power}`) : value;
    const text = mantissa.toFixed(decimals).replace("-", "−");
    if (isScientific) return `${text}×${powerOfTen(power)}`;
    return power >= 4 ? text.replace(/\B(?=(\d{3})+(?!\d))/g, ",") : text;
  };
  return { values, labels: values.map(label), minor: [] };
}

/** The most unlabelled powers of ten between two labels, whose strip would otherwise be a grey bar. */
const MOST_MINOR = 10;

/** The smallest step that divides a stride evenly into at most so many pieces. */
function evenPart(stride: number): number {
  let step = Math.ceil(stride / MOST_MINOR);
  while (stride % step !== 0) step++;
  return step;
}

function logTicks([low, high]: [number, number], count: number): Ticks {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const decades = Math.max(1, last - first + 1);
  const stride = Math.ceil(decades / count);
  const minorStride = evenPart(stride);
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
      } else if (m > 1 ? decades <= 8 : (power - first) % minorStride === 0) minor.push(value);
    }
  }
  // A decade may contain hardly any power of ten, 2 or 5.
  return values.length < 3 && high / 10 < low ? linearTicks([low, high], count) : { values, labels, minor };
}
