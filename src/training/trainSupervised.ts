import { type Augmentation, augmentedRows, requireImages } from "../data/augment.js";
import { batchCount, batchGatherer, batchRows } from "../data/batches.js";
import { type Dataset, networkSamples, sampleCount } from "../data/dataset.js";
import type { Dtype } from "../graph/program.js";
import { sampleEvaluator } from "../models/evaluation/sampleEvaluator.js";
import { type Architecture, createModel } from "../models/networks/architecture.js";
import type { NetworkState } from "../models/networks/networkState.js";
import { followStatistics } from "../models/networks/runningStatistics.js";
import { type Evaluation, type MiniBatch, miniBatch } from "../models/problems/miniBatch.js";
import { createObjective } from "../models/problems/objective.js";
import { supervisedLoss } from "../models/problems/supervisedLoss.js";
import { requireFit, type SupervisedProblem } from "../models/problems/supervisedProblem.js";
import { clipGradient } from "./clipGradient.js";
import { lbfgs } from "./lbfgs.js";
import { learningRate, type Schedule } from "./learningRate.js";
import { type FirstOrderOptimizer, type LbfgsOptimizer, lbfgsOptions, type Optimizer, ruleOf } from "./optimizer.js";
import { trainFullBatch } from "./trainFullBatch.js";
import type { EarlyStop, Metrics, TrainingHooks, TrainingResult } from "./trainingRecord.js";
import { trainMiniBatches } from "./trainMiniBatches.js";
import { createUpdate } from "./update.js";

export interface SupervisedTraining {
  architecture: Architecture;
  problem: SupervisedProblem;
  data: Dataset;
  validation?: Dataset;
  optimizer: Optimizer;
  /**
   * Passes over the data, and the number of samples per step. L-BFGS does not use them, because it takes all samples at
   * once.
   */
  epochs: number;
  batchSize: number;
  dropLast: boolean;
  schedule: Schedule;
  /** The maximum norm of the gradient. */
  clipGradient?: number;
  augment?: Augmentation;
  isWanted(epoch: number): boolean;
  earlyStop?: EarlyStop;
  start: NetworkState;
  /** The seed of the order of the samples and of their augmentation. */
  seed: number;
  dtype: Dtype;
}

/** Trains a network on samples. Throws when they do not fit the network, or when there are too few. */
export async function trainSupervised(training: SupervisedTraining, hooks: TrainingHooks): Promise<TrainingResult> {
  const { architecture, problem, data, validation, augment, optimizer, dtype } = training;
  requireFit(architecture, problem, data);
  if (validation) requireFit(architecture, problem, validation);
  if (augment) requireImages(data);
  const programs = await miniBatch(architecture, problem, { dtype });
  try {
    return await (optimizer.kind === "lbfgs"
      ? byLbfgs(training, optimizer, programs, hooks)
      : byMiniBatches(training, optimizer, programs, hooks));
  } finally {
    await programs.release();
  }
}

