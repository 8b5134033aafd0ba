import { imagesByClass, imagesInOrder, segments } from "./imageSamples.js";
import { scatter } from "./pointSamples.js";
import type { SamplesData } from "./sampleSheet.js";
import { rows } from "./tableSamples.js";
import { passages } from "./textSamples.js";
import type { Spec } from "./theme.js";

/**
 * A contact sheet of a dataset, by the type of its samples: images by class, images beside their labels, points of the
 * plane, lines of text, or rows of a table. Each shows some samples, the first of their kind; the subtitle states the
 * total.
 */
export function samples(data: SamplesData): Spec {
  const { task, inputShape } = data.dataset;
  if (task === "segmentation") return segments(data);
  if (task === "language") return passages(data);
  if (inputShape.length === 3) return task === "classification" ? imagesByClass(data) : imagesInOrder(data);
  if (task === "classification" && inputShape.length === 1 && inputShape[0] >= 2) return scatter(data);
  return rows(data);
}
