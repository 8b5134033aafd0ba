/** How often labels were taken for each other. */
export interface Confusion {
  /** Number of classes, C. */
  readonly classes: number;
  /** [C × C]: row = the label, column = what was predicted. */
  readonly counts: Float64Array;
  /** [C]: how many of each label have no prediction. */
  readonly unpredicted: Float64Array;
}

export function emptyConfusion(classes: number): Confusion {
  return { classes, counts: new Float64Array(classes * classes), unpredicted: new Float64Array(classes) };
}

/**
 * Adds labels and what was predicted for them, whole numbers from 0; −1 is not a prediction. Throws RangeError where a
 * label or a prediction is not a class.
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

/** The share of labels that were predicted; those without a prediction count as wrong. NaN where there are none. */
export function accuracy(confusion: Confusion): number {
  const { hits, labels } = totals(confusion);
  return sum(hits) / sum(labels);
}

/** The same for each label (its recall); NaN for a label that does not occur. */
export function accuracies(confusion: Confusion): Float64Array {
  const { hits, labels } = totals(confusion);
  return hits.map((count, c) => count / labels[c]);
}

/**
 * Intersection over union (Jaccard 1912) of where each class is and where it is predicted. NaN for a class that is
 * neither; 0 for one that is predicted and never there.
 */
export function intersectionsOverUnions(confusion: Confusion): Float64Array {
  const { hits, labels, predictions } = totals(confusion);
  return hits.map((count, c) => count / (labels[c] + predictions[c] - count));
}

/** The mean of the values that are numbers; NaN where none is. */
export function meanOfPresent(values: Float64Array): number {
  const present = values.filter((value) => !Number.isNaN(value));
  return sum(present) / present.length;
}

/** For each class how often it is predicted rightly, how often it is the label, and how often it is predicted. */
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
