import { lossColours } from "./theme.js";

type Rgb = [number, number, number];

/** The loss colours, evenly mixed into `count` steps from low to high. */
export function lossPalette(count: number): Rgb[] {
  return Array.from({ length: count }, (_, k) => mix(k / (count - 1)));
}

function mix(t: number): Rgb {
  const k = Math.min(lossColours.length - 2, Math.floor(t * (lossColours.length - 1)));
  const fraction = t * (lossColours.length - 1) - k;
  const [low, high] = [rgb(lossColours[k]), rgb(lossColours[k + 1])];
  return low.map((channel, c) => Math.round(channel + fraction * (high[c] - channel))) as Rgb;
}

/** `#rrggbb` as three numbers. */
export function rgb(hex: string): Rgb {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16)) as Rgb;
}
