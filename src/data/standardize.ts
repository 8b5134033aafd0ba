import { type Dataset, inputSize } from "./dataset.js";

type Scaling = Pick<Dataset, "offset" | "scale">;

/** Means and standard deviations of pixels between 0 and 1, per channel. */
export interface PixelMoments {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * Values of the training images, as published with reference implementations. pet and photographs use those of
 * ImageNet.
 */
export const pixelMoments = {
  mnist: { mean: [0.1307], deviation: [0.3081] },
  "fashion-mnist": { mean: [0.286], deviation: [0.353] },
  cifar10: { mean: [0.4914, 0.4822, 0.4465], deviation: [0.247, 0.2435, 0.2616] },
  cifar100: { mean: [0.5071, 0.4865, 0.4409], deviation: [0.2673, 0.2564, 0.2762] },
  svhn: { mean: [0.4377, 0.4438, 0.4728], deviation: [0.198, 0.201, 0.197] },
  imageNet: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  imageNetGrey: { mean: [0.449], deviation: [0.226] },
} as const satisfies Record<string, PixelMoments>;

/** How a network sees the bytes of pixels: standardised, or from 0 to 1. */
export function pixelScaling(moments: PixelMoments, standardize: boolean): Scaling {
  if (!standardize) return { offset: [0], scale: [1 / 255] };
  return { offset: moments.mean.map((m) => 255 * m), scale: moments.deviation.map((d) => 1 / (255 * d)) };
}

/**
 * Scaling by the mean and the (population) standard deviation over these rows, for each index on the first axis of the
 * inputs. An index at which all values are equal is only shifted.
 */
export function scalingOf(dataset: Dataset, rows: ArrayLike<number>): Scaling {
  const channels = dataset.inputShape[0];
  const width = inputSize(dataset);
  const perChannel = width / channels;
  const each = (channel: number, use: (value: number) => void) => {
    for (let i = 0; i < rows.length; i++) {
      const from = rows[i] * width + channel * perChannel;
      for (let k = from; k < from + perChannel; k++) use(dataset.inputs[k]);
    }
  };
  const offset: number[] = [];
  const scale: number[] = [];
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    each(c, (value) => {
      sum += value;
    });
    const mean = sum / (rows.length * perChannel);
    let squares = 0;
    each(c, (value) => {
      squares += (value - mean) ** 2;
    });
    const deviation = Math.sqrt(squares / (rows.length * perChannel));
    offset.push(mean);
    scale.push(deviation > 0 ? 1 / deviation : 1);
  }
  return { offset, scale };
}
