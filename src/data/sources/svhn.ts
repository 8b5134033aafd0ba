import { readFileSync } from "node:fs";
import { openMat } from "../../files/mat.js";
import type { NpyArray } from "../../files/npy.js";
import { howToGet } from "../knownSets.js";
import { requireLabels } from "../requireLabels.js";
import { inMemory, type SampleSource } from "../sampleSource.js";
import { pixelMoments, pixelScaling } from "../standardize.js";
import { findFile } from "./findFile.js";

/**
 * SVHN, cropped digits (Netzer et al. 2011): MATLAB files with X [height, width, 3, N] and y [N, 1], where 10 stands
 * for the digit 0.
 *
 * @throws Error for a file that is missing or damaged, arrays of other shapes, and labels outside 1 … 10.
 */
export function svhn(folder: string, split: "train" | "test" | "extra", standardize: boolean): SampleSource {
  const path = findFile(
    folder,
    [`${split}_32x32.mat`],
    `${howToGet("svhn", folder)}${split === "extra" ? " --extra" : ""}`,
  );
  const arrays = openMat(readFileSync(path), path);
  const read = (key: string): NpyArray => {
    const array = arrays.get(key);
    if (array) return array();
    throw new Error(`${path} has no array "${key}"; its arrays are ${[...arrays.keys()].join(", ") || "none"}`);
  };
  const images = read("X");
  const labels = read("y").values;
  const [height, width, channels, count = 1] = images.shape; // MATLAB drops a last axis of length 1.
  if (!(images.values instanceof Uint8Array) || channels !== 3 || images.shape.length > 4) {
    const found = `${images.shape.join(" × ")} of ${images.values.constructor.name}`;
    throw new Error(`${path}: X is ${found}; expected height × width × 3 × N of bytes`);
  }
  if (images.values.length === 0) throw new Error(`${path}: X holds no image; expected one or more`);
  if (labels.length !== count) {
    throw new Error(`${path}: X holds ${count} images, y ${labels.length} labels; expected as many`);
  }
  requireLabels(
    Array.from(labels, (label) => label - 1),
    10,
    (i) => `${path}: label ${i + 1} of y, less 1,`,
  );
  const inputs = new Uint8Array(images.values.length);
  const plane = height * width;
  for (let from = 0; from < inputs.length; from += plane) {
    for (let i = 0; i < plane; i++) {
      inputs[from + i] = images.values[from + (i % width) * height + Math.floor(i / width)];
    }
  }
  return inMemory({
    task: "classification",
    inputShape: [3, height, width],
    targetShape: [],
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    inputs,
    targets: Uint8Array.from(labels, (label) => label % 10),
    ...pixelScaling(pixelMoments.svhn, standardize),
  });
}
