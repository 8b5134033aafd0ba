import { reshape } from "../../operators/broadcast.js";
import type { ConvolutionAttributes } from "../../operators/convolution.js";
import { concat, pad, slice, sliceRanges, transpose } from "../../operators/movement.js";
import type { Shape } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { blockedNode, toBlocked } from "./blockedOperators.js";

/**
 * The adjoint of convolution in its weights as a convolution in which images and channels change roles: the channels of
 * x are its images, the images are its channels, and y is its kernel, as large as an image. From x [N, C, H, W] and y
 * [N, O / B, H', W', B] to weights of `shape` [O, C, kH, kW], in one group. Images that do not fill whole blocks are cut
 * into bands of rows, so that there are more of them; undefined where their rows do not suit.
 *
 * The kernel moves to as few places as there are taps: on processors with AVX2 the runtime computes three pixels at a
 * time, so that 3 × 3 taps run at the speed of the convolution itself. Tried before, 16 images of ResNet-20, ms a
 * gradient on one core: six copies, y moved by a row each way and x by a column each way, and one product (98); this
 * (75, and 64 a half of 32 images).
 */
export function weightGradient(
  x: Tensor,
  y: Tensor,
  { stride, padding, dilation, kernel }: ConvolutionAttributes,
  shape: Shape,
): Tensor | undefined {
  const [images, blocks, height, width, block] = y.shape;
  const [out, channels] = shape;
  const bands = bandsFor(images, block);
  if (height % bands !== 0) return undefined;
  const rows = height / bands;
  const count = images * bands;

  const around = (image: Tensor, widths: readonly number[]) => pad(image, widths, widths);
  const turned = transpose(x, [1, 0, 2, 3]);
  const seen = stride * (rows - 1) + dilation * (kernel[0] - 1) + 1;
  const cut = (image: Tensor) => {
    const start = (band: number) => band * stride * rows;
    const parts = Array.from({ length: bands }, (_, band) => slice(image, 2, start(band), start(band) + seen));
    return reshape(concat(parts, 2), [channels, count, seen, image.shape[3]]);
  };
  const padded =
    bands === 1
      ? around(toBlocked(turned, block), [0, 0, padding, padding, 0])
      : around(toBlocked(cut(around(turned, [0, 0, padding, 0])), block), [0, 0, 0, padding, 0]);

  // [images, O / B, bands, pixels, B] → [O / B, (images · bands) / B, pixels, B, B], the order of weights.
  const split = reshape(y, [count / block, block / bands, blocks, bands, rows * width, block]);
  const weights = reshape(transpose(split, [2, 0, 4, 1, 3, 5]), [out, count, rows, width]);
  // Steps of the kernel and steps within it change roles too.
  const sums = blockedNode(padded, weights, block, { stride: dilation, dilation: stride, pads: [0, 0, 0, 0] });
  const taps = sliceRanges(sums, [0, 0, 0, 0, 0], [channels, blocks, ...kernel, block]);
  const flat = reshape(taps, [channels, blocks, kernel[0] * kernel[1], block]);
  return reshape(transpose(flat, [1, 3, 0, 2]), shape);
}

/** Into how few bands images are cut so that all bands fill whole blocks. */
function bandsFor(images: number, block: number): number {
  let bands = 1;
  while ((images * bands) % block !== 0) bands *= 2;
  return bands;
}
