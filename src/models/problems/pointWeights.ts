/** Weights of single points of the terms of a loss. */
import * as f from "../../graph/functions.js";
import type { Column, PinnPoints, PinnProblem, Points } from "./pinn.js";
import { conditionsOf, equationsOf, termNames } from "./pinnConditions.js";
import { termSetting } from "./termSetting.js";

/** The weights of the points of one list in one term: `count` from `start` on. Pairs of points share a weight. */
export interface WeightedList {
  readonly term: string;
  readonly list: Points;
  readonly start: number;
  readonly count: number;
}

/** The places of the weights of all points in one array: term by term, in the order of the loss. */
export function weightedLists(problem: PinnProblem, points: PinnPoints, terms: readonly string[]): WeightedList[] {
  const residuals = equationsOf(problem).map(({ term }) => ({ term, at: [points.collocation] }));
  const places = [...conditionsOf(problem, points), ...residuals];
  const found: WeightedList[] = [];
  let start = 0;
  for (const term of termNames(problem).filter((name) => terms.includes(name))) {
    const own = places.filter((place) => place.term === term).map(({ at: [list] }) => list as Points);
    for (const list of new Set(own)) {
      const count = Object.values(list)[0].length;
      found.push({ term, list, start, count });
      start += count;
    }
  }
  return found;
}

/** Weights of points as tensors; undefined for a term without them. */
export interface PointWeights {
  /** Those of a list, or of a pair of lists, [N]. */
  ofList(term: string, at: readonly Points<Column>[]): f.Tensor | undefined;
  /** Those of all points of a term, [N]. */
  ofTerm(term: string): f.Tensor | undefined;
}

/** The weights of lists from one array of all of them. */
export function pointWeights(lists: readonly WeightedList[], all: f.Tensor): PointWeights {
  return {
    ofList(term, [first]) {
      const own = lists.find((list) => list.term === term && list.list === first);
      return own && f.slice(all, 0, own.start, own.start + own.count);
    },
    ofTerm(term) {
      if (!lists.some((list) => list.term === term)) return undefined;
      const [start, end] = rangeOf(lists, term);
      return f.slice(all, 0, start, end);
    },
  };
}

/** From where to where the weights of a term lie. */
export function rangeOf(lists: readonly WeightedList[], term: string): [number, number] {
  const own = lists.filter((list) => list.term === term);
  const last = own[own.length - 1];
  return [own[0].start, last.start + last.count];
}

/** The terms that these settings are of, by their own name or that of their group. */
export const termsWith = (problem: PinnProblem, settings: Readonly<Record<string, unknown>>): string[] =>
  termNames(problem).filter((term) => termSetting(settings, term) !== undefined);

/** The weights of the points of a problem in one array. Throws an error when they are not as many as the points. */
export function storedWeights({ pointWeights = {} }: PinnProblem, lists: readonly WeightedList[]): Float64Array {
  const terms = [...new Set(lists.map(({ term }) => term))];
  const all = terms.flatMap((term) => {
    const [start, end] = rangeOf(lists, term);
    const weights = pointWeights[term];
    if (weights.length === end - start) return weights;
    throw new Error(`${term} has ${weights.length} weights of points, but ${end - start} points; expected one each`);
  });
  return Float64Array.from(all);
}
