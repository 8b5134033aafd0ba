import { norm } from "../../linalg/vectors.js";

/**
 * The pairs of minima that paths join: all pairs, the lowest with each other one, each with its k nearest by distance
 * of weights, or a given list.
 */
export type PairChoice = "all" | "star" | { readonly knn: number } | readonly (readonly [number, number])[];

/**
 * Pairs of minima, each once, in order; a given list stays as it is. For equal losses or distances, the first counts as
 * lower or nearer. Throws RangeError for a pair that is repeated, that joins a minimum with itself, or that does not
 * exist.
 */
export function pathPairs(
  choice: PairChoice,
  minima: readonly { readonly weights: Float64Array; readonly loss: number }[],
): (readonly [number, number])[] {
  const all = minima.flatMap((_, j) => minima.slice(0, j).map((_, i) => [i, j] as const));
  if (choice === "all") return sorted(all);
  if (choice === "star") {
    const lowest = minima.reduce((best, { loss }, i) => (loss < minima[best].loss ? i : best), 0);
    return sorted(all.filter((pair) => pair.includes(lowest)));
  }
  if ("knn" in choice) {
    const near = new Set(minima.flatMap((_, i) => nearest(minima, i, choice.knn).map((j) => keyOf(i, j))));
    return sorted(all.filter(([i, j]) => near.has(keyOf(i, j))));
  }
  const known = new Set<string>();
  for (const [i, j] of choice) {
    const beyond = [i, j].find((minimum) => minimum >= minima.length);
    if (beyond !== undefined) {
      throw new RangeError(`the pair [${i}, ${j}]: there are ${minima.length} minima, 0 to ${minima.length - 1}`);
    }
    if (i === j) throw new RangeError(`the pair [${i}, ${j}] is one minimum; expected two`);
    if (known.has(keyOf(i, j))) throw new RangeError(`the pair [${i}, ${j}] is given twice`);
    known.add(keyOf(i, j));
  }
  return [...choice];
}

const keyOf = (i: number, j: number) => `${Math.min(i, j)} ${Math.max(i, j)}`;

const sorted = (pairs: (readonly [number, number])[]) => pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1]);

function nearest(minima: readonly { readonly weights: Float64Array }[], i: number, k: number): number[] {
  const own = minima[i].weights;
  return minima
    .map(({ weights }, j) => ({ j, distance: norm(weights.map((x, n) => x - own[n])) }))
    .filter(({ j }) => j !== i)
    .sort((a, b) => a.distance - b.distance || a.j - b.j)
    .slice(0, k)
    .map(({ j }) => j);
}
