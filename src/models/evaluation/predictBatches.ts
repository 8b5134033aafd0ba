import { type Dataset, inputSize, type Numbers, networkSamples, sampleCount, targetSize } from "../../data/dataset.js";
import type { Values } from "../../graph/backend.js";
import { transpose } from "../../linalg/transpose.js";
import type { Predictor } from "./predictor.js";

/** The number of input values that go through the network at once when there is no batch size. */
const BATCH_NUMBERS = 2 ** 18;

export interface PredictionOptions {
  /**
   * The number of samples computed at once, which bounds the memory. Default: as many as make 262,144 numbers in total.
   */
  readonly batchSize?: number;
  /** The statistics of batch norms: stored ones, or those of each mini-batch. Networks without batch norm ignore it. */
  readonly statistics?: Values | "recomputed";
}

/** The samples first … first + count of a dataset, and the network's outputs for them. A column is a sample. */
export interface PredictedBatch {
  readonly first: number;
  readonly count: number;
  /** [outputs × count] */
  readonly outputs: Float64Array;
  /** [targets × count] */
  readonly targets: Numbers;
}

/** The outputs of a network for a dataset, one mini-batch at a time. The two must fit (requireFit). */
export async function* predictBatches(
  predictor: Predictor,
  theta: Float64Array,
  dataset: Dataset,
  { batchSize, statistics }: PredictionOptions,
): AsyncGenerator<PredictedBatch> {
  const { model } = predictor;
  const width = inputSize(dataset);
  if (model.statistics && statistics === undefined) {
    throw new RangeError('a network with batch norm needs statistics: stored ones, or "recomputed"');
  }
  const stored = model.statistics && statistics !== "recomputed" ? statistics : undefined;
  const total = sampleCount(dataset);
  const most = batchSize ?? Math.max(1, Math.floor(BATCH_NUMBERS / width));
  for (let first = 0; first < total; first += most) {
    const count = Math.min(most, total - first);
    const rows = Array.from({ length: count }, (_, i) => first + i);
    const { inputs, targets } = networkSamples(dataset, rows);
    const outputs = await predictor.predict(theta, transpose(inputs, width), stored);
    yield { first, count, outputs, targets: transpose(targets, targetSize(dataset)) };
  }
}
