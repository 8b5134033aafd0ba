import { reduceSum, reshape } from "../../operators/broadcast.js";
import { convWeightOperator } from "../../operators/convolution.js";
import { matmul } from "../../operators/matmul.js";
import { concat, pad, sliceRanges, transpose } from "../../operators/movement.js";
import type { Tensor } from "../../tensor.js";

type ConvWeight = Parameters<typeof convWeightOperator.evaluate>[0];

/** The adjoint of convolution in its weights, from images x [N, C, H, W] and y [N, O, H', W']. */
export function weightGradient(node: ConvWeight): Tensor {
  const { stride, padding, dilation, groups, kernel } = node.attributes;
  if (stride === 1 && dilation === 1 && groups === 1 && padding === 1 && kernel[0] === 3 && kernel[1] === 3)
    return sixCopies(node);
  return convWeightOperator.lower!(node, "f32")!;
}

/**
 * Kernels of 3 × 3 in steps of 1 with a margin of 1: nine taps from one product of six copies, y moved by a row each way
 * and x moved by a column each way.
 */
function sixCopies({ inputs: [x, y] }: ConvWeight): Tensor {
  const [images, channels, height, width] = x.shape;
  const out = y.shape[1];
  const moved = (image: Tensor, axis: number, shift: number) => {
    if (shift === 0) return image;
    const margin = [0, 0, 0, 0].map((_, i) => (i === axis ? 1 : 0));
    const none = [0, 0, 0, 0];
    const padded = pad(image, shift > 0 ? margin : none, shift > 0 ? none : margin);
    const starts = none.map((_, i) => (i === axis && shift < 0 ? 1 : 0));
    return sliceRanges(
      padded,
      starts,
      starts.map((start, i) => start + image.shape[i]),
    );
  };
  const flat = (images_: Tensor[], axis: number, count: number) =>
    reshape(concat(images_, 1), [images, axis * count, height * width]);
  // Tap (ky, kx) pairs y[row] with x[row + ky - 1, column + kx - 1], and so y moved down by ky - 1 with x moved left.
  const rows = flat(
    [-1, 0, 1].map((shift) => moved(y, 2, shift)),
    3,
    out,
  );
  const columns = flat(
    [1, 0, -1].map((shift) => moved(x, 3, shift)),
    3,
    channels,
  );
  const total = reduceSum(matmul(rows, columns, { transposeB: true }), [0]);
  return transpose(reshape(total, [3, out, 3, channels]), [1, 3, 0, 2]);
}
