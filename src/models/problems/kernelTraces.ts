/** The traces of the blocks of a neural tangent kernel on its diagonal: one for each term of a loss. */
import { gradient } from "../../graph/differentiate.js";
import * as f from "../../graph/functions.js";
import type { Dtype, Program } from "../../graph/program.js";
import { type Architecture, createModel } from "../networks/architecture.js";
import { layoutSize } from "../networks/layout.js";
import { compiledPrograms } from "./compiledPrograms.js";
import type { Column, PinnPoints, PinnProblem, Points } from "./pinn.js";
import { conditionsOf, equationsOf, termNames } from "./pinnConditions.js";
import { pinnPoints } from "./pinnPoints.js";
import { quantitiesOf } from "./pinnQuantities.js";
import { mapEntries } from "./pointSampling.js";
import { trainedLayout, trainedParts } from "./trainedLayout.js";

export interface KernelTrace {
  /** Σ ‖∇r‖² over the points of a term, and over its quantities where it has several. */
  readonly sum: number;
  /** The mean over the points instead; the sum of the means of several quantities. */
  readonly mean: number;
}

export interface KernelTraces {
  /** The traces of the terms of the loss, in their order, at the trained parameters `theta`. */
  at(theta: Float64Array): Promise<KernelTrace[]>;
  release(): Promise<void>;
}

/** Points of one list, or pairs of two, and the terms of the quantities there. */
interface Place {
  readonly lists: readonly Points[];
  readonly count: number;
  readonly terms: readonly string[];
}

/** A run takes as many copies of the parameters. More copies cost more work for each point, fewer more runs. */
const POINTS_PER_RUN = 8;

/**
 * Exact traces. The kernel of quantities r of a term is ∇r(x)·∇r(x′) (Jacot, Gabriel & Hongler 2018), where ∇ are
 * derivatives in all trained parameters; its trace is the sum of ‖∇r(x)‖² over the points. Reverse mode gives the
 * gradients of B points at once: those of the diagonal of r(θᵢ, xⱼ), for B equal copies θᵢ of the parameters.
 */
export async function kernelTraces(
  architecture: Architecture,
  problem: PinnProblem,
  { dtype, backend, points = pinnPoints(problem) }: { dtype: Dtype; backend?: string; points?: PinnPoints },
): Promise<KernelTraces> {
  const programs = await compiledPrograms(dtype, backend);
  const terms = termNames(problem);
  const places = placesOf(problem, points);
  return {
    async at(theta) {
      const found = terms.map(() => ({ sum: 0, mean: 0 }));
      for (const [i, place] of places.entries()) {
        const build = () => normsProgram(architecture, problem, points, place);
        const executable = await programs.compiled(`place ${i}`, build);
        const sums = place.terms.map(() => 0);
        for (let start = 0; start < place.count; start += POINTS_PER_RUN) {
          const norms = await executable.run({ theta, ...feedsFrom(start, place) });
          for (const k of sums.keys()) {
            for (let j = 0; j < Math.min(POINTS_PER_RUN, place.count - start); j++) sums[k] += norms[`norm${k}`][j];
          }
        }
        for (const [k, sum] of sums.entries()) {
          const trace = found[terms.indexOf(place.terms[k])];
          trace.sum += sum;
          trace.mean += sum / place.count;
        }
      }
      return found;
    },
    release: programs.release,
  };
}

function placesOf(problem: PinnProblem, points: PinnPoints): Place[] {
  const residuals = equationsOf(problem).map(({ term }) => ({ term, at: [points.collocation] }));
  const known = new Map<Points<Column>, { lists: readonly Points<Column>[]; terms: string[] }>();
  for (const { term, at } of [...conditionsOf(problem, points), ...residuals]) {
    const place = known.get(at[0]) ?? { lists: at, terms: [] };
    place.terms.push(term);
    known.set(at[0], place);
  }
  return [...known.values()].map(({ lists, terms }) => {
    const numbers = lists as readonly Points[];
    return { lists: numbers, count: Object.values(numbers[0])[0].length, terms };
  });
}

/** ‖∇r‖² of all quantities at some points of a place, which are fed. */
function normsProgram(
  architecture: Architecture,
  problem: PinnProblem,
  points: PinnPoints,
  { lists }: Pick<Place, "lists">,
): Program {
  const { size, apply } = createModel(architecture);
  const theta = f.input("theta", [1, layoutSize(trainedLayout(architecture, problem))]);
  const copies = f.expand(theta, [POINTS_PER_RUN, theta.shape[1]]);
  const { weights, unknowns } = trainedParts(copies, size, problem);
  const names = lists.flatMap((list, k) => Object.keys(list).map((name) => feedName(name, k)));
  const columns = Object.fromEntries(names.map((name) => [name, f.input(name, [POINTS_PER_RUN])]));
  const fed = lists.map((list, k) => mapEntries(list, (_, name) => columns[feedName(name, k)]));
  const here = withLists(points, (list) => fed[lists.indexOf(list)] ?? list);
  const quantities = quantitiesOf(apply, problem, here, weights, unknowns, (list) => list === fed[0]);
  const isOwn = (_: unknown, i: number) => (i % (POINTS_PER_RUN + 1) === 0 ? 1 : 0);
  const diagonal = f.constant(Float64Array.from({ length: POINTS_PER_RUN ** 2 }, isOwn), [
    POINTS_PER_RUN,
    1,
    POINTS_PER_RUN,
  ]);
  const norms = quantities.map(({ outputs }, k) => {
    const [slopes] = gradient(f.mul(outputs, diagonal), [copies]);
    return [`norm${k}`, f.sum(f.pow(slopes, 2), [1])];
  });
  return { inputs: { theta, ...columns }, outputs: Object.fromEntries(norms) };
}

/** The points of a place from `start` on. After the end of a list, its last point stands again. */
function feedsFrom(start: number, { lists, count }: Place): Record<string, Float64Array> {
  const numbers = Int32Array.from({ length: POINTS_PER_RUN }, (_, j) => Math.min(start + j, count - 1));
  const feeds = lists.flatMap((list, k) =>
    Object.entries(list).map(([name, values]) => [feedName(name, k), Float64Array.from(numbers, (i) => values[i])]),
  );
  return Object.fromEntries(feeds);
}

const feedName = (name: string, list: number) => `${name} of list ${list}`;

/** The points with other lists in the place of their own. */
function withLists(points: PinnPoints, replaced: (list: Points) => Points<Column>): PinnPoints<Column> {
  const { initial, boundary, edge, collocation, data } = points;
  return {
    ...(initial && { initial: replaced(initial) }),
    boundary: mapEntries(boundary, ({ lower, upper }) => ({ lower: replaced(lower), upper: replaced(upper) })),
    ...(edge && { edge: replaced(edge) }),
    collocation: replaced(collocation),
    ...(data && { data: replaced(data) }),
  };
}
