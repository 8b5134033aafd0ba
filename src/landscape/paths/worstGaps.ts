import { heightOf, type Profile } from "./pathProfile.js";

/**
 * The middles of the `count` worst gaps of a path, in order. First come the gaps in which the loss rises highest above
 * both ends; among gaps without such a rise, those with the highest loss inside.
 */
export function worstGaps({ places, losses }: Profile, count: number): number[] {
  const gaps = Array.from({ length: Math.floor(places[places.length - 1]) }, (_, i) => ({
    i,
    ends: Number.NEGATIVE_INFINITY,
    inside: Number.NEGATIVE_INFINITY,
  }));
  for (const [k, place] of places.entries()) {
    const [i, loss] = [Math.floor(place), heightOf(losses[k])];
    if (i < place) gaps[i].inside = Math.max(gaps[i].inside, loss);
    else for (const gap of [gaps[i - 1], gaps[i]]) if (gap) gap.ends = Math.max(gap.ends, loss);
  }
  const excess = ({ ends, inside }: { ends: number; inside: number }) => (inside > ends ? inside - ends : 0);
  return gaps
    .sort((a, b) => excess(b) - excess(a) || b.inside - a.inside || a.i - b.i)
    .slice(0, count)
    .map(({ i }) => i + 0.5)
    .sort((a, b) => a - b);
}
