import type { TrainingHooks, TrainingState } from "../../training/trainingRecord.js";
import { type PathOptimizer, type PointMemory, pathDirections, withMemories } from "./pathDirections.js";
import { pointAt, spreadEvenly, withPoints } from "./pathPlaces.js";
import { type Profile, pathProfile, topOf } from "./pathProfile.js";
import { type PathMethod, stepPath } from "./pathStep.js";
import type { PathSurface } from "./pathSurface.js";
import { worstGaps } from "./worstGaps.js";

export interface PathOptions {
  readonly method: PathMethod;
  /** Points between the ends at first, and at most. */
  readonly points: number;
  readonly maxPoints: number;
  readonly optimizer: PathOptimizer;
  /** The step size at first. */
  readonly learningRate: number;
  /** What the step size is multiplied by where the barrier falls no more. */
  readonly decay: number;
  /** neb: see StepOptions. */
  readonly spring: number;
  readonly epochs: number;
  /** Epochs between two looks at the loss over all samples, each of which adds points. */
  readonly growEvery: number;
  /** Points that are added at once. */
  readonly growBy: number;
  /**
   * A barrier falls no more with a step size when it fell, over the last `patience` looks, by no more than this share
   * of its height above the lower end. The path has converged when the next smaller step size then brought no more than
   * that, either.
   */
  readonly tolerance: number;
  readonly patience: number;
}

/** The best path between two points that was found. */
export interface ConnectedPath {
  readonly path: readonly Float64Array[];
  readonly profile: Profile;
  /** The highest loss on the path, and its place. */
  readonly barrier: number;
  readonly saddle: number;
  /** The highest loss on the straight line. */
  readonly straightBarrier: number;
  readonly stopped: "converged" | "maximum epochs" | "non-finite loss";
  readonly epochs: number;
  /** Steps taken: mini-batches. */
  readonly iterations: number;
  readonly history: PathHistory;
}

/** What each look found; the first is the straight line's. */
interface PathHistory {
  readonly epoch: number[];
  readonly points: number[];
  /** The highest loss on the path as it was, and the lowest of these so far. */
  readonly highest: number[];
  readonly barrier: number[];
  /** The step size that led there. */
  readonly learningRate: number[];
}

/** The state of an optimisation between two steps. */
interface Place {
  epoch: number;
  /** Mini-batches of the epoch that are done. */
  done: number;
  iterations: number;
  points: number;
  climbing?: number;
  learningRate: number;
  /** Looks with this step size. */
  looks: number;
  /** The barrier that the step size before ended with. */
  before?: number;
}

/**
 * A path of low losses between two points, from the straight line: all inner points take a step on each mini-batch. Now
 * and then the loss over all samples is measured along the path and the worst gaps get points in their middles.
 *
 * Once the barrier falls no more, the optimisation goes on from the best path with smaller steps, until these bring
 * nothing either: a step too large lets a path tremble above its valley, and one that changes nothing by itself may
 * just be too small.
 *
 * The result is the path with the lowest maximum of all that were measured, the straight line among them. So the
 * barrier never rises as the optimisation goes on, and is never above the straight line's. A loss that is not finite
 * counts as infinitely high.
 *
 * Ends in one place are a path of length 0, their loss its barrier.
 */
