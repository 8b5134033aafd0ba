import { inOneVector } from "../models/networks/networkState.js";

/** Measurements of an epoch, by name: trainLoss, validationAccuracy, … */
export type Metrics = Readonly<Record<string, number>>;

/** A checkpoint of a training. */
export interface Checkpoint {
  /** The number of steps so far. */
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly metrics: Metrics;
  readonly weights: Float64Array;
  /** The running statistics of batch norms; empty without batch norms. */
  readonly statistics: Float64Array;
}

export interface EarlyStop {
  /** A loss should fall, an accuracy should rise. */
  readonly metric: string;
  /** The number of epochs to wait for a better value. */
  readonly patience: number;
}

/** The state from which a training continues: facts as plain JSON, and vectors of one length. */
export interface TrainingState {
  readonly facts: Record<string, unknown>;
  readonly vectors: readonly Float64Array[];
}

/** The result of a training. */
export interface TrainingResult {
  /** In order. The last one is the end. */
  readonly checkpoints: readonly Checkpoint[];
  /** A curve per metric, and the epochs of its values. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** The reason why it ended. */
  readonly stopped: string;
  readonly warnings: readonly string[];
}

/** The surroundings of a training: the state that an earlier run left, and listeners. */
export interface TrainingHooks {
  readonly resume?: TrainingState;
  /** Called after every step from which a run can continue. */
  save(state: () => TrainingState): void;
  /** `fraction` is the finished part; undefined when unknown. */
  progress(fraction: number | undefined, note: string): void;
  /** Called at the end of each epoch, or after each iteration of a training without samples. */
  measured?(epoch: number, metrics: Metrics): void;
}

/** The record of a training: its curves and checkpoints, and whether it has stopped improving. */
export interface TrainingRecord {
  readonly history: Record<string, number[]>;
  readonly checkpoints: Checkpoint[];
  /** Adds the metrics of an epoch. Returns true when the training should stop. */
  add(epoch: number, metrics: Metrics): boolean;
  state(): TrainingState;
}

/** A record, empty or restored. Its vectors are weights followed by statistics. */
export function trainingRecord(size: number, earlyStop?: EarlyStop, resume?: TrainingState): TrainingRecord {
  const known = resume?.facts as { history: Record<string, number[]>; checkpoints: Omit<Checkpoint, "weights">[] };
  const history: Record<string, number[]> = known?.history ?? { epoch: [] };
  const checkpoints: Checkpoint[] = (known?.checkpoints ?? []).map((facts, k) => {
    const vector = resume!.vectors[k];
    return { ...facts, weights: vector.slice(0, size), statistics: vector.slice(size) };
  });
  return {
    history,
    checkpoints,
    add(epoch, metrics) {
      history.epoch.push(epoch);
      for (const [name, value] of Object.entries(metrics)) {
        history[name] ??= [];
        history[name].push(value);
      }
      return earlyStop !== undefined && isStale(history, earlyStop);
    },
    state: () => ({
      facts: { history, checkpoints: checkpoints.map(({ weights: _, statistics: __, ...facts }) => facts) },
      vectors: checkpoints.map(({ weights, statistics }) => inOneVector(weights, statistics)),
    }),
  };
}

/** True when the best value of a curve is older than the patience allows. NaN is never better. */
function isStale(history: Record<string, number[]>, { metric, patience }: EarlyStop): boolean {
  const curve = history[metric];
  if (curve === undefined) {
    const known = Object.keys(history).filter((name) => name !== "epoch" && name !== "learningRate");
    throw new Error(`earlyStop watches "${metric}", which this training does not measure; it has ${known.join(", ")}`);
  }
  const sign = metric.endsWith("Accuracy") ? -1 : 1;
  let best = 0;
  for (let i = 1; i < curve.length; i++)
    if (sign * curve[i] < sign * curve[best] || Number.isNaN(curve[best])) best = i;
  return curve.length - 1 - best >= patience;
}
