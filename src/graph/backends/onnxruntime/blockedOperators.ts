/**
 * ONNX Runtime's own convolution kernels. They work on images in blocks of channels, [N, C / B, H, W, B]; the B
 * channels of a block fill one vector register. ONNX Runtime itself uses them only for constant weights. They accept
 * weights that are fed or computed when they are nodes of the domain com.microsoft.nchwc in the model.
 */
import { reshape } from "../../operators/broadcast.js";
import { gather } from "../../operators/gather.js";
import { pad, transpose } from "../../operators/movement.js";
import type { Shape } from "../../shape.js";
import { constant, type Operator, type Tensor } from "../../tensor.js";

const DOMAIN = "com.microsoft.nchwc";

export interface BlockedConvolution {
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly dilation: number;
  /** 1, or the number of channels; then each channel has its own kernel. */
  readonly groups: number;
  /** Zeros above, left of, below and right of the image. */
  readonly pads: readonly [number, number, number, number];
  /** True when the third operand is a bias [O]. */
  readonly bias: boolean;
  /** True when the last operand is a tensor to add to the result. */
  readonly sum: boolean;
  /** True when negative results become zero, after bias and sum. */
  readonly relu: boolean;
}

/** Operators that exist only in models for ONNX Runtime. They are never differentiated or interpreted. */
function nativeOperator<A extends object>(name: string, onnx: NonNullable<Operator<A>["onnx"]>): Operator<A> {
  const never = () => {
    throw new Error(`${name} exists in models for ONNX Runtime only`);
  };
  return { name, onnx, infer: never, vjp: never, jvp: never, evaluate: never };
}

const toBlockedOperator = nativeOperator("toBlocked", (node, inputs, writer) =>
  writer.node("Reshape", [writer.node("ReorderInput", inputs, {}, DOMAIN), writer.integers(node.shape)]),
);

const fromBlockedOperator = nativeOperator("fromBlocked", (node, [x], writer) => {
  const images = writer.node("Reshape", [x, writer.integers(plainShape(node.inputs[0].shape))]);
  return writer.node("ReorderOutput", [images], { channels: node.shape[1] }, DOMAIN);
});

export const blockedConvolutionOperator = nativeOperator<BlockedConvolution>(
  "blockedConvolution",
  ({ inputs: [x], attributes, shape }, operands, writer) => {
    const { kernel, stride, dilation, groups, pads, bias, sum, relu } = attributes;
    const asImages = (name: string, own: Shape) =>
      own.length === 4 ? name : writer.node("Reshape", [name, writer.integers(plainShape(own))]);
    const rest = [
      ...(bias || sum ? [bias ? operands[2] : ""] : []),
      ...(sum ? [asImages(operands.at(-1)!, shape)] : []),
    ];
    const result = writer.node(
      "Conv",
      [asImages(operands[0], x.shape), operands[1], ...rest],
      {
        kernel_shape: [...kernel],
        strides: [stride, stride],
        dilations: [dilation, dilation],
        pads: [...pads],
        group: groups,
        ...(relu ? { activation: "Relu" } : {}),
      },
      DOMAIN,
    );
    return writer.node("Reshape", [result, writer.integers(shape)]);
  },
);

const maskedOperator = nativeOperator("masked", (_, [mask, x], writer) => writer.node("Mul", [writer.toReal(mask), x]));

/**
 * x where the condition holds, otherwise 0. A product takes half the time of ONNX Runtime's Where, which makes three
 * passes on one thread.
 */
export function masked(mask: Tensor, x: Tensor): Tensor {
  return { operator: maskedOperator, inputs: [mask, x], attributes: {}, shape: x.shape, type: "real" };
}

/** [N, C, H, W] for blocked images [N, C / B, H, W, B]. */
function plainShape(shape: Shape): Shape {
  if (shape.length === 4) return shape;
  const [images, blocks, height, width, block] = shape;
  return [images, blocks * block, height, width];
}

/** [N, C / B, H, W, B] for images [N, C, H, W]. */
export function blockedShape([images, channels, height, width]: Shape, block: number): Shape {
  return [images, channels / block, height, width, block];
}

