import type { Key } from "./axes.js";
import { colours } from "./theme.js";

/** The names and colours of homology dimensions in every figure. */
export function dimensionKey(dimension: number): Key {
  const colour = colours.categories[dimension % colours.categories.length];
  const subscript = [...String(dimension)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");
  return { label: `H${subscript}`, shape: "square", fill: colour, stroke: colour };
}
