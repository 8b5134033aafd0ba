import * as f from "../../graph/functions.js";
import type { SupervisedProblem } from "./supervisedProblem.js";

/**
 * The share of labels (of samples, pixels, tokens) that a network with outputs [P, …outputShape, N] predicts correctly:
 * [P], or undefined for a loss without labels. The prediction is the class with the largest logit; a label that ties
 * for it is correct.
 */
export function accuracy(loss: SupervisedProblem["loss"], logits: f.Tensor, targets: f.Tensor): f.Tensor | undefined {
  switch (loss) {
    case "cross-entropy": {
      const [points, , ...places] = logits.shape;
      const labels = f.expand(f.reshape(targets, [1, 1, ...places]), [points, 1, ...places]);
      return share(f.greaterOrEqual(f.gather(logits, labels, 1), f.max(logits, [1], { keepdims: true })));
    }
    case "binary-cross-entropy":
      return share(f.equal(indicator(f.greater(logits, 0)), indicator(f.greater(targets, 0.5))));
    case "mean-squared-error":
    case "output":
      return undefined;
    default:
      return loss satisfies never;
  }
}

const indicator = (condition: f.Tensor) => f.where(condition, 1, 0);

function share(condition: f.Tensor): f.Tensor {
  return f.mean(
    indicator(condition),
    condition.shape.slice(1).map((_, i) => i + 1),
  );
}
