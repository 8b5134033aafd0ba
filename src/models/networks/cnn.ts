import * as f from "../../graph/functions.js";
import { sizeOf } from "../../graph/shape.js";
import { type Activation, activationOf } from "./activations.js";
import { requireImage, requireWhole } from "./checkArchitecture.js";
import { batchNorm, convolution, linear } from "./layers.js";
import type { Model } from "./model.js";
import { networkModel } from "./networkModel.js";

/** Blocks of convolution, batch norm, activation and pooling, then fully connected layers. */
export interface CnnArchitecture {
  readonly kind: "cnn";
  /** Channels, height and width of a sample. */
  readonly image: readonly [number, number, number];
  readonly blocks: readonly CnnBlock[];
  /** Widths of the hidden layers after the blocks. */
  readonly dense: readonly number[];
  readonly classes: number;
  readonly activation: Activation;
  readonly batchNorm: boolean;
  /**
   * Gives convolutions biases even before a batch norm, like PyTorch's default. Without batch norm they always have
   * biases.
   */
  readonly bias?: boolean;
}

interface CnnBlock {
  readonly channels: number;
  /** Odd height and width of the kernel. The image is padded by half of it. */
  readonly kernel: number;
  readonly stride: number;
  /** How 2 × 2 windows are pooled at the end of the block. */
  readonly pool: "max" | "average" | "none";
}

const pools = {
  max: (x: f.Tensor) => f.maxPool2d(x, { kernel: 2 }),
  average: (x: f.Tensor) => f.averagePool2d(x, { kernel: 2 }),
  none: (x: f.Tensor) => x,
};

/** A convolution network for classification. */
export function cnn(architecture: CnnArchitecture): Model {
  const { image, blocks, dense, classes, activation, batchNorm: normalized, bias = false } = architecture;
  requireImage("cnn", image);
  const activate = activationOf(activation);
  for (const [i, { channels, kernel, stride, pool }] of blocks.entries()) {
    requireWhole(`cnn: block ${i}`, { channels, kernel, stride });
    if (kernel % 2 === 0) throw new RangeError(`cnn: block ${i}: kernel is ${kernel}, expected an odd number`);
    if (!Object.hasOwn(pools, pool))
      throw new Error(`cnn: block ${i}: pool is "${pool}", expected max, average or none`);
  }
  for (const [i, width] of dense.entries()) requireWhole("cnn", { [`dense layer ${i}`]: width });
  requireWhole("cnn", { classes });
  return networkModel({
    inputShape: image,
    outputShape: [classes],
    forward(scope, samples) {
      const images = blocks.reduce((h, { channels, kernel, stride, pool }, i) => {
        const name = `block_${i}`;
        const options = { out: channels, kernel, stride, padding: (kernel - 1) / 2, bias: bias || !normalized };
        const z = convolution(scope, `${name}.conv`, h, options);
        return pools[pool](activate(normalized ? batchNorm(scope, `${name}.norm`, z) : z));
      }, samples);
      const flat = f.reshape(images, [images.shape[0], sizeOf(images.shape.slice(1))]);
      const hidden = dense.reduce((h, width, i) => activate(linear(scope, `dense_${i}`, h, width)), flat);
      return linear(scope, "head", hidden, classes);
    },
  });
}
