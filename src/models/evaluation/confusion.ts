/** Counts of labels by prediction. */
export interface Confusion {
  /** The number of classes, C. */
  readonly classes: number;
  /** [C × C]: row = the label, column = the prediction. */
  readonly counts: Float64Array;
  /** [C]: the number of each label without a prediction. */
  readonly unpredicted: Float64Array;
}

export function emptyConfusion(classes: number): Confusion {
  return { classes, counts: new Float64Array(classes * classes), unpredicted: new Float64Array(classes) };
}

/**
 * Adds labels and their predictions, integers from 0; −1 means no prediction. Throws RangeError when a label or a
 * prediction is not a class.
 */
export function countConfusion(
  { classes, counts, unpredicted }: Confusion,
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
): void {
  if (labels.length !== predicted.length) {
    throw new RangeError(`${labels.length} labels but ${predicted.length} predictions`);
  }
  const isClass = (value: number) => Number.isInteger(value) && value >= 0 && value < classes;
  for (let i = 0; i < labels.length; i++) {
    const [label, guess] = [labels[i], predicted[i]];
    if (!isClass(label)) {
      throw new RangeError(`label ${i} is ${label}; expected a whole number from 0 to ${classes - 1}`);
    }
    if (guess === -1) unpredicted[label]++;
    else if (isClass(guess)) counts[label * classes + guess]++;
    else throw new RangeError(`prediction ${i} is ${guess}; expected a whole number from 0 to ${classes - 1}, or -1`);
  }
}

/** The share of correct predictions. Labels without a prediction count as wrong. NaN when there are no labels. */
export function accuracy(confusion: Confusion): number {
  const { hits, labels } = totals(confusion);
  return sum(hits) / sum(labels);
}

/** The same for each label (its recall). NaN for a label that does not occur. */
export function accuracies(confusion: Confusion): Float64Array {
  const { hits, labels } = totals(confusion);
  return hits.map((count, c) => count / labels[c]);
}

/**
 * Intersection over union (Jaccard 1912) of the labels and the predictions of each class. NaN for a class that is in
 * neither; 0 for a class that is predicted and never occurs.
 */
export function intersectionsOverUnions(confusion: Confusion): Float64Array {
  const { hits, labels, predictions } = totals(confusion);
  return hits.map((count, c) => count / (labels[c] + predictions[c] - count));
}

/** The mean of the values that are numbers; NaN when there are none. */
export function meanOfPresent(values: Float64Array): number {
  const present = values.filter((value) => !Number.isNaN(value));
  return sum(present) / present.length;
}

/** For each class: the number of correct predictions, of labels, and of predictions. */
function totals({ classes, counts, unpredicted }: Confusion) {
  const [hits, predictions] = [new Float64Array(classes), new Float64Array(classes)];
  const labels = unpredicted.slice();
  for (let label = 0; label < classes; label++) {
    hits[label] = counts[label * classes + label];
    for (let guess = 0; guess < classes; guess++) {
      labels[label] += counts[label * classes + guess];
      predictions[guess] += counts[label * classes + guess];
    }
  }
  return { hits, labels, predictions };
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
