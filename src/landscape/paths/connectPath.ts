import type { TrainingHooks } from "../../training/trainingRecord.js";
import { type PathOptimizer, pathDirections, withMemories } from "./pathDirections.js";
import { pointAt, spreadEvenly, withPoints } from "./pathPlaces.js";
import { type Profile, pathProfile, topOf } from "./pathProfile.js";
import { addMeasurement, copied, type PathHistory, type PathSearch, packed, unpacked } from "./pathSearch.js";
import { type PathMethod, stepPath } from "./pathStep.js";
import type { PathSurface } from "./pathSurface.js";
import { worstGaps } from "./worstGaps.js";

export interface PathOptions {
  readonly method: PathMethod;
  /** The number of points between the ends: at the start, and at most. */
  readonly points: number;
  readonly maxPoints: number;
  readonly optimizer: PathOptimizer;
  /** The initial step size. */
  readonly learningRate: number;
  /** The factor for the step size when the barrier no longer falls. */
  readonly decay: number;
  /** neb: see StepOptions. */
  readonly spring: number;
  readonly epochs: number;
  /** The number of epochs between two measurements over all samples. Each measurement adds points. */
  readonly growEvery: number;
  /** The number of points to add each time. */
  readonly growBy: number;
  /**
   * The barrier no longer falls with a step size when it has fallen, over the last `patience` measurements, by at most
   * this share of its height above the lower end. The path has converged when the next smaller step size does not lower
   * it further either.
   */
  readonly tolerance: number;
  readonly patience: number;
}

/** The best path found between two points. */
export interface ConnectedPath {
  readonly path: readonly Float64Array[];
  readonly profile: Profile;
  /** The highest loss on the path, and its position. */
  readonly barrier: number;
  readonly saddle: number;
  /** The highest loss on the straight line. */
  readonly straightBarrier: number;
  readonly stopped: "converged" | "maximum epochs" | "non-finite loss";
  readonly epochs: number;
  /** The number of steps, which is the number of mini-batches. */
  readonly iterations: number;
  readonly history: PathHistory;
}

/**
 * A path of low losses between two points. It starts from the straight line, and all inner points take a step on each
 * mini-batch. From time to time the loss over all samples is measured along the path, and the worst gaps get points in
 * their middles.
 *
 * Once the barrier no longer falls, the optimisation continues from the best path with smaller steps, until these do
 * not help either. Both tests are needed: with too large a step a path oscillates above its valley, and a step that
 * changes nothing may just be too small.
 *
 * The result is the path with the lowest maximum of all measured ones, including the straight line. So the barrier
 * never rises as the optimisation continues, and is never above that of the straight line. A loss that is not finite
 * counts as infinitely high.
 *
 * Two ends at the same point give a path of length 0 whose barrier is their loss.
 */
export async function connectPath(
  surface: PathSurface,
  ends: readonly [Float64Array, Float64Array],
  options: PathOptions,
  { resume, save, progress }: TrainingHooks,
): Promise<ConnectedPath> {
  const { method, optimizer, spring, epochs, growEvery, tolerance } = options;
  const report = (iterations: number, note: string) =>
    progress(iterations / Math.max(1, epochs * surface.batches), note);
  const measure = (path: readonly Float64Array[], iterations: number) =>
    pathProfile(path, surface.losses, {
      resolution: tolerance / 10,
      progress: () => report(iterations, `measures the path of ${path.length - 2} points`),
    });
  const search = resume ? unpacked(resume) : await straightSearch(ends, options, (path) => measure(path, 0));
  const { at } = search;
  const { losses } = search.best.profile;
  const endLosses = [losses[0], losses[losses.length - 1]] as const;
  const barrier = () => topOf(search.best.profile).loss;

  if (search.path.length === 2 || barrier() <= Math.max(...endLosses)) return result(search, "converged");
  for (; at.epoch <= epochs; at.epoch++) {
    while (at.done < surface.batches) {
      const found = await surface.gradients(search.path.slice(1, -1), at.epoch, at.done);
      const { learningRate, climbing } = at;
      const directions = pathDirections(optimizer, found.gradients, search.memory);
      stepPath(search.path, { ...found, gradients: directions }, { method, learningRate, spring, climbing, endLosses });
      if (method === "string") search.path = spreadEvenly(search.path);
      at.done++;
      at.iterations++;
      if (at.done < surface.batches) save(() => packed(search));
      report(at.iterations, `epoch ${at.epoch} of ${epochs}, ${at.points} points, barrier ${barrier().toPrecision(4)}`);
    }
    if (at.epoch % growEvery === 0 || at.epoch === epochs) {
      const stopped = afterMeasurement(search, await measure(search.path, at.iterations), endLosses, options);
      if (stopped) return result(search, stopped);
    }
    at.done = 0;
    save(() => packed({ ...search, at: { ...at, epoch: at.epoch + 1 } }));
  }
  return result(search, "maximum epochs");
}

