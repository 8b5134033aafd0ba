import { randomStream } from "../linalg/random.js";
import { type Dataset, sampleCount, takeRows } from "./dataset.js";

export interface Augmentation {
  /** Mirrors half of the images left to right. */
  readonly flip: boolean;
  /** The padding on each side of an image, in pixels. A window of the image's size is then cut out at random. */
  readonly crop: number;
}

/** Throws an error unless the samples of a dataset are images. */
export function requireImages({ inputShape }: Dataset): void {
  if (inputShape.length === 3) return;
  throw new Error(`augment needs images [channels, height, width]; the dataset has samples of [${inputShape}]`);
}

/**
 * These rows of a dataset of images, each mirrored and shifted at random. An epoch always treats a row the same way.
 * The padding is the stored value 0 (black), as in torchvision. Targets per pixel move along with the image; then
 * images and targets are padded with their edge pixels, so that every pixel keeps a correct label.
 */
export function augmentedRows(
  dataset: Dataset,
  rows: ArrayLike<number>,
  { flip, crop }: Augmentation,
  { seed, epoch }: { seed: number; epoch: number },
): Dataset {
  const taken = takeRows(dataset, rows);
  const [, height, width] = dataset.inputShape;
  const moves = Array.from({ length: rows.length }, (_, i) => {
    const random = randomStream(seed, "augmentation", epoch, rows[i]);
    const mirrored = random.integer(2) === 1;
    const shift = () => random.integer(2 * crop + 1) - crop;
    return { mirrored: flip && mirrored, down: shift(), right: shift() };
  });
  const move = <T extends Dataset["inputs"] | Dataset["targets"]>(values: T, repeat: boolean): T => {
    const moved = values.slice() as T;
    const plane = height * width;
    const planes = values.length / sampleCount(taken) / plane;
    for (const [i, { mirrored, down, right }] of moves.entries()) {
      if (!mirrored && down === 0 && right === 0) continue;
      for (let p = i * planes; p < (i + 1) * planes; p++) {
        for (let y = 0; y < height; y++) {
          const row = repeat ? clamp(y + down, height) : y + down;
          for (let x = 0; x < width; x++) {
            const across = (mirrored ? width - 1 - x : x) + right;
            const column = repeat ? clamp(across, width) : across;
            const inside = row >= 0 && row < height && column >= 0 && column < width;
            moved[p * plane + y * width + x] = inside ? values[p * plane + row * width + column] : 0;
          }
        }
      }
    }
    return moved;
  };
  const perPixel = dataset.targetShape.length === 2;
  return {
    ...taken,
    inputs: move(taken.inputs, perPixel),
    targets: perPixel ? move(taken.targets, true) : taken.targets,
  };
}

const clamp = (i: number, length: number) => Math.min(Math.max(i, 0), length - 1);