/** Converts images [N, C, H, W] to blocks of channels. */
export function toBlocked(x: Tensor, block: number): Tensor {
  return {
    operator: toBlockedOperator,
    inputs: [x],
    attributes: {},
    shape: blockedShape(x.shape, block),
    type: "real",
  };
}

/** Converts blocks of channels to images [N, C, H, W], without the padding channels of the last block. */
export function fromBlocked(x: Tensor, shape: Shape): Tensor {
  return { operator: fromBlockedOperator, inputs: [x], attributes: {}, shape, type: "real" };
}

type Steps = Pick<BlockedConvolution, "stride" | "dilation" | "pads">;

/**
 * The convolution of x with weights [O, C, kH, kW]. x is in blocks, or [N, C, H, W] with fewer channels than a block.
 * The result is in blocks; zeros round O up to whole blocks.
 */
export function blockedConvolution(
  x: Tensor,
  weights: Tensor,
  block: number,
  steps: Steps,
): Tensor<BlockedConvolution> {
  const [out, channels, height, width] = weights.shape;
  const extra = (block - (out % block)) % block;
  const whole = pad(weights, [0, 0, 0, 0], [extra, 0, 0, 0]);
  const blocks = (out + extra) / block;
  const inner = channels < block ? 1 : block;
  // Blocks of output channels, blocks of input channels, taps, inputs, outputs.
  const split = reshape(whole, [blocks, block, channels / inner, inner, height * width]);
  const arranged = reshape(transpose(split, [0, 2, 4, 3, 1]), [out + extra, channels, height, width]);
  return blockedNode(x, arranged, block, steps);
}

/**
 * The convolution of x with weights [C, O, kH, kW] (O in whole blocks) whose channels are swapped and whose taps are
 * reversed: the adjoint of a convolution with stride 1.
 */
export function rotatedConvolution(
  x: Tensor,
  weights: Tensor,
  block: number,
  steps: Steps,
): Tensor<BlockedConvolution> {
  const [channels, out, height, width] = weights.shape;
  const taps = height * width;
  const inner = channels < block ? 1 : block;
  const split = reshape(weights, [channels / inner, inner, out / block, block, taps]);
  const arranged = transpose(split, [2, 0, 4, 1, 3]);
  const reversed = Float64Array.from({ length: taps }, (_, i) => taps - 1 - i);
  const turned = taps === 1 ? arranged : gather(arranged, constant(reversed, [1, 1, taps, 1, 1]), 2);
  return blockedNode(x, reshape(turned, [out, channels, height, width]), block, steps);
}

/** The convolution node itself, with weights in the order of the kernels. */
export function blockedNode(x: Tensor, weights: Tensor, block: number, steps: Steps): Tensor<BlockedConvolution> {
  const [out, , height, width] = weights.shape;
  const { stride, dilation, pads } = steps;
  const span = (length: number, reach: number, margins: number) =>
    Math.floor((length + margins - dilation * (reach - 1) - 1) / stride) + 1;
  const size = [span(x.shape[2], height, pads[0] + pads[2]), span(x.shape[3], width, pads[1] + pads[3])];
  return {
    operator: blockedConvolutionOperator,
    inputs: [x, weights],
    attributes: { kernel: [height, width], ...steps, groups: 1, bias: false, sum: false, relu: false },
    shape: [x.shape[0], out / block, ...size, block],
    type: "real",
  };
}

/**
 * Blocked images times one factor per channel, [C], as a convolution of each channel with one tap. ONNX Runtime's own
 * product repeats the factors block by block, which takes three to five times as long. This form also adds bias and
 * sum.
 */
export function scaledChannels(x: Tensor, factors: Tensor): Tensor<BlockedConvolution> {
  const channels = factors.shape[0];
  const taps = reshape(factors, [channels, 1, 1, 1]);
  const attributes = {
    ...{ kernel: [1, 1] as const, stride: 1, dilation: 1, groups: channels, pads: [0, 0, 0, 0] as const },
    ...{ bias: false, sum: false, relu: false },
  };
  return { operator: blockedConvolutionOperator, inputs: [x, taps], attributes, shape: x.shape, type: "real" };
}