async function byMiniBatches(
  training: SupervisedTraining,
  optimizer: FirstOrderOptimizer,
  programs: MiniBatch,
  hooks: TrainingHooks,
): Promise<TrainingResult> {
  const { data, validation, epochs, batchSize, dropLast, augment, seed, dtype, clipGradient: most } = training;
  const model = createModel(training.architecture);
  const count = sampleCount(data);
  const stepsPerEpoch = batchCount(count, batchSize, dropLast);
  if (stepsPerEpoch === 0) {
    throw new Error(`dropLast leaves no batch: the dataset has ${count} samples, batchSize is ${batchSize}`);
  }
  const gather = batchGatherer();
  let rows: { epoch: number; batches: Int32Array[] } = { epoch: 0, batches: [] };

  const update = createUpdate(ruleOf(optimizer), model.size, dtype);

  async function gradientAt(statistics: Float64Array, epoch: number, k: number) {
    if (rows.epoch !== epoch) rows = { epoch, batches: batchRows(count, { batchSize, dropLast, seed, epoch }) };
    const own = rows.batches[k];
    const samples = augment ? augmentedRows(data, own, augment, { seed, epoch }) : data;
    const batch = gather(samples, augment ? own.map((_, i) => i) : own);
    const { statistics: found, ...result } = await programs.gradient(update.weights, batch, update.gradient);
    if (found && model.statistics && Number.isFinite(result.loss)) {
      followStatistics(statistics, found, own.length, model.statistics);
    }
    return { ...result, count: own.length };
  }

  const evaluate = sampleEvaluator(programs, batchSize);
  return trainMiniBatches(
    {
      start: training.start.weights,
      statistics: training.start.statistics,
      update,
      epochs,
      stepsPerEpoch,
      lr: (step, epoch) =>
        learningRate(training.schedule, optimizer.learningRate, { epoch, epochs, step, stepsPerEpoch }),
      prepare: most === undefined ? undefined : (gradient) => clipGradient(gradient, most),
      gradientAt,
      lossAt: async (theta, statistics) => (await evaluate(data, theta, statistics)).loss,
      validate:
        validation && (async (theta, statistics) => named("validation", await evaluate(validation, theta, statistics))),
      isWanted: training.isWanted,
      earlyStop: training.earlyStop,
    },
    hooks,
  );
}

/**
 * All data at once. The samples pass through the network in batches, which only bounds the memory. With batch norms
 * they are one batch. Its statistics make the loss the same function in every step, and are stored with the weights.
 */
async function byLbfgs(
  training: SupervisedTraining,
  optimizer: LbfgsOptimizer,
  programs: MiniBatch,
  hooks: TrainingHooks,
): Promise<TrainingResult> {
  const { architecture, problem, data, validation, batchSize, dtype } = training;
  const { size, statistics: state } = createModel(architecture);
  const count = sampleCount(data);
  if (state && batchSize < count) {
    throw new Error(
      `L-BFGS needs a loss that is the same function in every step; with batch norms this takes one batch of all ${count} samples; ` +
        `found batchSize ${batchSize}; set batchSize: ${count} or batchNorm: false, or use sgd, adam, adamw`,
    );
  }
  const asOneBatch = state && oneBatchLoss(programs, data, size, dtype);
  const statisticsAt =
    asOneBatch && (async (theta: Float64Array) => (await asOneBatch(theta)).statistics as Float64Array);
  const objective = asOneBatch
    ? { lossAndGradient: asOneBatch, release: async () => {} }
    : await createObjective(supervisedLoss(architecture, networkSamples(data), { ...problem, batchSize }), { dtype });
  const evaluate = sampleEvaluator(programs, batchSize);
  try {
    return await trainFullBatch(
      (resume, onIteration) =>
        lbfgs(objective.lossAndGradient, training.start.weights, { ...lbfgsOptions(optimizer), resume }, onIteration),
      {
        size,
        isWanted: training.isWanted,
        earlyStop: training.earlyStop,
        ...(statisticsAt && { statistics: { count: state.size, at: statisticsAt } }),
        async measure(theta) {
          const statistics = await statisticsAt?.(theta);
          const { accuracy } = await evaluate(data, theta, statistics);
          return {
            ...(accuracy !== undefined && { trainAccuracy: accuracy }),
            ...(validation && named("validation", await evaluate(validation, theta, statistics))),
          };
        },
      },
      hooks,
    );
  } finally {
    await objective.release();
  }
}

/** The loss of all samples as one batch, with its gradient and the statistics of batch norms. */
function oneBatchLoss(programs: MiniBatch, data: Dataset, size: number, dtype: Dtype) {
  const rows = Int32Array.from({ length: sampleCount(data) }, (_, i) => i);
  const batch = batchGatherer()(data, rows);
  const slopes = dtype === "f32" ? new Float32Array(size) : new Float64Array(size);
  return async (theta: Float64Array) => {
    const found = await programs.gradient(theta, batch, slopes);
    return { ...found, gradient: Float64Array.from(slopes) };
  };
}

function named(what: string, { loss, accuracy }: Evaluation): Metrics {
  return { [`${what}Loss`]: loss, ...(accuracy !== undefined && { [`${what}Accuracy`]: accuracy }) };
}
