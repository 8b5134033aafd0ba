/**
 * Convolution and its two adjoints. All three are parts of the trilinear form Σ y·conv(x, w), which is linear in the
 * input x, the weights w and the output y. So the derivative of each with respect to an operand is another of the
 * three.
 */
import { type Shape, sizeOf } from "../shape.js";
import { apply, constant, type Operator, requireReal, type Tensor } from "../tensor.js";
import { reduceSum, reshape } from "./broadcast.js";
import { add } from "./elementwise.js";
import { gather } from "./gather.js";
import { matmul } from "./matmul.js";
import { concat, pad, sliceRanges, transpose } from "./movement.js";

export interface ConvolutionOptions {
  /** The stride of the kernel (default 1). */
  stride?: number;
  /** Zeros around the image (default 0). */
  padding?: number;
  /** The spacing of the kernel's taps (default 1). */
  dilation?: number;
  /** The number of groups of channels. Each group has its own kernels (default 1). */
  groups?: number;
}

export interface ConvolutionAttributes extends Readonly<Required<ConvolutionOptions>> {
  /** Height and width of the input. */
  readonly size: readonly [number, number];
  /** Height and width of the kernel. */
  readonly kernel: readonly [number, number];
}

type Convolution = Tensor<ConvolutionAttributes>;

/** [N, C, H, W] and weights [O, C / groups, kH, kW] → [N, O, outH, outW]. */
export const convOperator: Operator<ConvolutionAttributes> = {
  name: "conv2d",
  infer([x, w], attributes) {
    requireImages("conv2d", x, w);
    const { groups, kernel } = attributes;
    const [outH, outW] = outputSize(attributes);
    const [[images, channels], [out, share]] = [x.shape, w.shape];
    const found = `conv2d: images [${x.shape}] and weights [${w.shape}] in ${groups} group(s)`;
    if (channels !== share * groups) throw new RangeError(`${found}: expected ${share * groups} channels`);
    if (out % groups !== 0) throw new RangeError(`${found}: ${out} output channels do not split into the groups`);
    if (outH < 1 || outW < 1) throw new RangeError(`${found}: a kernel of ${kernel} does not fit the padded image`);
    return { shape: [images, out, outH, outW], type: "real" };
  },
  vjp: ({ inputs: [x, w], attributes }, cotangent, index) =>
    index === 0 ? convInput(cotangent, w, attributes) : convWeight(x, cotangent, attributes),
  jvp: ({ inputs: [x, w], attributes }, [dx, dw]) =>
    addDefined(dx && convolve(dx, w, attributes), dw && convolve(x, dw, attributes)),
  evaluate(node, [x, w]) {
    const y = new Float64Array(sizeOf(node.shape));
    const { stride } = node.attributes;
    forEachRow(node.attributes, node.inputs[0].shape, node.inputs[1].shape, (i, tap, o, count) => {
      const weight = w[tap];
      for (let k = 0; k < count; k++, i += stride) y[o + k] += weight * x[i];
    });
    return y;
  },
  lower: (node, dtype) => (dtype === "f64" ? product(node) : undefined),
  onnx({ attributes: { stride, padding, dilation, groups, kernel } }, inputs, writer) {
    return writer.node("Conv", inputs, {
      kernel_shape: [...kernel],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      dilations: [dilation, dilation],
      group: groups,
    });
  },
};

/** Images [N, O, outH, outW] and weights → [N, C, H, W]: the adjoint of convolution in its input. */
export const convInputOperator: Operator<ConvolutionAttributes> = {
  name: "convInput",
  infer([y, w], { size, groups }) {
    requireImages("convInput", y, w);
    return { shape: [y.shape[0], w.shape[1] * groups, ...size], type: "real" };
  },
  vjp: ({ inputs: [y, w], attributes }, cotangent, index) =>
    index === 0 ? convolve(cotangent, w, attributes) : convWeight(cotangent, y, attributes),
  jvp: ({ inputs: [y, w], attributes }, [dy, dw]) =>
    addDefined(dy && convInput(dy, w, attributes), dw && convInput(y, dw, attributes)),
  evaluate(node, [y, w]) {
    const x = new Float64Array(sizeOf(node.shape));
    const { stride } = node.attributes;
    forEachRow(node.attributes, node.shape, node.inputs[1].shape, (i, tap, o, count) => {
      const weight = w[tap];
      for (let k = 0; k < count; k++, i += stride) x[i] += weight * y[o + k];
    });
    return x;
  },
  lower: (node) => rotatedConvolution(node),
};

