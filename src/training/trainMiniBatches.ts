import type { Values } from "../graph/backend.js";
import { inOneVector } from "../models/networks/networkState.js";
import {
  type EarlyStop,
  type Metrics,
  type TrainingHooks,
  type TrainingResult,
  type TrainingState,
  trainingRecord,
} from "./trainingRecord.js";
import type { Update } from "./update.js";

/** The result of a mini-batch. */
interface BatchResult {
  loss: number;
  /** The share of correct labels, if there are labels. */
  accuracy?: number;
  /** The number of samples in it. */
  count: number;
}

export interface MiniBatchOptions {
  /** The initial weights, and the running statistics (empty without batch norms). They are not changed. */
  start: Float64Array;
  statistics: Float64Array;
  update: Update;
  epochs: number;
  stepsPerEpoch: number;
  /** The step size of a step. Steps are counted from 0 through all epochs, and epochs from 0 too. */
  lr(step: number, epoch: number): number;
  /** Changes each gradient in place before it is used. A gradient that is not finite must stay so. */
  prepare?(gradient: Values): void;
  /**
   * Computes batch k of an epoch (from 1) at the weights of `update`, fills its gradient, and moves the running
   * statistics.
   */
  gradientAt(statistics: Float64Array, epoch: number, k: number): Promise<BatchResult>;
  /** The loss over all samples with the running statistics, for a checkpoint. */
  lossAt(theta: Float64Array, statistics: Float64Array): Promise<number>;
  /** Measurements on other samples after an epoch. */
  validate?(theta: Float64Array, statistics: Float64Array): Promise<Metrics>;
  /** True when the weights after an epoch are kept (0: the start). The last ones always are. */
  isWanted(epoch: number): boolean;
  earlyStop?: EarlyStop;
}

/** The state of a training between two steps. */
interface Place {
  epoch: number;
  /** The number of finished batches in the epoch. */
  done: number;
  step: number;
  /** Sums over the epoch's samples. */
  loss: number;
  right: number;
  count: number;
  /** The last epoch after which the weights were verified. */
  good: number;
}

/** A training while it goes on. */
interface Training {
  readonly options: MiniBatchOptions;
  readonly hooks: TrainingHooks;
  readonly at: Place;
  readonly statistics: Float64Array;
  /** Weights and statistics that are known to be good. */
  readonly good: Float64Array;
  readonly record: ReturnType<typeof trainingRecord>;
  readonly clock: { readonly start: number; samples: number };
}

/**
 * A training by mini-batches. When a batch gives a non-finite loss or gradient, it ends with the weights after the last
 * epoch that was followed by a finite batch.
 */
export async function trainMiniBatches(options: MiniBatchOptions, hooks: TrainingHooks): Promise<TrainingResult> {
  const training = begin(options, hooks);
  const { at, record, statistics } = training;
  const { update, epochs, validate = async () => ({}) } = options;
  if (!hooks.resume && options.isWanted(0) && !(await keep(training, 0, await validate(update.theta, statistics)))) {
    return diverged(training);
  }
  for (; at.epoch <= epochs; at.epoch++) {
    if (!(await runEpoch(training))) return diverged(training);
    const metrics = {
      learningRate: options.lr(at.step - 1, at.epoch - 1),
      trainLoss: at.loss / at.count,
      ...(!Number.isNaN(at.right) && { trainAccuracy: at.right / at.count }),
      ...(await validate(update.theta, statistics)),
    };
    const stops = record.add(at.epoch, metrics);
    hooks.measured?.(at.epoch, metrics);
    const isLast = stops || at.epoch === epochs;
    if ((isLast || options.isWanted(at.epoch)) && !(await keep(training, at.epoch, metrics))) return diverged(training);
    if (stops) return ended(training, "early stop");
    Object.assign(at, { done: 0, loss: 0, right: 0, count: 0 });
    const next = { ...at, epoch: at.epoch + 1 };
    if (!isLast) hooks.save(() => stateOf(training, next));
  }
  return ended(training, "maximum epochs");
}

function begin(options: MiniBatchOptions, hooks: TrainingHooks): Training {
  const { start, update } = options;
  const begun = hooks.resume ? unpacked(hooks.resume, update, start.length) : undefined;
  update.goTo(begun?.theta ?? start);
  const statistics = begun?.statistics ?? options.statistics.slice();
  return {
    ...{ options, hooks, statistics },
    good: begun?.good ?? inOneVector(update.theta, statistics),
    at: begun?.place ?? { epoch: 1, done: 0, step: 0, loss: 0, right: 0, count: 0, good: 0 },
    record: trainingRecord(start.length, options.earlyStop, begun?.record),
    clock: { start: performance.now(), samples: 0 },
  };
}

