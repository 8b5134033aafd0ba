import { type Dataset, sampleCount, targetSize } from "../../data/dataset.js";
import { tensorView } from "../networks/layout.js";
import type { Model } from "../networks/model.js";
import type { SupervisedProblem } from "../problems/supervisedProblem.js";
import { classScores } from "./classScores.js";
import {
  accuracies,
  accuracy,
  type Confusion,
  countConfusion,
  emptyConfusion,
  intersectionsOverUnions,
  meanOfPresent,
} from "./confusion.js";
import { type PredictedBatch, type PredictionOptions, predictBatches } from "./predictBatches.js";
import type { Predictor } from "./predictor.js";

export interface Evaluation {
  /** `loss` as in training, then measures by name. */
  readonly measures: Readonly<Record<string, number>>;
  /** Measures of each class, by name; NaN when a class does not occur. */
  readonly ofClasses: Readonly<Record<string, Float64Array>>;
  /** The number of samples, or of grid points for a differential equation. */
  readonly samples: number;
  /** The number of outputs (of samples, pixels, tokens) that are not finite. */
  readonly nonFinite: number;
  readonly confusion?: Confusion;
}

type Result = Omit<Evaluation, "samples">;

/** Sums over the outputs, batch by batch, and the measures from these sums. */
interface Tally {
  add(batch: PredictedBatch): void;
  /** `loss` is the training loss without the penalty on the weights. */
  result(): Result;
}

/**
 * Measures of a network with parameters `theta` on a dataset. `loss` is the training loss, with label smoothing and the
 * penalty on the weights. The other measures include neither:
 *
 * - cross-entropy: `crossEntropy` in nats (a sample, pixel or token), `accuracy`; for each class `accuracy`; for
 *   segmentation `iou` of each class and `meanIoU`, the mean over the classes that occur; for language `perplexity`,
 *   e^crossEntropy.
 * - binary-cross-entropy: `binaryCrossEntropy`, `accuracy`: the share of outputs on the same side of 1/2 as their
 * target.
 * - mean-squared-error: `meanSquaredError`, `rSquared`: 1 − Σ (target − output)² / Σ (target − mean)², with a mean for
 * each
 *   entry of a target; NaN for constant targets.
 *
 * Outputs that are not finite count as wrong. Network and dataset must fit (requireFit).
 */
export async function evaluateSupervised(
  predictor: Predictor,
  theta: Float64Array,
  problem: SupervisedProblem,
  dataset: Dataset,
  options: PredictionOptions,
  progress: (fraction: number) => void = () => {},
): Promise<Evaluation> {
  const { model } = predictor;
  const tally = tallyOf(problem, dataset);
  for await (const batch of predictBatches(predictor, theta, dataset, options)) {
    tally.add(batch);
    progress((batch.first + batch.count) / sampleCount(dataset));
  }
  const { measures, ...rest } = tally.result();
  return {
    measures: { ...measures, loss: measures.loss + penalty(model, theta, problem) },
    samples: sampleCount(dataset),
    ...rest,
  };
}

function tallyOf(problem: SupervisedProblem, dataset: Dataset): Tally {
  switch (problem.loss) {
    case "cross-entropy":
      return labelTally(dataset, problem.labelSmoothing);
    case "binary-cross-entropy":
      return binaryTally(dataset);
    case "mean-squared-error":
      return squaredTally(dataset);
    case "output":
      throw new Error("the output of the network is its loss, which measures nothing else");
    default:
      return problem.loss satisfies never;
  }
}

