import { type Dataset, inputSize, targetSize } from "./dataset.js";
import { requireLabels } from "./requireLabels.js";

const tasks = ["classification", "segmentation", "language", "regression"];

/**
 * Checks a dataset from outside: its facts are present and agree with each other and with its numbers. Throws an Error
 * that begins with `name` when they do not.
 */
export function requireConsistent(dataset: Dataset, name: string): void {
  const { task, inputShape, targetShape, classes, offset, scale, inputs, targets } = dataset;
  const isShape = (shape: unknown) =>
    Array.isArray(shape) && shape.every((length) => Number.isInteger(length) && length > 0);
  const isScaling = (values: unknown) =>
    Array.isArray(values) && [1, inputShape?.[0]].includes(values.length) && values.every(Number.isFinite);
  const faults = {
    task: !tasks.includes(task),
    inputShape: !isShape(inputShape) || inputShape.length === 0,
    targetShape: !isShape(targetShape),
    classes:
      !Array.isArray(classes) ||
      (classes.length === 0) !== (task === "regression") ||
      new Set(classes).size !== classes.length,
    offset: !isScaling(offset),
    scale: !isScaling(scale),
  };
  for (const [fact, wrong] of Object.entries(faults)) {
    if (!wrong) continue;
    throw new Error(
      `${name}: ${fact} is ${JSON.stringify(dataset[fact as keyof Dataset])}; expected a value that fits a dataset`,
    );
  }
  const [samples, labelled] = [inputs.length / inputSize(dataset), targets.length / targetSize(dataset)];
  if (!Number.isInteger(samples) || samples !== labelled || samples === 0) {
    throw new Error(
      `${name} holds ${inputs.length} input and ${targets.length} target numbers; expected those of whole samples of ` +
        `${inputShape.join(" × ")} and ${targetShape.join(" × ") || 1}`,
    );
  }
  if (task !== "regression") requireLabels(targets, classes.length, (i) => `${name}: target number ${i + 1}`);
}