/** The steps of an epoch that are left. False where a loss or a gradient is not finite. */
async function runEpoch(training: Training): Promise<boolean> {
  const { options, hooks, at, statistics, good, clock } = training;
  const { update, epochs, stepsPerEpoch, prepare = () => {} } = options;
  for (; at.done < stepsPerEpoch; ) {
    // The weights before the step, with their statistics: known to be good once the batch has shown it.
    const before = at.done === 0 ? inOneVector(update.theta, statistics) : undefined;
    const { loss, accuracy, count } = await options.gradientAt(statistics, at.epoch, at.done);
    if (!Number.isFinite(loss)) return false;
    prepare(update.gradient);
    if (!update.apply(at.step + 1, options.lr(at.step, at.epoch - 1))) return false;
    if (before) {
      good.set(before);
      at.good = at.epoch - 1;
    }
    at.step++;
    at.done++;
    at.loss += loss * count;
    at.right += (accuracy ?? Number.NaN) * count;
    at.count += count;
    clock.samples += count;
    if (at.done < stepsPerEpoch) hooks.save(() => stateOf(training, at));
    const rate = Math.round((1000 * clock.samples) / (performance.now() - clock.start));
    const note = `epoch ${at.epoch} of ${epochs}, loss ${(at.loss / at.count).toPrecision(4)}, ${rate} samples/s`;
    hooks.progress(at.step / (epochs * stepsPerEpoch), note);
  }
  return true;
}

/** Keeps the present weights as a checkpoint; false where their loss is not finite. */
async function keep({ options, record, statistics }: Training, epoch: number, metrics: Metrics): Promise<boolean> {
  const { theta } = options.update;
  const loss = await options.lossAt(theta, statistics);
  if (!Number.isFinite(loss)) return false;
  const [weights, own] = [theta.slice(), statistics.slice()];
  record.checkpoints.push({ step: epoch * options.stepsPerEpoch, epoch, loss, metrics, weights, statistics: own });
  return true;
}

function ended({ record }: Training, stopped: string, warnings: string[] = []): TrainingResult {
  const { checkpoints, history } = record;
  return { checkpoints, history, stopped, warnings };
}

/** Ends with the weights that are known to be good. */
async function diverged(training: Training): Promise<TrainingResult> {
  const { options, at, record, statistics, good } = training;
  const { update, stepsPerEpoch, start } = options;
  update.goTo(good.subarray(0, start.length));
  statistics.set(good.subarray(start.length));
  const row = record.history.epoch.indexOf(at.good);
  // A later row than the last that is known to be good has a finite loss, though not a finite gradient.
  if ((record.checkpoints.at(-1)?.epoch ?? -1) < at.good) {
    const metrics = Object.entries(record.history).filter(([name]) => name !== "epoch");
    const found = Object.fromEntries(metrics.map(([name, curve]) => [name, curve[row] ?? Number.NaN]));
    if (!(await keep(training, at.good, found))) {
      const checkpoint = { step: at.good * stepsPerEpoch, epoch: at.good, loss: Number.NaN, metrics: found };
      record.checkpoints.push({ ...checkpoint, weights: update.theta.slice(), statistics: statistics.slice() });
    }
  }
  const { epoch } = record.checkpoints[record.checkpoints.length - 1];
  const where = epoch === 0 ? "the initial weights" : `the weights after epoch ${epoch}`;
  const warning = `loss or gradient were no longer finite in epoch ${at.epoch}; the last row holds ${where}`;
  return ended(training, "non-finite loss", [warning]);
}

function stateOf({ options, statistics, good, record }: Training, place: Place): TrainingState {
  return packed(place, options.update.theta, statistics, good, options.update, record.state());
}

function packed(
  place: Place,
  theta: Float64Array,
  statistics: Float64Array,
  good: Float64Array,
  { memory }: Update,
  record: TrainingState,
): TrainingState {
  const none = new Float64Array(statistics.length);
  const own = [inOneVector(theta, statistics), good, ...memory.map((vector) => inOneVector(vector, none))];
  return { facts: { place: { ...place }, record: record.facts }, vectors: [...own, ...record.vectors] };
}

function unpacked({ facts, vectors }: TrainingState, { memory }: Update, size: number) {
  const { place, record } = facts as { place: Place; record: Record<string, unknown> };
  const [first, good, ...rest] = vectors;
  for (const [k, vector] of memory.entries()) vector.set(rest[k].subarray(0, size));
  return {
    place,
    theta: first.slice(0, size),
    statistics: first.slice(size),
    good: good.slice(),
    record: { facts: record, vectors: rest.slice(memory.length) },
  };
}
