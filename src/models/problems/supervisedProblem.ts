import type { Dataset } from "../../data/dataset.js";
import { sizeOf } from "../../graph/shape.js";
import { type Architecture, createModel } from "../networks/architecture.js";

/** A network that learns from samples. */
export interface SupervisedProblem {
  readonly kind: "supervised";
  /** `output`: the output of the network is the loss, of samples and targets. */
  readonly loss: "cross-entropy" | "mean-squared-error" | "binary-cross-entropy" | "output";
  /** The label smoothing of cross-entropy, from 0 to 1. */
  readonly labelSmoothing: number;
  /** The factor of ½·Σ w² over the weights, which is added to the loss. */
  readonly weightPenalty: number;
}

/** Faults that a schema cannot find: parameters that the loss does not use. */
export function supervisedFaults({ loss, labelSmoothing }: SupervisedProblem): { path: string[]; message: string }[] {
  if (loss === "cross-entropy" || labelSmoothing === 0) return [];
  return [
    { path: ["labelSmoothing"], message: `is ${labelSmoothing}, but ${loss} has no labels to smooth; leave it out` },
  ];
}

/** Throws an error when the samples of a dataset do not fit the network, or its targets do not fit the loss. */
export function requireFit(architecture: Architecture, problem: SupervisedProblem, dataset: Dataset): void {
  const fault = misfit(architecture, problem, dataset);
  if (fault) throw new Error(fault.message);
}

/** What is known of a dataset. Without `classes` their number is not known. */
type Samples = Pick<Dataset, "task" | "inputShape" | "targetShape"> & { readonly classes?: ArrayLike<unknown> };

/** What does not fit: the end of the network, the problem, or its kind. */
export interface Misfit {
  readonly side: "inputs" | "outputs" | "loss" | "kind";
  readonly message: string;
}

/** Why a network does not take the samples of a dataset, or the loss does not compare its targets; else undefined. */
export function misfit(architecture: Architecture, problem: SupervisedProblem, samples: Samples): Misfit | undefined {
  if (architecture.kind === "parameters")
    return { side: "kind", message: "named parameters are not a network, so they cannot learn from samples" };
  return misfitOfInputs(architecture, samples) ?? misfitOfOutputs(architecture, problem, samples);
}

function misfitOfInputs(architecture: Architecture, { task, inputShape }: Samples): Misfit | undefined {
  const { inputs, inputShape: given } = createModel(architecture);
  // A network with a flat input also accepts images.
  const takesLists = architecture.kind === "mlp" || (architecture.kind === "onnx" && given.length === 1);
  const fits = takesLists ? inputs === sizeOf(inputShape) : given.join() === inputShape.join();
  if (!fits) {
    const what = `the ${architecture.kind} takes inputs of [${given}]`;
    const size = takesLists ? `, ${sizeOf(inputShape)} numbers` : "";
    return { side: "inputs", message: `${what}, the dataset has samples of [${inputShape}]${size}; expected the same` };
  }
  if (architecture.kind === "transformer" && task !== "language" && architecture.task === "language") {
    return { side: "kind", message: `the transformer's task is language, the dataset's ${task}; expected the same` };
  }
  return undefined;
}

function misfitOfOutputs(
  architecture: Architecture,
  { loss }: SupervisedProblem,
  { task, targetShape, classes }: Samples,
): Misfit | undefined {
  const { outputs, outputShape, targetShape: wanted } = createModel(architecture);
  if (loss === "output") {
    if (wanted && sizeOf(wanted) === sizeOf(targetShape)) return undefined;
    const message = `the ${architecture.kind} takes targets of [${wanted ?? []}], the dataset has [${targetShape}]; expected the same`;
    return { side: "outputs", message };
  }
  const [labels, ...places] = outputShape;
  if (loss === "cross-entropy") {
    if (task === "regression")
      return { side: "loss", message: `cross-entropy compares labels; the dataset's targets are numbers (${task})` };
    if (classes === undefined) return undefined;
    // A few texts need not contain all tokens of a vocabulary.
    const fits =
      labels === classes.length || (architecture.kind === "onnx" && task === "language" && labels > classes.length);
    if (!fits || places.join() !== targetShape.join()) {
      const message =
        `the ${architecture.kind} gives ${wordsOf(labels, places)}, ` +
        `the dataset has ${wordsOf(classes.length, targetShape)}; expected the same`;
      return { side: "outputs", message };
    }
    return undefined;
  }
  const binary = loss === "binary-cross-entropy" && (classes === undefined || classes.length === 2);
  if (task !== "regression" && !binary) {
    const labels = `the dataset has labels of ${classes === undefined ? "its" : classes.length} classes`;
    return { side: "loss", message: `${loss} compares numbers; ${labels}: use cross-entropy` };
  }
  if (outputs !== sizeOf(targetShape)) {
    const message =
      `the ${architecture.kind} gives ${outputs} outputs, the dataset has ${sizeOf(targetShape)} targets per sample; ` +
      "expected the same";
    return { side: "outputs", message };
  }
  return undefined;
}

const wordsOf = (classes: number, places: readonly number[]) =>
  `${classes} classes${places.length > 0 ? ` at [${places}] places` : ""}`;
