/** Losses: outputs of a network at P parameter points → [P]. */
import * as f from "../../graph/functions.js";
import type { Layout } from "../networks/layout.js";
import { parameterRows } from "../networks/parameterRows.js";

/**
 * Mean of −log softmax(logits)[label]. Logits are [P, classes, …]. Labels are integers with the shape of the axes after
 * the classes: samples, pixels, tokens. With label smoothing ε, the label has probability 1 − ε + ε / classes and every
 * other class ε / classes (Szegedy et al. 2016).
 */
export function crossEntropy(
  logits: f.Tensor,
  labels: f.Tensor,
  { labelSmoothing = 0, average = meanPerPoint }: { labelSmoothing?: number; average?: Average } = {},
): f.Tensor {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`crossEntropy: label smoothing is ${labelSmoothing}, expected a number from 0 to 1`);
  }
  const [points, , ...places] = logits.shape;
  requireSame("crossEntropy: labels", labels.shape, places);
  const logProbabilities = f.logSoftmax(logits, 1);
  const indices = f.expand(f.reshape(labels, [1, 1, ...places]), [points, 1, ...places]);
  const ofLabel = average(f.gather(logProbabilities, indices, 1));
  if (labelSmoothing === 0) return f.neg(ofLabel);
  const ofAny = average(logProbabilities);
  return f.neg(f.add(f.mul(1 - labelSmoothing, ofLabel), f.mul(labelSmoothing, ofAny)));
}

/** Mean squared difference between outputs [P, …] and targets […]. */
export function meanSquaredError(outputs: f.Tensor, targets: f.Tensor, average: Average = meanPerPoint): f.Tensor {
  requireSame("meanSquaredError: targets", targets.shape, outputs.shape.slice(1));
  return average(f.pow(f.sub(outputs, targets), 2));
}

/** Mean of −t·log σ(z) − (1 − t)·log(1 − σ(z)) for logits z [P, …] and targets t […] from 0 to 1. */
export function binaryCrossEntropy(logits: f.Tensor, targets: f.Tensor, average: Average = meanPerPoint): f.Tensor {
  requireSame("binaryCrossEntropy: targets", targets.shape, logits.shape.slice(1));
  return average(f.sub(f.softplus(logits), f.mul(logits, targets)));
}

/** ½·Σ w² over the tensors with the role weight, at each parameter point [P, n]: the term of weight decay. */
export function weightPenalty(theta: f.Tensor, layout: Layout): f.Tensor {
  const weights = parameterRows(theta, layout).filter((_, i) => layout[i].role === "weight");
  const total = weights
    .map((weight) => f.sum(f.pow(weight, 2), axesAfterFirst(weight)))
    .reduce((sum, next) => f.add(sum, next), f.expand(f.constant(0), [theta.shape[0]]));
  return f.mul(0.5, total);
}

/** The axes of the mean: everything at a parameter point, or everything of each sample, the last axis. */
type Average = (x: f.Tensor) => f.Tensor;

const meanPerPoint: Average = (x) => f.mean(x, axesAfterFirst(x));

/** [P, …, N] → [P, N]. */
export const meanPerSample: Average = (x) => f.mean(x, axesAfterFirst(x).slice(0, -1));

const axesAfterFirst = (x: f.Tensor) => x.shape.slice(1).map((_, i) => i + 1);

function requireSame(what: string, found: readonly number[], expected: readonly number[]): void {
  if (found.join() !== expected.join()) throw new RangeError(`${what} have shape [${found}], expected [${expected}]`);
}
