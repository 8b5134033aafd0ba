/** How a loss becomes a position or a colour. `domain` is finite and ascending, and positive on a log scale. */
export interface LossScale {
  type: "linear" | "log";
  domain: [number, number];
}

/** The scale of losses from `low` to `high`: logarithmic when both are positive and more than two decades apart. */
export function lossScaleOf([low, high]: [number, number]): LossScale {
  return { type: low > 0 && high / low > 100 ? "log" : "linear", domain: [low, high] };
}

/**
 * The scale that shows every finite value; undefined when there is none.
 *
 * `margin` widens the domain at both ends by that fraction of its length. A domain without length, or whose length drowns
 * in rounding (10⁻¹² of its ends), is widened by a tenth of its value, so that a constant still has a place on an axis.
 */
export function lossScale(values: Iterable<number>, margin = 0): LossScale | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return undefined;
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= 1e-12 * size) {
    const room = size / 10 || 1;
    return { type: "linear", domain: [low - room, high + room] };
  }
  const scale = lossScaleOf([low, high]);
  if (scale.type === "log") {
    const factor = Math.exp(margin * Math.log(high / low));
    return { type: "log", domain: [low / factor, high * factor] };
  }
  const room = margin * (high - low);
  return { type: "linear", domain: [low - room, high + room] };
}

/** Where a loss lies on its scale: 0 at the lower end, 1 at the upper, beyond them outside; NaN where a log has no value. */
export function scaleFraction({ type, domain: [low, high] }: LossScale, loss: number): number {
  return type === "log" ? Math.log(loss / low) / Math.log(high / low) : (loss - low) / (high - low);
}