/** [N, C, H, W] and [N, O, outH, outW] → weights [O, C / groups, kH, kW]: the adjoint of convolution in its weights. */
export const convWeightOperator: Operator<ConvolutionAttributes> = {
  name: "convWeight",
  infer([x, y], { kernel, groups }) {
    requireImages("convWeight", x, y);
    return { shape: [y.shape[1], x.shape[1] / groups, ...kernel], type: "real" };
  },
  vjp: ({ inputs: [x, y], attributes }, cotangent, index) =>
    index === 0 ? convInput(y, cotangent, attributes) : convolve(x, cotangent, attributes),
  jvp: ({ inputs: [x, y], attributes }, [dx, dy]) =>
    addDefined(dx && convWeight(dx, y, attributes), dy && convWeight(x, dy, attributes)),
  evaluate(node, [x, y]) {
    const w = new Float64Array(sizeOf(node.shape));
    const { stride } = node.attributes;
    forEachRow(node.attributes, node.inputs[0].shape, node.shape, (i, tap, o, count) => {
      let total = 0;
      for (let k = 0; k < count; k++, i += stride) total += x[i] * y[o + k];
      w[tap] += total;
    });
    return w;
  },
  lower: (node) => weightProduct(node),
};

/**
 * Convolution of images x [N, C, H, W] with kernels w [O, C / groups, kH, kW] (a correlation, as usual in networks,
 * with the sizes and conventions of PyTorch's conv2d).
 */
export function conv2d(x: Tensor, w: Tensor, options: ConvolutionOptions = {}): Tensor {
  requireImages("conv2d", x, w);
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  for (const [name, value] of Object.entries({ stride, dilation, groups })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`conv2d: ${name} is ${value}, expected 1, 2, …`);
  }
  if (!Number.isInteger(padding) || padding < 0) {
    throw new RangeError(`conv2d: padding is ${padding}, expected 0, 1, 2, …`);
  }
  const size: [number, number] = [x.shape[2], x.shape[3]];
  return convolve(x, w, { stride, padding, dilation, groups, size, kernel: [w.shape[2], w.shape[3]] });
}

/**
 * The adjoint of convolution in its input, which networks use to enlarge images: images x [N, O, h, w] and kernels w
 * [O, C / groups, kH, kW] → [N, C, …size]. A convolution of the result with these options has the size of x.
 */
export function convTranspose2d(
  x: Tensor,
  w: Tensor,
  options: ConvolutionOptions,
  size: readonly [number, number],
): Tensor {
  requireImages("convTranspose2d", x, w);
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const attributes = { stride, padding, dilation, groups, size, kernel: [w.shape[2], w.shape[3]] as const };
  const found = outputSize(attributes);
  if (found[0] !== x.shape[2] || found[1] !== x.shape[3] || x.shape[1] !== w.shape[0]) {
    throw new RangeError(
      `convTranspose2d: images [${x.shape}] and weights [${w.shape}] do not give [${size}] by stride ${stride}, ` +
        `padding ${padding}, dilation ${dilation}`,
    );
  }
  return convInput(x, w, attributes);
}

const convolve = (x: Tensor, w: Tensor, attributes: ConvolutionAttributes) => apply(convOperator, [x, w], attributes);
const convInput = (y: Tensor, w: Tensor, attributes: ConvolutionAttributes) =>
  apply(convInputOperator, [y, w], attributes);
const convWeight = (x: Tensor, y: Tensor, attributes: ConvolutionAttributes) =>
  apply(convWeightOperator, [x, y], attributes);

