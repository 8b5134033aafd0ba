import { type Dataset, inputSize, targetSize } from "../../data/dataset.js";
import { type Architecture, createModel } from "../networks/architecture.js";

/** A network that learns from samples. */
export interface SupervisedProblem {
  readonly kind: "supervised";
  readonly loss: "cross-entropy" | "mean-squared-error" | "binary-cross-entropy";
  /** Of cross-entropy, from 0 to 1. */
  readonly labelSmoothing: number;
  /** This times ½·Σ w² over the weights is added to the loss. */
  readonly weightPenalty: number;
}

/** What a schema cannot tell: parameters that the loss does not use. */
export function supervisedFaults({ loss, labelSmoothing }: SupervisedProblem): { path: string[]; message: string }[] {
  if (loss === "cross-entropy" || labelSmoothing === 0) return [];
  return [
    { path: ["labelSmoothing"], message: `is ${labelSmoothing}, but ${loss} has no labels to smooth; leave it out` },
  ];
}

/** Throws where the samples of a dataset are not what the network takes, or its targets not what the loss compares. */
export function requireFit(architecture: Architecture, { loss }: SupervisedProblem, dataset: Dataset): void {
  if (architecture.kind === "parameters")
    throw new Error("named parameters are no network; they learn from no samples");
  const { task, inputShape, targetShape, classes } = dataset;
  const { inputs, outputs, inputShape: given, outputShape } = createModel(architecture);
  // A network that takes one list of numbers takes images as such.
  const takesLists = architecture.kind === "mlp" || (architecture.kind === "onnx" && given.length === 1);
  const fits = takesLists ? inputs === inputSize(dataset) : given.join() === inputShape.join();
  if (!fits) {
    const what = `the ${architecture.kind} takes inputs of [${given}]`;
    const size = takesLists ? `, ${inputSize(dataset)} numbers` : "";
    throw new Error(`${what}, the dataset has samples of [${inputShape}]${size}; expected the same`);
  }
  if (architecture.kind === "transformer" && task !== "language" && architecture.task === "language") {
    throw new Error(`the transformer's task is language, the dataset's ${task}; expected the same`);
  }
  const [labels, ...places] = outputShape;
  if (loss === "cross-entropy") {
    if (task === "regression")
      throw new Error(`cross-entropy compares labels; the dataset's targets are numbers (${task})`);
    // A few texts need not have all tokens of a vocabulary.
    const fits =
      labels === classes.length || (architecture.kind === "onnx" && task === "language" && labels > classes.length);
    if (!fits || places.join() !== targetShape.join()) {
      throw new Error(
        `the ${architecture.kind} gives ${wordsOf(labels, places)}, ` +
          `the dataset has ${wordsOf(classes.length, targetShape)}; expected the same`,
      );
    }
    return;
  }
  const binary = loss === "binary-cross-entropy" && classes.length === 2;
  if (task !== "regression" && !binary) {
    throw new Error(`${loss} compares numbers; the dataset has labels of ${classes.length} classes: use cross-entropy`);
  }
  if (outputs !== targetSize(dataset)) {
    throw new Error(
      `the ${architecture.kind} gives ${outputs} outputs, the dataset has ${targetSize(dataset)} targets a sample; ` +
        "expected the same",
    );
  }
}

const wordsOf = (classes: number, places: readonly number[]) =>
  `${classes} classes${places.length > 0 ? ` at [${places}] places` : ""}`;
