/** How a loss becomes a position or a colour. `domain` is finite and ascending, and positive on a log scale. */
export interface LossScale {
  type: "linear" | "log";
  domain: [number, number];
}

/** `auto` is logarithmic for positive losses that span more than two decades. */
export type LossScaleType = "auto" | "linear" | "log";

/** The scale of losses from `low` to `high`. Throws RangeError when a log scale is asked for and `low` is not positive. */
export function lossScaleOf([low, high]: [number, number], type: LossScaleType = "auto"): LossScale {
  if (type === "log" && !(low > 0)) {
    throw new RangeError(`a log scale of losses begins at ${low}; expected losses above 0, or a linear scale`);
  }
  return { type: type === "auto" ? (low > 0 && high / low > 100 ? "log" : "linear") : type, domain: [low, high] };
}

/**
 * The scale that shows every finite value; undefined when there is none.
 *
 * `margin` widens the domain at both ends by that fraction of its length. A domain without length, or whose length drowns
 * in rounding (10⁻¹² of its ends), is widened by a tenth of its value, so that a constant still has a place on an axis.
 * Throws RangeError when a log scale is asked for and a value is not positive.
 */
export function lossScale(values: Iterable<number>, margin = 0, wanted: LossScaleType = "auto"): LossScale | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return undefined;
  const { type } = lossScaleOf([low, high], wanted);
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= 1e-12 * size) {
    const room = size / 10 || 1;
    return { type, domain: [low - room, high + room] };
  }
  if (type === "log") {
    const factor = Math.exp(margin * Math.log(high / low));
    return { type, domain: [low / factor, high * factor] };
  }
  const room = margin * (high - low);
  return { type, domain: [low - room, high + room] };
}

/** Where a loss lies on its scale: 0 at the lower end, 1 at the upper, beyond them outside; NaN where a log has no value. */
export function scaleFraction({ type, domain: [low, high] }: LossScale, loss: number): number {
  return type === "log" ? Math.log(loss / low) / Math.log(high / low) : (loss - low) / (high - low);
}
