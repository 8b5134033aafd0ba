import * as f from "../../graph/functions.js";
import { sliceRanges } from "../../graph/operators/movement.js";
import { requireImage, requireWhole } from "./checkArchitecture.js";
import { batchNorm, convolution, linear } from "./layers.js";
import type { Model } from "./model.js";
import { networkModel, type Scope } from "./networkModel.js";

/** The residual network for small images of He et al. 2016 (section 4.2). */
export interface ResnetArchitecture {
  readonly kind: "resnet";
  /** Channels, height and width of a sample. */
  readonly image: readonly [number, number, number];
  /** 6n + 2 layers: three stages of n blocks of two convolutions. */
  readonly depth: number;
  /** Channels of the first stage. The second stage has twice as many, the third four times. */
  readonly width: number;
  readonly classes: number;
  /** True when each block adds its input to its output. Otherwise the network is plain. */
  readonly residual: boolean;
  /** True when batch norm follows each convolution. Otherwise convolutions have biases. */
  readonly batchNorm: boolean;
  /** True when convolutions have biases even before a batch norm. */
  readonly bias?: boolean;
  /**
   * How a skip connection changes its shape (He et al., options A and B): by dropping pixels and adding channels of
   * zeros, or by a convolution.
   */
  readonly shortcut?: "identity" | "projection";
}

/**
 * A residual network for classification. When a stage halves the image and doubles the channels, the skip connection is
 * a 1 × 1 convolution with the same stride (and batch norm), or an identity with zeros for the new channels.
 */
export function resnet(architecture: ResnetArchitecture): Model {
  const { image, depth, width, classes, residual, batchNorm: normalized } = architecture;
  const { bias = false, shortcut = "projection" } = architecture;
  requireImage("resnet", image);
  requireWhole("resnet", { depth, width, classes });
  const blocks = (depth - 2) / 6;
  if (!Number.isInteger(blocks) || blocks < 1) {
    throw new RangeError(`resnet: depth is ${depth}, expected 6n + 2: 8, 14, 20, 32, 56, …`);
  }

  function unit(scope: Scope, name: string, x: f.Tensor, out: number, kernel: number, stride: number): f.Tensor {
    const options = { out, kernel, stride, padding: (kernel - 1) / 2, bias: bias || !normalized };
    const y = convolution(scope, `${name}.conv`, x, options);
    return normalized ? batchNorm(scope, `${name}.norm`, y) : y;
  }

  function block(scope: Scope, name: string, x: f.Tensor, out: number, stride: number): f.Tensor {
    const inner = f.relu(unit(scope, `${name}.first`, x, out, 3, stride));
    const y = unit(scope, `${name}.second`, inner, out, 3, 1);
    if (!residual) return f.relu(y);
    const same = stride === 1 && x.shape[1] === out;
    if (same) return f.relu(f.add(y, x));
    return f.relu(
      f.add(y, shortcut === "identity" ? narrowed(x, out) : unit(scope, `${name}.skip`, x, out, 1, stride)),
    );
  }

  return networkModel({
    inputShape: image,
    outputShape: [classes],
    forward(scope, samples) {
      let h = f.relu(unit(scope, "stem", samples, width, 3, 1));
      for (let stage = 0; stage < 3; stage++) {
        for (let i = 0; i < blocks; i++) {
          const stride = stage > 0 && i === 0 ? 2 : 1;
          h = block(scope, `stage_${stage}.block_${i}`, h, width * 2 ** stage, stride);
        }
      }
      return linear(scope, "head", f.mean(h, [2, 3]), classes);
    },
  });
}

/** Every other pixel, with the same number of zero channels before and after. */
function narrowed(x: f.Tensor, out: number): f.Tensor {
  const [images, channels, height, width] = x.shape;
  const half = sliceRanges(x, [0, 0, 0, 0], [images, channels, height, width], [1, 1, 2, 2]);
  const before = Math.floor((out - channels) / 2);
  return f.pad(half, [0, before, 0, 0], [0, out - channels - before, 0, 0]);
}
