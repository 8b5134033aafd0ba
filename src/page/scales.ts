import type { PageScale } from "../figures/pageData.js";

/** How far along a scale a value lies, from 0 to 1; beyond its ends at them. */
function fractionOn({ type, domain: [low, high] }: PageScale, value: number): number {
  const at = type === "log" ? Math.log : (x: number) => x;
  const fraction = (at(value) - at(low)) / (at(high) - at(low));
  return Number.isNaN(fraction) ? 0 : Math.min(1, Math.max(0, fraction));
}

export function pixelAt(scale: PageScale, value: number, length: number): number {
  return fractionOn(scale, value) * length;
}

/** The colour of a value: straight between the colours of the ramp. */
export function colourAt(scale: PageScale | undefined, value: number): string {
  const ramp = scale?.ramp;
  if (!scale || !ramp || !Number.isFinite(value)) return "#8d8378";
  const at = fractionOn(scale, value) * (ramp.length - 1);
  const k = Math.min(ramp.length - 2, Math.floor(at));
  const [from, to] = [ramp[k], ramp[k + 1]].map((colour) =>
    [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16)),
  );
  return `rgb(${from.map((c, i) => Math.round(c + (to[i] - c) * (at - k))).join(", ")})`;
}