/** The start of an optimisation: the straight line, which is measured. */
async function straightSearch(
  ends: readonly [Float64Array, Float64Array],
  { points, learningRate }: PathOptions,
  measure: (path: readonly Float64Array[]) => Promise<Profile>,
): Promise<PathSearch> {
  const path = straightLine(ends, coincide(ends) ? 0 : points);
  const best = { path: copied(path), profile: await measure(path) };
  const { loss } = topOf(best.profile);
  return {
    at: { epoch: 1, done: 0, iterations: 0, points, learningRate, looks: 0 },
    path,
    memory: [],
    best,
    history: {
      epoch: [0],
      points: [path.length - 2],
      highest: [loss],
      barrier: [loss],
      learningRate: [learningRate],
    },
  };
}

/**
 * Takes note of a measurement of the present path, and prepares the next epochs: smaller steps from the best path when
 * the barrier no longer falls, and new points in the worst gaps. Returns the reason when the optimisation is over.
 */
function afterMeasurement(
  search: PathSearch,
  measured: Profile,
  endLosses: readonly [number, number],
  { epochs, growBy, maxPoints, tolerance, patience, decay }: PathOptions,
): ConnectedPath["stopped"] | undefined {
  const { at, best, history } = search;
  addMeasurement(search, measured);
  let profile = measured;
  const barrier = topOf(best.profile).loss;
  if (search.path.slice(1, -1).every((point) => !point.every(Number.isFinite))) return "non-finite loss";
  if (barrier <= Math.max(...endLosses)) return "converged";
  const small = tolerance * (barrier - Math.min(...endLosses));
  if (at.looks >= patience && history.barrier[history.barrier.length - 1 - patience] - barrier <= small) {
    const lately = Math.min(...history.highest.slice(-patience));
    if (at.before !== undefined && at.before - barrier <= small && lately - barrier <= small) return "converged";
    Object.assign(at, { looks: 0, before: barrier, learningRate: decay * at.learningRate });
    profile = best.profile;
    search.path = copied(best.path);
    search.memory = [];
  }
  if (at.epoch === epochs) return "maximum epochs";
  const added = worstGaps(profile, Math.min(growBy, maxPoints - (search.path.length - 2)));
  search.path = withPoints(search.path, added);
  search.memory = withMemories(search.memory, added);
  at.points = search.path.length - 2;
  const highest = Math.round(topOf(profile).place);
  at.climbing = highest + added.filter((place) => place < highest).length;
  return undefined;
}

function result({ at, best, history }: PathSearch, stopped: ConnectedPath["stopped"]): ConnectedPath {
  const { place: saddle, loss: barrier } = topOf(best.profile);
  return {
    ...best,
    barrier,
    saddle,
    straightBarrier: history.barrier[0],
    stopped,
    epochs: history.epoch[history.epoch.length - 1],
    iterations: at.iterations,
    history,
  };
}

const coincide = ([a, b]: readonly [Float64Array, Float64Array]) => a.every((x, k) => x === b[k]);

function straightLine(ends: readonly [Float64Array, Float64Array], points: number): Float64Array[] {
  return Array.from({ length: points + 2 }, (_, i) =>
    i === points + 1 ? ends[1].slice() : pointAt(ends, i / (points + 1)).slice(),
  );
}
