/** Convolutions of sequences and images, and their adjoints. */
import * as f from "../../functions.js";
import { sliceRanges } from "../../operators/movement.js";
import type { Tensor } from "../../tensor.js";
import type { Call, Rule } from "../call.js";
import { real, type Value } from "../value.js";
import { padConstant } from "./movement.js";
import { allEqual, type Windows, windowsOf } from "./windows.js";

/** Sequences [N, C, L] as images with one row. */
const asImage = (x: Tensor) => (x.shape.length === 3 ? f.reshape(x, [...x.shape.slice(0, 2), 1, x.shape[2]]) : x);

function requireImages(x: Tensor): void {
  if (x.shape.length !== 3 && x.shape.length !== 4) {
    throw new Error(`its input has ${x.shape.length} axes; expected sequences [N, C, L] or images [N, C, H, W]`);
  }
}

/** Windows over a sequence as windows over an image with one row. */
const ofImage = (own: Windows): Windows =>
  own.kernel.length === 2
    ? own
    : {
        kernel: [1, ...own.kernel],
        strides: [own.strides[0], ...own.strides],
        dilations: [own.dilations[0], ...own.dilations],
        before: [0, ...own.before],
        after: [0, ...own.after],
      };

const withBias = (y: Tensor, bias: Value | undefined) =>
  bias ? f.add(y, f.reshape(bias.tensor, [y.shape[1], 1, 1])) : y;

/** A kernel with zeros between its taps. */
function dilated(w: Tensor, dilations: readonly number[]): Tensor {
  const none = [0, 0, 0, 0];
  return f.pad(w, none, none, [0, 0, dilations[0] - 1, dilations[1] - 1]);
}

function convolution(call: Call): Value {
  const x = call.tensor(0);
  requireImages(x);
  const [image, kernel] = [asImage(x), asImage(call.tensor(1))];
  const own = windowsOf(call, x.shape.slice(2), call.tensor(1).shape.slice(2));
  const { strides, dilations, before, after } = ofImage(own);
  const w = allEqual(dilations) ? kernel : dilated(kernel, dilations);
  const isEven = allEqual([...before, ...after]);
  const padded = isEven ? image : padConstant(image, [0, 0, ...before], [0, 0, ...after], 0);
  // Unequal strides are realised by leaving results out.
  const stride = allEqual(strides) ? strides[0] : 1;
  const options = {
    stride,
    padding: isEven ? before[0] : 0,
    dilation: allEqual(dilations) ? dilations[0] : 1,
    groups: call.number("group", 1),
  };
  const all = f.conv2d(padded, w, options);
  const steps = [1, 1, ...(allEqual(strides) ? [1, 1] : strides)];
  const starts = [0, 0, 0, 0];
  const y = withBias(sliceRanges(all, starts, all.shape, steps), call.optional(2));
  return real(x.shape.length === 3 ? f.reshape(y, [y.shape[0], y.shape[1], y.shape[3]]) : y);
}

/** Lengths and paddings of a transposed convolution. */
function transposedSizes(
  call: Call,
  lengths: readonly number[],
  { kernel, strides, dilations, before, after }: Windows,
) {
  const extra = call.list("output_padding") ?? lengths.map(() => 0);
  const full = lengths.map((length, i) => (length - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 + extra[i]);
  const wanted = call.list("output_shape");
  const mode = call.text("auto_pad", "NOTSET");
  const isSame = mode === "SAME_UPPER" || mode === "SAME_LOWER";
  const size = wanted ?? (isSame ? lengths.map((length, i) => length * strides[i]) : undefined);
  if (size === undefined) return { full, before, after };
  const total = full.map((length, i) => length - size[i]);
  const half = total.map((width) => Math.floor(width / 2));
  const rest = total.map((width, i) => width - half[i]);
  return mode === "SAME_UPPER" ? { full, before: half, after: rest } : { full, before: rest, after: half };
}

function transposedConvolution(call: Call): Value {
  const x = call.tensor(0);
  requireImages(x);
  const own = windowsOf(call, x.shape.slice(2), call.tensor(1).shape.slice(2));
  const sizes = transposedSizes(call, x.shape.slice(2), own);
  const { strides, dilations } = ofImage(own);
  const [image, kernel] = [asImage(x), asImage(call.tensor(1))];
  if (!allEqual(strides)) throw new Error(`its strides [${strides}] differ; expected one for both axes`);
  const w = allEqual(dilations) ? kernel : dilated(kernel, dilations);
  const isSequence = x.shape.length === 3;
  const size = isSequence ? [1, ...sizes.full] : sizes.full;
  const [before, after] = [sizes.before, sizes.after].map((widths) => (isSequence ? [0, ...widths] : widths));
  const options = {
    stride: strides[0],
    padding: 0,
    dilation: allEqual(dilations) ? dilations[0] : 1,
    groups: call.number("group", 1),
  };
  // A symmetric padding belongs to the operator. The rest is cut off (or added) afterwards.
  const isEven = allEqual([...before, ...after]) && before[0] >= 0;
  const y = isEven
    ? f.convTranspose2d(image, w, { ...options, padding: before[0] }, [
        size[0] - 2 * before[0],
        size[1] - 2 * before[0],
      ])
    : padConstant(
        f.convTranspose2d(image, w, options, [size[0], size[1]]),
        [0, 0, ...before.map((width) => -width)],
        [0, 0, ...after.map((width) => -width)],
        0,
      );
  const result = withBias(y, call.optional(2));
  return real(isSequence ? f.reshape(result, [result.shape[0], result.shape[1], result.shape[3]]) : result);
}

export const convolutionRules: Readonly<Record<string, Rule>> = {
  Conv: convolution,
  ConvTranspose: transposedConvolution,
};
