import { randomStream } from "../linalg/random.js";
import { type Dataset, sampleCount, targetSize } from "./dataset.js";

/**
 * The dataset with labels replaced by another class, each other class with the same probability (symmetric label
 * noise). With one label per sample, round(fraction · N) of the N labels change; with one label per pixel,
 * round(fraction · pixels) of the pixels of each image. The seed draws the labels, for each image separately.
 *
 * @throws Error when labels would change and the task is neither classification nor segmentation, or there are fewer
 * than two classes.
 */
export function withLabelNoise(dataset: Dataset, fraction: number, seed: number): Dataset {
  const { task, classes } = dataset;
  const isByImage = task === "segmentation";
  const together = isByImage ? targetSize(dataset) : sampleCount(dataset);
  const changed = Math.round(fraction * together);
  if (changed === 0) return dataset;
  if ((task !== "classification" && !isByImage) || classes.length < 2) {
    throw new Error(
      `label noise needs a classification or segmentation with two or more classes; found ${task} with ${classes.length}`,
    );
  }
  const targets = dataset.targets.slice();
  for (let start = 0, image = 0; start < targets.length; start += together, image++) {
    const random = randomStream(seed, "label noise", ...(isByImage ? [image] : []));
    for (const place of random.sample(together, changed)) {
      const other = random.integer(classes.length - 1);
      const before = targets[start + place];
      targets[start + place] = other < before ? other : other + 1;
    }
  }
  return { ...dataset, targets };
}
