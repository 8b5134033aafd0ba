import { lossColours } from "./theme.js";

export type Rgb = [number, number, number];

/** The loss colours, or those of another ramp, interpolated evenly in `count` steps from low to high. */
export function lossPalette(count: number, ramp: readonly string[] = lossColours): Rgb[] {
  return Array.from({ length: count }, (_, k) => mix(ramp, k / (count - 1)));
}

function mix(ramp: readonly string[], t: number): Rgb {
  const k = Math.min(ramp.length - 2, Math.floor(t * (ramp.length - 1)));
  const fraction = t * (ramp.length - 1) - k;
  const [low, high] = [rgb(ramp[k]), rgb(ramp[k + 1])];
  return low.map((channel, c) => Math.round(channel + fraction * (high[c] - channel))) as Rgb;
}

/** `#rrggbb` as three numbers. */
export function rgb(hex: string): Rgb {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16)) as Rgb;
}

/** The brightness of a colour as the eye sees it, 0 … 255 (ITU-R BT.601). */
export function brightness([red, green, blue]: Rgb): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
