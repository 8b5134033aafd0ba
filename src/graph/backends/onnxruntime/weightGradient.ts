import { reshape } from "../../operators/broadcast.js";
import type { ConvolutionAttributes } from "../../operators/convolution.js";
import { gather } from "../../operators/gather.js";
import { pad, slice, sliceRanges, transpose } from "../../operators/movement.js";
import type { Shape } from "../../shape.js";
import { constant, type Tensor } from "../../tensor.js";
import { blockedNode, toBlocked } from "./blockedOperators.js";

/** The number of elements in the kernel of a piece: in f32, half of the megabyte in a core's second-level cache. */
const LARGEST_PIECE = 2 ** 17;

/**
 * The adjoint of convolution in its weights, as a convolution in which images and channels change roles: the channels
 * of x are its images, the images are its channels, and y is its kernel, as large as an image. Takes x [N, C, H, W] and
 * y [N, O / B, H', W', B] to weights of `shape` [O, C, kH, kW], in one group.
 *
 * Images are cut into bands of rows, and B bands at a time form a convolution, to which the next one adds. So whole
 * blocks are full, and the kernel, which is read once for each channel of x and row of taps, comes from the cache. In
 * one piece, the gradient of 16 to 16 channels over 8 images of 128 × 128 runs at 25 GFLOP/s; in pieces it reaches 40.
 * For 32 to 32 channels the speeds are 12 and 65. Undefined when the rows do not fit.
 *
 * The kernel has only as many positions as there are taps. On processors with AVX2 the runtime computes three pixels at
 * a time, so 3 × 3 taps run at the speed of the convolution itself. Times for 16 images of ResNet-20, in ms per
 * gradient on one core: six copies, with y shifted by a row each way and x by a column each way, and one product take
 * 98; this takes 75, and 64 per half of 32 images.
 */
export function weightGradient(
  x: Tensor,
  y: Tensor,
  { stride, padding, dilation, kernel }: ConvolutionAttributes,
  shape: Shape,
): Tensor | undefined {
  const [images, blocks, height, width, block] = y.shape;
  const [out, channels] = shape;
  const bands = bandsFor(images, height, block, out * block * width);
  if (bands === undefined) return undefined;
  const rows = height / bands;
  const pieces = (images * bands) / block;

  // [C, N · bands, visible rows, W] with zeros around the image, then in blocks.
  const margin = [0, 0, padding, padding];
  const padded = pad(transpose(x, [1, 0, 2, 3]), margin, margin);
  const seen = stride * (rows - 1) + dilation * (kernel[0] - 1) + 1;
  const rowsSeen = Float64Array.from({ length: bands * seen }, (_, i) => {
    const band = Math.floor(i / seen);
    return band * stride * rows + (i % seen);
  });
  const cut = bands === 1 ? padded : gather(padded, constant(rowsSeen, [1, 1, rowsSeen.length, 1]), 2);
  const [tall, wide] = [cut.shape[2] / bands, cut.shape[3]];
  const banded = toBlocked(reshape(cut, [channels, images * bands, tall, wide]), block);

  // [images, O / B, bands, pixels, B] → [pieces, O / B, pixels, B bands, B], each piece in the order of weights.
  const within = Math.min(bands, block);
  const together = block / within;
  const split = [images / together, together, blocks, bands / within, within, rows * width, block];
  const kernels = transpose(reshape(y, split), [0, 3, 2, 5, 1, 4, 6]);
  const weights = reshape(kernels, [pieces, out, block, rows, width]);

  // The stride and the dilation of the kernel change roles too.
  const steps = { stride: dilation, dilation: stride, pads: [0, 0, 0, 0] as const };
  const sums = Array.from({ length: pieces }, (_, k) => {
    const own = reshape(slice(weights, 0, k, k + 1), [out, block, rows, width]);
    return blockedNode(slice(banded, 1, k, k + 1), own, block, steps);
  }).reduce((sum, next) => ({
    ...next,
    inputs: [...next.inputs, sum],
    attributes: { ...next.attributes, sum: true },
  }));
  const taps = sliceRanges(sums, [0, 0, 0, 0, 0], [channels, blocks, ...kernel, block]);
  const flat = reshape(taps, [channels, blocks, kernel[0] * kernel[1], block]);
  return reshape(transpose(flat, [1, 3, 0, 2]), shape);
}

/**
 * The same when x has more channels than y, for a convolution with stride 1. y moves over x with padding wide enough
 * for every overlap, and the result has channels and taps in the other order. The runtime computes up to four blocks of
 * a kernel's channels at a time, and fewer numbers are rearranged: 48 to 16 channels take three quarters of the time.
 * Kernels are square.
 */
export function turnedWeightGradient(
  x: Tensor,
  y: Tensor,
  attributes: ConvolutionAttributes,
  [out, channels, height, width]: Shape,
): Tensor | undefined {
  const padding = attributes.dilation * (height - 1) - attributes.padding;
  const found = weightGradient(y, x, { ...attributes, padding }, [channels, out, height, width]);
  if (!found) return undefined;
  const taps = height * width;
  const reversed = constant(
    Float64Array.from({ length: taps }, (_, i) => taps - 1 - i),
    [1, 1, taps],
  );
  const turned = transpose(reshape(found, [channels, out, taps]), [1, 0, 2]);
  return reshape(gather(turned, reversed, 2), [out, channels, height, width]);
}

/**
 * The smallest number of bands that fill whole blocks and keep B bands within the size of a piece, if the rows can be
 * divided that often. Undefined when they do not fill blocks.
 */
function bandsFor(images: number, height: number, block: number, rowSize: number): number | undefined {
  const fills = (bands: number) => (images * bands) % block === 0;
  let bands = 1;
  while (!fills(bands)) bands *= 2;
  if (height % bands !== 0) return undefined;
  while (height % (2 * bands) === 0 && (rowSize * height) / bands > LARGEST_PIECE) bands *= 2;
  return bands;
}
