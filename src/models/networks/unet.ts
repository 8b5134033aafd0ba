import * as f from "../../graph/functions.js";
import { requireImage, requireWhole } from "./checkArchitecture.js";
import { batchNorm, convolution } from "./layers.js";
import { meanField } from "./meanField.js";
import type { Model } from "./model.js";
import { networkModel, type Scope } from "./networkModel.js";

/** The segmentation network of Ronneberger et al. 2015, with padded convolutions. */
export interface UnetArchitecture {
  readonly kind: "unet";
  /** Channels, height and width of a sample. */
  readonly image: readonly [number, number, number];
  /** The number of resolutions. Each is half of the one before. */
  readonly depth: number;
  /** Channels at full resolution, doubled at each halving. */
  readonly width: number;
  readonly classes: number;
  /** True when batch norm follows each 3 × 3 convolution. Otherwise they have biases. */
  readonly batchNorm: boolean;
  /** True when these convolutions have biases even before a batch norm. */
  readonly bias?: boolean;
  /** True when a mean-field layer follows. */
  readonly crf: boolean;
}

/** A segmentation network. Its outputs are logits [classes, H, W]. Bilinear interpolation enlarges images. */
export function unet(architecture: UnetArchitecture): Model {
  const { image, depth, width, classes, batchNorm: normalized, bias = false, crf } = architecture;
  requireImage("unet", image);
  requireWhole("unet", { depth, width, classes });
  const [, height, columns] = image;
  if (Math.min(height, columns) < 2 ** (depth - 1)) {
    throw new RangeError(`unet: an image of [${image}] cannot be halved ${depth - 1} times`);
  }

  function twice(scope: Scope, name: string, x: f.Tensor, out: number): f.Tensor {
    return ["first", "second"].reduce((h, part) => {
      const z = convolution(scope, `${name}.${part}.conv`, h, {
        out,
        kernel: 3,
        padding: 1,
        bias: bias || !normalized,
      });
      return f.relu(normalized ? batchNorm(scope, `${name}.${part}.norm`, z) : z);
    }, x);
  }

  return networkModel({
    inputShape: image,
    outputShape: [classes, height, columns],
    forward(scope, samples) {
      const skips: f.Tensor[] = [];
      let h = samples;
      for (let level = 0; level < depth; level++) {
        if (level > 0) h = f.maxPool2d(h, { kernel: 2 });
        h = twice(scope, `down_${level}`, h, width * 2 ** level);
        skips.push(h);
      }
      for (let level = depth - 2; level >= 0; level--) {
        const skip = skips[level];
        const up = f.resizeBilinear(h, [skip.shape[2], skip.shape[3]]);
        h = twice(scope, `up_${level}`, f.concat([skip, up], 1), width * 2 ** level);
      }
      const logits = convolution(scope, "head", h, { out: classes, kernel: 1, bias: true });
      return crf ? meanField(scope, "crf", logits) : logits;
    },
  });
}
