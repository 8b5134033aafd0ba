/** How a loss maps to a position or a colour. `domain` is finite and ascending, and positive on a log scale. */
export interface LossScale {
  type: "linear" | "log";
  domain: [number, number];
  /** For a log scale: the label of a position below its lower end, for values without a logarithm. */
  below?: "0" | "≤ 0";
  /** The value of everything that is shown, which is then the only tick. */
  only?: number;
}

/**
 * `auto` is logarithmic for losses that span more than two decades when none is negative. Zeros do not count, but with
 * them most losses must be below a twentieth of the largest.
 */
export type LossScaleType = "auto" | "linear" | "log";

/** The share of a log axis below its lower end for such values, and their position on the axis. */
const BELOW_SHARE = 0.08;
const BELOW_AT = 0.025;

/**
 * The scale of losses from `low` to `high`. Throws RangeError when a log scale is requested and `low` is not positive.
 */
export function lossScaleOf([low, high]: [number, number], type: LossScaleType = "auto"): LossScale {
  if (type === "log" && !(low > 0)) {
    throw new RangeError(`a log scale of losses begins at ${low}; expected losses above 0, or a linear scale`);
  }
  return { type: type === "auto" ? (spansDecades(low, high) ? "log" : "linear") : type, domain: [low, high] };
}

/**
 * The scale that shows every finite value; undefined when there is none.
 *
 * `margin` widens the domain at both ends by that fraction of its length. A domain of length 0, or of a length below
 * rounding (10⁻¹² of its ends), is widened by a tenth of its value, so that a constant still has a position on an axis.
 * On a log scale, values that are not above 0 have a position below the lower end. Without any value above 0 a log
 * scale is impossible, and the scale is linear.
 */
export function lossScale(
  values: readonly number[] | Float64Array,
  margin = 0,
  wanted: LossScaleType = "auto",
): LossScale | undefined {
  let low = Infinity;
  let high = -Infinity;
  let lowestPositive = Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value > 0 && value < lowestPositive) lowestPositive = value;
  }
  if (low > high) return undefined;
  const isAuto = wanted === "auto" && low >= 0 && spansDecades(lowestPositive, high);
  // With zeros, 0, 1, …, 1000 would qualify too, so most values must be small compared with the largest.
  const hasLog = high > 0 && (wanted === "log" || (isAuto && (low > 0 || mostAreBelow(values, high / 20))));
  if (!hasLog) return { type: "linear", domain: widened([low, high], margin), ...(low === high && { only: low + 0 }) };
  const domain = widened([lowestPositive, high], margin, "log");
  if (low === high) return { type: "log", domain, only: low };
  return { type: "log", domain, ...(low <= 0 && { below: low < 0 ? "≤ 0" : "0" }) };
}

/** One scale that covers several; undefined for none. */
export function unionOf(scales: readonly LossScale[], wanted: LossScaleType = "auto"): LossScale | undefined {
  if (scales.length === 0) return undefined;
  const low = Math.min(...scales.map(({ domain }) => domain[0]));
  const high = Math.max(...scales.map(({ domain }) => domain[1]));
  const isLog = scales.every(({ type }) => type === "log") || (wanted === "auto" && spansDecades(low, high));
  if (!isLog || !(low > 0)) return { type: "linear", domain: [low, high] };
  const below = scales.find((scale) => scale.below === "≤ 0")?.below ?? scales.find((scale) => scale.below)?.below;
  return { type: "log", domain: [low, high], ...(below && { below }) };
}

function mostAreBelow(values: readonly number[] | Float64Array, limit: number): boolean {
  let [below, all] = [0, 0];
  for (const value of values) {
    if (!(value > 0) || value === Infinity) continue;
    all++;
    if (value < limit) below++;
  }
  return 2 * below > all;
}

function spansDecades(low: number, high: number): boolean {
  return low > 0 && Math.log10(high) - Math.log10(low) > 2;
}

const finite = (value: number) => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));

function widened([low, high]: [number, number], margin: number, type: "linear" | "log" = "linear"): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high / 2 - low / 2 <= 0.5e-12 * size) {
    const room = size / 10 || (type === "log" ? 0 : 1);
    const ends: [number, number] = [finite(low - room), finite(high + room)];
    // Near the smallest doubles a tenth rounds to nothing.
    return ends[0] < ends[1] && (type === "linear" || ends[0] > 0) ? ends : [low, Math.max(2 * high, high + 1e-322)];
  }
  if (type === "log") {
    const room = margin * (Math.log(high) - Math.log(low));
    return [
      Math.max(Number.MIN_VALUE, Math.exp(Math.log(low) - room)),
      Math.min(Number.MAX_VALUE, Math.exp(Math.log(high) + room)),
    ].map((end, k) => (margin === 0 ? [low, high][k] : end)) as [number, number];
  }
  const room = margin * high - margin * low;
  return [finite(low - room), finite(high + room)];
}

/**
 * The position of a loss on its scale: 0 at the lower end, 1 at the upper, outside beyond them. A value without a
 * logarithm is at the position below a log scale that has one, otherwise at −Infinity. NaN stays NaN.
 */
export function scaleFraction({ type, domain: [low, high], below }: LossScale, loss: number): number {
  if (type === "linear") {
    const length = high - low;
    return Number.isFinite(length) ? (loss - low) / length : (loss / 2 - low / 2) / (high / 2 - low / 2);
  }
  if (loss <= 0) return below ? BELOW_AT : -Infinity;
  const fraction = (Math.log(loss) - Math.log(low)) / (Math.log(high) - Math.log(low));
  return below ? BELOW_SHARE + (1 - BELOW_SHARE) * fraction : fraction;
}

/** Beyond this, Vega's own scales may overflow or underflow. */
const [TINY, HUGE] = [1e-290, 1e290];

/** True when Vega can place the values themselves. Otherwise it gets their fractions. */
function isPlain({ type, domain: [low, high], below }: LossScale): boolean {
  if (below !== undefined || Math.max(Math.abs(low), Math.abs(high)) > HUGE) return false;
  return type === "log" ? low > TINY : high - low > TINY;
}

/** The type and domain of the scale for Vega, over the numbers of `placeOn`. */
export function vegaScale(scale: LossScale): { type: "linear" | "log"; domain: [number, number] } {
  return isPlain(scale) ? { type: scale.type, domain: scale.domain } : { type: "linear", domain: [0, 1] };
}

/**
 * A function from a value to the input of Vega's scale: the value itself for ordinary numbers. Values beyond the scale,
 * including infinities, are placed at its end. NaN stays NaN.
 */
export function placeOn(scale: LossScale): (value: number) => number {
  const [low, high] = vegaScale(scale).domain;
  const clamped = (x: number) => Math.min(high, Math.max(low, x));
  if (isPlain(scale)) return clamped;
  return (value) => (Number.isFinite(value) ? clamped(scaleFraction(scale, value)) : clamped(value));
}