export async function connectPath(
  surface: PathSurface,
  ends: readonly [Float64Array, Float64Array],
  options: PathOptions,
  { resume, save, progress }: TrainingHooks,
): Promise<ConnectedPath> {
  const { method, optimizer, spring, epochs, growEvery, growBy, maxPoints, tolerance, patience } = options;
  const note = (barrier: number) => `${at.points} points, barrier ${barrier.toPrecision(4)}`;
  const share = () => at.iterations / Math.max(1, epochs * surface.batches);
  const left = resume && unpacked(resume);
  const at: Place = left?.place ?? {
    epoch: 1,
    done: 0,
    iterations: 0,
    points: options.points,
    learningRate: options.learningRate,
    looks: 0,
  };
  let memory: PointMemory[] = left?.memory ?? [];
  let path = left?.path ?? straightLine(ends, coincide(ends) ? 0 : options.points);
  const measure = (of: readonly Float64Array[]) =>
    pathProfile(of, surface.losses, {
      resolution: tolerance / 10,
      progress: () => progress(share(), `measures the path of ${of.length - 2} points`),
    });

  let best: Best = left?.best ?? { path: copied(path), profile: await measure(path) };
  let { place: saddle, loss: barrier } = topOf(best.profile);
  const history: PathHistory = left?.history ?? {
    epoch: [0],
    points: [path.length - 2],
    highest: [barrier],
    barrier: [barrier],
    learningRate: [options.learningRate],
  };
  const endLosses = [best.profile.losses[0], best.profile.losses[best.profile.losses.length - 1]] as const;
  const ended = (stopped: ConnectedPath["stopped"]): ConnectedPath => ({
    ...best,
    barrier,
    saddle,
    straightBarrier: history.barrier[0],
    stopped,
    epochs: history.epoch[history.epoch.length - 1],
    iterations: at.iterations,
    history,
  });
  const state = () => packed(at, path, memory, best, history);

  /** Measures the path after an epoch; why it is over, if it is. */
  async function look(): Promise<ConnectedPath["stopped"] | undefined> {
    let profile = await measure(path);
    const top = topOf(profile);
    if (top.loss < barrier) {
      best = { path: copied(path), profile };
      ({ place: saddle, loss: barrier } = top);
    }
    history.epoch.push(at.epoch);
    history.points.push(path.length - 2);
    history.highest.push(top.loss);
    history.barrier.push(barrier);
    history.learningRate.push(at.learningRate);
    at.looks++;
    if (path.slice(1, -1).every((point) => !point.every(Number.isFinite))) return "non-finite loss";
    if (barrier <= Math.max(...endLosses)) return "converged";
    const small = tolerance * (barrier - Math.min(...endLosses));
    if (at.looks >= patience && history.barrier[history.barrier.length - 1 - patience] - barrier <= small) {
      const lately = Math.min(...history.highest.slice(-patience));
      if (at.before !== undefined && at.before - barrier <= small && lately - barrier <= small) return "converged";
      Object.assign(at, { looks: 0, before: barrier, learningRate: options.decay * at.learningRate });
      profile = best.profile;
      path = copied(best.path);
      memory = [];
    }
    if (at.epoch === epochs) return "maximum epochs";
    const added = worstGaps(profile, Math.min(growBy, maxPoints - (path.length - 2)));
    path = withPoints(path, added);
    memory = withMemories(memory, added);
    at.points = path.length - 2;
    const highest = Math.round(topOf(profile).place);
    at.climbing = highest + added.filter((place) => place < highest).length;
    return undefined;
  }

  if (path.length === 2 || barrier <= Math.max(...endLosses)) return ended("converged");
  for (; at.epoch <= epochs; at.epoch++) {
    for (; at.done < surface.batches; ) {
      const found = await surface.gradients(path.slice(1, -1), at.epoch, at.done);
      const { learningRate, climbing } = at;
      const directions = pathDirections(optimizer, found.gradients, memory);
      stepPath(path, { ...found, gradients: directions }, { method, learningRate, spring, climbing, endLosses });
      if (method === "string") path = spreadEvenly(path);
      at.done++;
      at.iterations++;
      if (at.done < surface.batches) save(state);
      progress(share(), `epoch ${at.epoch} of ${epochs}, ${note(barrier)}`);
    }
    if (at.epoch % growEvery === 0 || at.epoch === epochs) {
      const stopped = await look();
      if (stopped) return ended(stopped);
    }
    at.done = 0;
    save(() => packed({ ...at, epoch: at.epoch + 1 }, path, memory, best, history));
  }
  return ended("maximum epochs");
}

interface Best {
  path: readonly Float64Array[];
  profile: Profile;
}

const copied = (path: readonly Float64Array[]) => path.map((point) => point.slice());

const coincide = ([a, b]: readonly [Float64Array, Float64Array]) => a.every((x, k) => x === b[k]);

function straightLine(ends: readonly [Float64Array, Float64Array], points: number): Float64Array[] {
  return Array.from({ length: points + 2 }, (_, i) =>
    i === points + 1 ? ends[1].slice() : pointAt(ends, i / (points + 1)).slice(),
  );
}

function packed(
  place: Place,
  path: readonly Float64Array[],
  memory: readonly PointMemory[],
  best: Best,
  history: PathHistory,
): TrainingState {
  const steps = memory.map(({ steps }) => steps);
  return {
    facts: { place: { ...place }, profile: best.profile, history, length: path.length, steps },
    vectors: [...path, ...memory.flatMap(({ mean, meanSquare }) => [mean, meanSquare]), ...best.path],
  };
}

function unpacked({ facts, vectors }: TrainingState) {
  const { place, profile, history, length, steps } = facts as unknown as {
    place: Place;
    profile: Profile;
    history: PathHistory;
    length: number;
    steps: number[];
  };
  const path = vectors.slice(0, length).map((vector) => vector.slice());
  const memory = steps.map((count, k): PointMemory => {
    const [mean, meanSquare] = [0, 1].map((which) => vectors[length + 2 * k + which].slice());
    return { mean, meanSquare, steps: count };
  });
  return { place, path, memory, history, best: { path: vectors.slice(length + 2 * steps.length), profile } };
}
