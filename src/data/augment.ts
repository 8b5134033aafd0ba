import { randomStream } from "../linalg/random.js";
import { type Dataset, sampleCount, takeRows } from "./dataset.js";

export interface Augmentation {
  /** Mirrors half of the images left to right. */
  readonly flip: boolean;
  /** Pads images by so many pixels on each side and cuts a window of their size anywhere. */
  readonly crop: number;
}

/** Throws unless the samples of a dataset are images. */
export function requireImages({ inputShape }: Dataset): void {
  if (inputShape.length === 3) return;
  throw new Error(`augment needs images [channels, height, width]; the dataset has samples of [${inputShape}]`);
}

/**
 * These rows of a dataset of images, each mirrored and moved at random; in an epoch it is always the same for the same
 * row. The padding is 0 as it is stored (black), as in torchvision. With targets for every pixel, these move along, and
 * images and targets are continued by the pixels of their edges, so that every pixel has a label that fits it.
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