function addDefined(a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined {
  return a && b ? add(a, b) : (a ?? b);
}

function requireImages(name: string, ...tensors: readonly Tensor[]): void {
  requireReal(name, tensors);
  for (const { shape } of tensors) {
    if (shape.length !== 4) throw new RangeError(`${name}: expected tensors of 4 axes, found shape [${shape}]`);
  }
}

function outputSize({ stride, padding, dilation, size, kernel }: ConvolutionAttributes): number[] {
  return size.map((length, i) => Math.floor((length + 2 * padding - dilation * (kernel[i] - 1) - 1) / stride) + 1);
}

/**
 * Visits every product of the trilinear form, one row of the output at a time. `visit(x, w, y, count)` stands for the
 * products of w[w] with x[x + k·stride] and y[y + k], k < count.
 */
function forEachRow(
  attributes: ConvolutionAttributes,
  [images, channels]: Shape,
  [out, share]: Shape,
  visit: (x: number, w: number, y: number, count: number) => void,
): void {
  const { stride, padding, dilation, groups, kernel, size } = attributes;
  const [height, width] = size;
  const [outH, outW] = outputSize(attributes);
  for (let n = 0; n < images; n++) {
    for (let o = 0; o < out; o++) {
      const firstChannel = Math.floor((o * groups) / out) * share;
      for (let tap = o * share * kernel[0] * kernel[1], c = 0; c < share; c++) {
        const plane = (n * channels + firstChannel + c) * height;
        for (let ky = 0; ky < kernel[0]; ky++) {
          for (let kx = 0; kx < kernel[1]; kx++, tap++) {
            const left = kx * dilation - padding;
            const first = Math.max(0, Math.ceil(-left / stride));
            const count = Math.min(outW, Math.floor((width - 1 - left) / stride) + 1) - first;
            if (count <= 0) continue;
            for (let row = 0; row < outH; row++) {
              const from = row * stride + ky * dilation - padding;
              if (from < 0 || from >= height) continue;
              const x = (plane + from) * width + first * stride + left;
              visit(x, tap, ((n * out + o) * outH + row) * outW + first, count);
            }
          }
        }
      }
    }
  }
}

/** The pixels under each tap of the kernel, [N, groups, taps · C / groups, outH · outW]. */
function patches(x: Tensor, attributes: ConvolutionAttributes): Tensor {
  const { stride, padding, dilation, groups, kernel } = attributes;
  const [images, channels] = x.shape;
  const [outH, outW] = outputSize(attributes);
  const margin = [0, 0, padding, padding];
  const padded = pad(x, margin, margin);
  const taps: Tensor[] = [];
  for (let ky = 0; ky < kernel[0]; ky++) {
    for (let kx = 0; kx < kernel[1]; kx++) {
      const [top, left] = [ky * dilation, kx * dilation];
      const ends = [images, channels, top + (outH - 1) * stride + 1, left + (outW - 1) * stride + 1];
      const seen = sliceRanges(padded, [0, 0, top, left], ends, [1, 1, stride, stride]);
      taps.push(reshape(seen, [images, groups, channels / groups, outH * outW]));
    }
  }
  return concat(taps, 2);
}

/** Convolution as one matrix product. */
function product(node: Convolution): Tensor {
  const { inputs, attributes, shape } = node;
  const [x, w] = inputs;
  const [out, share, ...kernel] = w.shape;
  const [groups, taps] = [attributes.groups, sizeOf(kernel)];
  const split = reshape(w, [groups, out / groups, share, taps]);
  const rows = reshape(transpose(split, [0, 1, 3, 2]), [groups, out / groups, taps * share]);
  return reshape(matmul(rows, patches(x, attributes)), shape);
}

/** The adjoint in the weights as one matrix product. */
function weightProduct(node: Convolution): Tensor {
  const { inputs, attributes, shape } = node;
  const [x, y] = inputs;
  const [out, share, ...kernel] = shape;
  const [groups, taps] = [attributes.groups, sizeOf(kernel)];
  const [images, , outH, outW] = y.shape;
  const rows = reshape(y, [images, groups, out / groups, outH * outW]);
  const total = reduceSum(matmul(rows, patches(x, attributes), { transposeB: true }), [0]);
  const split = reshape(total, [groups, out / groups, taps, share]);
  return reshape(transpose(split, [0, 1, 3, 2]), shape);
}

/** The adjoint in the input, as a convolution with rotated kernels of images with zeros between their pixels. */
function rotatedConvolution(node: Convolution): Tensor {
  const [y, w] = node.inputs;
  const { stride, padding, dilation, groups, kernel, size } = node.attributes;
  const [out, share, kH, kW] = w.shape;
  const flat = reshape(w, [groups, out / groups, share, kH * kW]);
  const reversed = constant(
    Float64Array.from({ length: kH * kW }, (_, i) => kH * kW - 1 - i),
    [1, 1, 1, kH * kW],
  );
  const turned = kH * kW === 1 ? flat : gather(flat, reversed, 3);
  const rotated = reshape(transpose(turned, [0, 2, 1, 3]), [groups * share, out / groups, kH, kW]);

  const reach = kernel.map((taps) => (taps - 1) * dilation);
  const before = reach.map((length) => length - padding);
  if (stride === 1 && before[0] === before[1] && before[0] >= 0) {
    return conv2d(y, rotated, { padding: before[0], dilation, groups });
  }
  const spread = [0, 1].map((i) => (y.shape[2 + i] - 1) * stride + 1);
  const after = size.map((length, i) => length - spread[i] - before[i] + reach[i]);
  const positive = (widths: readonly number[]) => [0, 0, ...widths.map((width) => Math.max(0, width))];
  const widened = pad(y, positive(before), positive(after), [0, 0, stride - 1, stride - 1]);
  const starts = positive(before.map((width) => -width));
  const excess = positive(after.map((width) => -width));
  const ends = widened.shape.map((length, axis) => length - excess[axis]);
  return conv2d(sliceRanges(widened, starts, ends), rotated, { dilation, groups });
}
