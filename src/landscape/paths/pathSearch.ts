import type { TrainingState } from "../../training/trainingRecord.js";
import type { PointMemory } from "./pathDirections.js";
import { type Profile, topOf } from "./pathProfile.js";

/** The result of each measurement. The first is that of the straight line. */
export interface PathHistory {
  readonly epoch: number[];
  readonly points: number[];
  /** The highest loss on the path at that time, and the lowest of these so far. */
  readonly highest: number[];
  readonly barrier: number[];
  /** The step size before the measurement. */
  readonly learningRate: number[];
}

/** The place of an optimisation between two steps. */
export interface Place {
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

/** The best measured path. */
export interface Best {
  path: readonly Float64Array[];
  profile: Profile;
}

/** The state of an optimisation between two steps, from which it can continue. */
export interface PathSearch {
  at: Place;
  path: readonly Float64Array[];
  memory: PointMemory[];
  best: Best;
  history: PathHistory;
}

export const copied = (path: readonly Float64Array[]) => path.map((point) => point.slice());

/** Adds the profile of the present path to the history. It becomes the best one when its highest loss is lower. */
export function addMeasurement({ at, path, best, history }: PathSearch, profile: Profile): void {
  const top = topOf(profile).loss;
  if (top < topOf(best.profile).loss) Object.assign(best, { path: copied(path), profile });
  history.epoch.push(at.epoch);
  history.points.push(path.length - 2);
  history.highest.push(top);
  history.barrier.push(topOf(best.profile).loss);
  history.learningRate.push(at.learningRate);
  at.looks++;
}

/** The state as it is stored. JSON keeps its facts. */
export function packed({ at, path, memory, best, history }: PathSearch): TrainingState {
  const steps = memory.map(({ steps }) => steps);
  const facts: Packed = { place: { ...at }, profile: best.profile, history, length: path.length, steps };
  return {
    facts: { ...facts },
    vectors: [...path, ...memory.flatMap(({ mean, meanSquare }) => [mean, meanSquare]), ...best.path],
  };
}

type Packed = {
  place: Place;
  profile: Profile;
  history: PathHistory;
  /** The number of points of the path, and the steps of each memory. */
  length: number;
  steps: number[];
};

export function unpacked({ facts, vectors }: TrainingState): PathSearch {
  const { place: at, profile, history, length, steps } = facts as Packed;
  const path = vectors.slice(0, length).map((vector) => vector.slice());
  const memory = steps.map((count, k): PointMemory => {
    const [mean, meanSquare] = [0, 1].map((which) => vectors[length + 2 * k + which].slice());
    return { mean, meanSquare, steps: count };
  });
  return { at, path, memory, history, best: { path: vectors.slice(length + 2 * steps.length), profile } };
}
