import { formatNumber } from "../../src/figures/numbers.js";
import type { PageLandscape } from "../../src/figures/pageData.js";

/** What a landscape shows, in words: how many minima, the deepest, and the range of the losses. */
export function landscapeFinding({ leaves, direction, minimum, maximum }: PageLandscape): string {
  const [one, many] = direction === "sublevel" ? ["minimum", "minima"] : ["maximum", "maxima"];
  const count = `${formatNumber(leaves)} ${leaves === 1 ? one : many}`;
  if (minimum === null || maximum === null) return `${count}, no finite loss`;
  return `${count}, losses from ${formatNumber(minimum)} to ${formatNumber(maximum)}`;
}
