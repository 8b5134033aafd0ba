import { randomStream } from "../linalg/random.js";
import { type Dataset, sampleCount } from "./dataset.js";

/**
 * The dataset with round(fraction · N) of its N labels replaced by another class, each with the same probability
 * (symmetric label noise). The seed draws the rows and the labels.
 *
 * @throws Error when the task is not classification or there are fewer than two classes.
 */
export function withLabelNoise(dataset: Dataset, fraction: number, seed: number): Dataset {
  const { task, classes } = dataset;
  const count = sampleCount(dataset);
  const changed = Math.round(fraction * count);
  if (changed === 0) return dataset;
  if (task !== "classification" || classes.length < 2) {
    throw new Error(
      `label noise needs a classification with two or more classes; found ${task} with ${classes.length}`,
    );
  }
  const random = randomStream(seed, "label noise");
  const targets = dataset.targets.slice();
  for (const row of random.sample(count, changed)) {
    const other = random.integer(classes.length - 1);
    targets[row] = other < targets[row] ? other : other + 1;
  }
  return { ...dataset, targets };
}
