import { reshape } from "../../operators/broadcast.js";
import type { ConvolutionAttributes } from "../../operators/convolution.js";
import { gather } from "../../operators/gather.js";
import { pad, transpose } from "../../operators/movement.js";
import { constant, type Tensor } from "../../tensor.js";
import { blockedConvolution } from "./blockedOperators.js";

/**
 * The adjoint in the input of a convolution with stride s. For each remainder r, the pixels (s·i + r) are a separate
 * convolution of y with every s-th tap, with stride 1. All s² are computed as the channels of one convolution, whose
 * results are then interleaved. Takes y [N, O / B, H / s, W / s, B] to [N, C / B, H, W, B]. Undefined when the sizes do
 * not fit.
 */
export function stridedInputGradient(
  y: Tensor,
  weights: Tensor,
  attributes: ConvolutionAttributes,
  block: number,
): Tensor | undefined {
  const { stride, dilation, groups, size } = attributes;
  const [out, channels] = weights.shape;
  const rows = phases(attributes, 0, y.shape[2]);
  const columns = phases(attributes, 1, y.shape[3]);
  if (dilation !== 1 || groups !== 1 || channels % block !== 0 || !rows || !columns) return undefined;
  const [height, width] = [size[0] / stride, size[1] / stride];

  const [kernelH, kernelW] = attributes.kernel;
  const none = kernelH * kernelW;
  const taps = rows.taps.flatMap((above) =>
    columns.taps.flatMap((left) =>
      above.flatMap((i) => left.map((j) => (i === undefined || j === undefined ? none : i * kernelW + j))),
    ),
  );
  const withNone = pad(reshape(weights, [out, channels, none]), [0, 0, 0], [0, 0, 1]);
  const chosen = gather(withNone, constant(taps, [1, 1, taps.length]), 2);
  const reach = [rows.taps[0].length, columns.taps[0].length];
  const split = reshape(chosen, [out, channels, stride * stride, reach[0] * reach[1]]);
  const kernels = reshape(transpose(split, [2, 1, 0, 3]), [stride * stride * channels, out, ...reach]);

  const pads = [rows.before, columns.before, rows.after, columns.after] as const;
  const parts = blockedConvolution(y, kernels, block, { stride: 1, dilation: 1, pads });
  const images = y.shape[0];
  const apart = reshape(parts, [images, stride, stride, channels / block, height, width, block]);
  return reshape(transpose(apart, [0, 3, 4, 1, 5, 2, 6]), [images, channels / block, ...size, block]);
}

/**
 * Along one axis: the tap of the kernel, if any, that each remainder applies at each position of a window over y, and
 * the zeros that the window needs before and after y.
 */
function phases({ stride, padding, kernel, size }: ConvolutionAttributes, axis: number, length: number) {
  if (size[axis] % stride !== 0) return undefined;
  // x[s·i + r] = Σⱼ y[i + ⌊(r + padding) / s⌋ − j] · w[s·j + (r + padding) mod s]
  const remainders = Array.from({ length: stride }, (_, r) => r + padding);
  const first = (r: number) => Math.floor(r / stride);
  const last = (r: number) => first(r) - Math.ceil((kernel[axis] - (r % stride)) / stride) + 1;
  const lowest = Math.min(...remainders.map(last));
  const highest = Math.max(...remainders.map(first));
  const [before, after] = [-lowest, size[axis] / stride + highest - length];
  if (before < 0 || after < 0) return undefined;
  const taps = remainders.map((r) =>
    Array.from({ length: highest - lowest + 1 }, (_, place) => {
      const tap = stride * (first(r) - lowest - place) + (r % stride);
      return tap >= 0 && tap < kernel[axis] ? tap : undefined;
    }),
  );
  return { before, after, taps };
}
