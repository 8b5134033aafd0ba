import { type Dataset, sampleCount, targetSize } from "../../data/dataset.js";
import { classScores } from "./classScores.js";
import { type PredictionOptions, predictBatches } from "./predictBatches.js";
import type { Predictor } from "./predictor.js";

/** The outputs of a network for every label of a dataset: [N × labels of a sample]. */
export interface PredictedLabels {
  /** −1 when the outputs are not finite; the probabilities are then NaN. */
  readonly predicted: Int32Array;
  /** The probabilities of the predicted label and of the correct one. */
  readonly probability: Float64Array;
  readonly labelProbability: Float64Array;
}

/** The most probable labels, by softmax of the outputs. */
export async function predictLabels(
  predictor: Predictor,
  theta: Float64Array,
  dataset: Dataset,
  options: PredictionOptions,
): Promise<PredictedLabels> {
  const places = targetSize(dataset);
  const size = sampleCount(dataset) * places;
  const predicted = new Int32Array(size);
  const [probability, labelProbability] = [new Float64Array(size), new Float64Array(size)];
  for await (const { first, count, outputs, targets } of predictBatches(predictor, theta, dataset, options)) {
    const scores = classScores(outputs, dataset.classes.length, targets);
    for (let i = 0; i < targets.length; i++) {
      const to = (first + (i % count)) * places + Math.floor(i / count);
      predicted[to] = scores.predicted[i];
      probability[to] = scores.probability[i];
      labelProbability[to] = Math.exp(-scores.crossEntropy[i]);
    }
  }
  return { predicted, probability, labelProbability };
}

/** The outputs themselves: [N × outputs]. */
export async function predictValues(
  predictor: Predictor,
  theta: Float64Array,
  dataset: Dataset,
  options: PredictionOptions,
): Promise<Float64Array> {
  const width = predictor.model.outputs;
  const values = new Float64Array(sampleCount(dataset) * width);
  for await (const { first, count, outputs } of predictBatches(predictor, theta, dataset, options)) {
    for (let i = 0; i < outputs.length; i++) values[(first + (i % count)) * width + Math.floor(i / count)] = outputs[i];
  }
  return values;
}
