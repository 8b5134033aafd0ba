import type { TrainingHooks, TrainingState } from "../../training/trainingRecord.js";
import { type PathOptimizer, type PointMemory, pathDirections, withMemories } from "./pathDirections.js";
import { pointAt, spreadEvenly, withPoints } from "./pathPlaces.js";
import { type Profile, pathProfile, topOf } from "./pathProfile.js";
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

/** The result of each measurement. The first is that of the straight line. */
interface PathHistory {
  readonly epoch: number[];
  readonly points: number[];
  /** The highest loss on the path at that time, and the lowest of these so far. */
  readonly highest: number[];
  readonly barrier: number[];
  /** The step size before the measurement. */
  readonly learningRate: number[];
}

/** The state of an optimisation between two steps. */
interface Place {
  epoch: number;
  /** The number of finished mini-batches in the epoch. */
  done: number;
  iterations: number;
  points: number;
  climbing?: number;
  learningRate: number;
  /** The measurements with this step size. */
  looks: number;
  /** The final barrier with the previous step size. */
  before?: number;
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

  /** Measures the path after an epoch. Returns the reason when the optimisation is over. */
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
