/** Numbers measured in an epoch, by name: trainLoss, validationAccuracy, … */
export type Metrics = Readonly<Record<string, number>>;

/** A point of a training that is kept. */
export interface Checkpoint {
  /** Steps taken so far. */
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly metrics: Metrics;
  readonly weights: Float64Array;
  /** The running statistics of batch norms; without any, no entries. */
  readonly statistics: Float64Array;
}

export interface EarlyStop {
  /** A loss is to fall, an accuracy to rise. */
  readonly metric: string;
  /** Epochs without a better value that are waited for. */
  readonly patience: number;
}

/** What a training needs to go on where it was: facts that are plain JSON, and vectors of one length. */
export interface TrainingState {
  readonly facts: Record<string, unknown>;
  readonly vectors: readonly Float64Array[];
}

/** What came of a training. */
export interface TrainingResult {
  /** In order; the last is where it ended. */
  readonly checkpoints: readonly Checkpoint[];
  /** A curve for each metric, and the epochs of its values. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** Why it ended. */
  readonly stopped: string;
  readonly warnings: readonly string[];
}

/** What surrounds a training: the state that an earlier run left, and listeners. */
export interface TrainingHooks {
  readonly resume?: TrainingState;
  /** Called after every step from which a run can go on. */
  save(state: () => TrainingState): void;
  /** `fraction` is what part is done; undefined where nobody knows. */
  progress(fraction: number | undefined, note: string): void;
  /** Called at the end of each epoch, of a training without samples after each iteration. */
  measured?(epoch: number, metrics: Metrics): void;
}

/** The memory of a training: its curves and checkpoints, and whether it no longer gets better. */
export interface TrainingRecord {
  readonly history: Record<string, number[]>;
  readonly checkpoints: Checkpoint[];
  /** Takes in the metrics of an epoch; true where it is time to stop. */
  add(epoch: number, metrics: Metrics): boolean;
  state(): TrainingState;
}

/** A record, empty or as it was left. Its vectors are weights followed by statistics. */
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
      vectors: checkpoints.map(({ weights, statistics }) => joined(weights, statistics)),
    }),
  };
}

/** Weights followed by statistics. */
export function joined(weights: Float64Array, statistics: Float64Array): Float64Array {
  const both = new Float64Array(weights.length + statistics.length);
  both.set(weights);
  both.set(statistics, weights.length);
  return both;
}

/** True when the best value of a curve is as old as patience allows. NaN is never better. */
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
