import { readFileSync } from "node:fs";
import { readIdx } from "../../files/idx.js";
import { howToGet } from "../knownSets.js";
import { requireLabels } from "../requireLabels.js";
import { inMemory, type SampleSource } from "../sampleSource.js";
import { pixelMoments, pixelScaling } from "../standardize.js";
import { findFile } from "./findFile.js";

const classes = {
  mnist: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  "fashion-mnist": [
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
  ],
};

/**
 * MNIST (LeCun et al. 1998) or FashionMNIST (Xiao et al. 2017) from IDX files in `folder`, plain or .gz.
 *
 * @throws Error for files that are missing or damaged, different numbers of images and labels, and labels above 9.
 */
export function mnist(
  name: keyof typeof classes,
  folder: string,
  split: "train" | "test",
  standardize: boolean,
): SampleSource {
  const prefix = split === "train" ? "train" : "t10k";
  const read = (what: string, axes: number) => {
    const stem = `${prefix}-${what}-idx${axes}-ubyte`;
    const dotted = stem.replace("-idx", ".idx");
    const path = findFile(folder, [stem, `${stem}.gz`, dotted, `${dotted}.gz`], howToGet(name, folder));
    const { shape, values } = readIdx(readFileSync(path), path);
    if (shape.length !== axes || !(values instanceof Uint8Array)) {
      throw new Error(`${path} holds ${shape.length} axes of ${values.constructor.name}; expected ${axes} of bytes`);
    }
    return { path, shape, values };
  };
  const images = read("images", 3);
  const labels = read("labels", 1);
  const [count, height, width] = images.shape;
  if (images.values.length === 0) {
    throw new Error(`${images.path} holds ${count} images of ${height} × ${width} pixels; expected one or more`);
  }
  if (labels.shape[0] !== count) {
    throw new Error(`${images.path} holds ${count} images, ${labels.path} ${labels.shape[0]} labels; expected as many`);
  }
  requireLabels(labels.values, 10, (i) => `${labels.path}: label ${i + 1} of ${count}`);
  return inMemory({
    task: "classification",
    inputShape: [1, height, width],
    targetShape: [],
    classes: classes[name],
    inputs: images.values,
    targets: labels.values,
    ...pixelScaling(pixelMoments[name], standardize),
  });
}