function labelTally({ task, classes: { length: classes } }: Dataset, labelSmoothing: number): Tally {
  const confusion = emptyConfusion(classes);
  let [places, ofLabel, ofAny, nonFinite] = [0, 0, 0, 0];
  return {
    add({ outputs, targets }) {
      const scores = classScores(outputs, classes, targets);
      countConfusion(confusion, targets, scores.predicted);
      places += targets.length;
      for (let i = 0; i < targets.length; i++) {
        ofLabel += scores.crossEntropy[i];
        ofAny += scores.uniformCrossEntropy[i];
        if (scores.predicted[i] < 0) nonFinite++;
      }
    },
    result(): Result {
      const crossEntropy = ofLabel / places;
      const loss = (1 - labelSmoothing) * crossEntropy + (labelSmoothing * ofAny) / places;
      const measures = { loss, crossEntropy, accuracy: accuracy(confusion) };
      const ofClasses = { accuracy: accuracies(confusion) };
      if (task === "language") {
        return { measures: { ...measures, perplexity: Math.exp(crossEntropy) }, ofClasses: {}, nonFinite, confusion };
      }
      if (task !== "segmentation") return { measures, ofClasses, nonFinite, confusion };
      const iou = intersectionsOverUnions(confusion);
      return {
        measures: { ...measures, meanIoU: meanOfPresent(iou) },
        ofClasses: { ...ofClasses, iou },
        nonFinite,
        confusion,
      };
    },
  };
}

/** When the targets are labels of two classes, the output gives the logit of the second. */
function binaryTally({ classes }: Dataset): Tally {
  const confusion = emptyConfusion(2);
  let [count, total, nonFinite] = [0, 0, 0];
  return {
    add({ outputs, targets }) {
      count += targets.length;
      for (let i = 0; i < targets.length; i++) {
        const [z, t] = [outputs[i], targets[i]];
        // −t·log σ(z) − (1 − t)·log(1 − σ(z)), without overflow
        total += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - z * t;
        if (!Number.isFinite(z)) nonFinite++;
      }
      const sides = Array.from(targets, (t) => Number(t > 0.5));
      countConfusion(
        confusion,
        sides,
        outputs.map((z) => (Number.isFinite(z) ? Number(z > 0) : -1)),
      );
    },
    result(): Result {
      const mean = total / count;
      const measures = { loss: mean, binaryCrossEntropy: mean, accuracy: accuracy(confusion) };
      if (classes.length !== 2) return { measures, ofClasses: {}, nonFinite };
      return { measures, ofClasses: { accuracy: accuracies(confusion) }, nonFinite, confusion };
    },
  };
}

function squaredTally(dataset: Dataset): Tally {
  let [count, total, nonFinite] = [0, 0, 0];
  return {
    add({ outputs, targets }) {
      count += targets.length;
      for (let i = 0; i < targets.length; i++) {
        total += (outputs[i] - targets[i]) ** 2;
        if (!Number.isFinite(outputs[i])) nonFinite++;
      }
    },
    result(): Result {
      const variation = variationOf(dataset);
      const rSquared = variation > 0 ? 1 - total / variation : Number.NaN;
      return {
        measures: { loss: total / count, meanSquaredError: total / count, rSquared },
        ofClasses: {},
        nonFinite,
      };
    },
  };
}

/** Σ (target − mean)², with a mean for each entry of a target; exactly 0 for constant targets. */
function variationOf(dataset: Dataset): number {
  const { targets } = dataset;
  const width = targetSize(dataset);
  // Relative to the first sample's values, which avoids rounding errors.
  const shift = (i: number) => targets[i] - targets[i % width];
  const mean = new Float64Array(width);
  for (let i = 0; i < targets.length; i++) mean[i % width] += shift(i) / (targets.length / width);
  let total = 0;
  for (let i = 0; i < targets.length; i++) total += (shift(i) - mean[i % width]) ** 2;
  return total;
}

/** λ/2 · Σ w² over the weights. */
function penalty({ layout }: Model, theta: Float64Array, { weightPenalty }: SupervisedProblem): number {
  if (weightPenalty === 0) return 0;
  const squares = layout
    .filter(({ role }) => role === "weight")
    .map((tensor) => tensorView(theta, tensor).reduce((sum, weight) => sum + weight * weight, 0));
  return (weightPenalty / 2) * squares.reduce((sum, square) => sum + square, 0);
}
