/** The predictions that logits give for n labelled positions. */
export interface ClassScores {
  /** [n]: the most probable class, ties to the first; −1 when a logit is not finite. */
  readonly predicted: Int32Array;
  /** [n]: its softmax probability; NaN when there is none. */
  readonly probability: Float64Array;
  /** [n]: −log softmax(logits)[label], in nats. */
  readonly crossEntropy: Float64Array;
  /** [n]: the mean of −log softmax(logits) over all classes, which label smoothing adds. */
  readonly uniformCrossEntropy: Float64Array;
}

/** Scores of logits [classes × n], one column per position, for labels [n]. */
export function classScores(logits: Float64Array, classes: number, labels: ArrayLike<number>): ClassScores {
  const n = labels.length;
  if (logits.length !== classes * n) {
    throw new RangeError(`${logits.length} logits for ${n} labels; expected ${classes} per label`);
  }
  const predicted = new Int32Array(n);
  const [probability, crossEntropy, uniformCrossEntropy] = [0, 1, 2].map(() => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    let best = 0;
    let mean = 0;
    for (let c = 0; c < classes; c++) {
      mean += logits[c * n + i] / classes;
      if (logits[c * n + i] > logits[best * n + i]) best = c;
    }
    const largest = logits[best * n + i];
    let total = 0;
    for (let c = 0; c < classes; c++) total += Math.exp(logits[c * n + i] - largest);
    const logSum = largest + Math.log(total);
    // The mean is finite when all logits are.
    const finite = Number.isFinite(mean) && Number.isFinite(logSum);
    predicted[i] = finite ? best : -1;
    probability[i] = finite ? 1 / total : Number.NaN;
    crossEntropy[i] = finite ? logSum - logits[labels[i] * n + i] : Number.NaN;
    uniformCrossEntropy[i] = finite ? logSum - mean : Number.NaN;
  }
  return { predicted, probability, crossEntropy, uniformCrossEntropy };
}
