/** Pooling of windows over one, two or more spatial axes. */
import * as f from "../../functions.js";
import { sliceRanges } from "../../operators/movement.js";
import type { Tensor } from "../../tensor.js";
import type { Call, Rule } from "../call.js";
import { real, type Value } from "../value.js";
import { padConstant } from "./movement.js";
import { type Windows, windowsOf } from "./windows.js";

/** Windows whose last step may run past the end when the node rounds up: wider padding at the end. */
function poolWindows(call: Call, lengths: readonly number[]): Windows & { given: readonly number[] } {
  const own = windowsOf(call, lengths, call.list("kernel_shape") ?? []);
  if (call.number("ceil_mode", 0) !== 1) return { ...own, given: own.after };
  const after = lengths.map((length, i) => {
    const { kernel, strides, dilations, before } = own;
    const reach = (kernel[i] - 1) * dilations[i] + 1;
    const steps = Math.ceil((length + before[i] + own.after[i] - reach) / strides[i]);
    // A window that starts in the padding after the image is left out.
    const last = steps * strides[i] >= length + before[i] ? steps - 1 : steps;
    return Math.max(own.after[i], last * strides[i] + reach - length - before[i]);
  });
  return { ...own, after, given: own.after };
}

/** The elements at each position of the window, in all windows: one tensor per position, row by row. */
function seen(x: Tensor, { kernel, strides, dilations }: Windows): Tensor[] {
  const lengths = x.shape.slice(2);
  const span = lengths.map((length, i) => {
    const reach = (kernel[i] - 1) * dilations[i] + 1;
    return Math.floor((length - reach) / strides[i]) * strides[i] + 1;
  });
  const places = kernel.reduce<number[][]>(
    (all, taps) => all.flatMap((place) => Array.from({ length: taps }, (_, tap) => [...place, tap])),
    [[]],
  );
  return places.map((place) => {
    const starts = place.map((tap, i) => tap * dilations[i]);
    const ends = starts.map((start, i) => start + span[i]);
    return sliceRanges(x, [0, 0, ...starts], [...x.shape.slice(0, 2), ...ends], [1, 1, ...strides]);
  });
}

function maxPool(call: Call): Value {
  const x = call.tensor(0);
  if (call.node.outputs.length > 1) throw new Error("its second output, the indices, is not supported");
  const own = poolWindows(call, x.shape.slice(2));
  const padded = padConstant(x, [0, 0, ...own.before], [0, 0, ...own.after], Number.NEGATIVE_INFINITY);
  return real(seen(padded, own).reduce((largest, next) => f.maximum(largest, next)));
}

function averagePool(call: Call): Value {
  const x = call.tensor(0);
  const own = poolWindows(call, x.shape.slice(2));
  const [before, after] = [own.before, own.after].map((widths) => [0, 0, ...widths]);
  const total = (tensor: Tensor) => seen(tensor, own).reduce((sum, next) => f.add(sum, next));
  const sums = total(padConstant(x, before, after, 0));
  const ones = f.expand(f.constant(1), [1, 1, ...x.shape.slice(2)]);
  // The pixels that count: those of the image, and of the given padding if the node says so.
  const countsPadding = call.number("count_include_pad", 0) === 1;
  const extra = own.after.map((width, i) => width - own.given[i]);
  const counted = countsPadding
    ? padConstant(
        padConstant(ones, before, [0, 0, ...own.given], 1),
        [0, 0, ...extra.map(() => 0)],
        [0, 0, ...extra],
        0,
      )
    : padConstant(ones, before, after, 0);
  return real(f.div(sums, total(counted)));
}

const spatialAxes = (x: Tensor) => [...x.shape.keys()].slice(2);

export const poolingRules: Readonly<Record<string, Rule>> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: (call) => real(f.mean(call.tensor(0), spatialAxes(call.tensor(0)), { keepdims: true })),
  GlobalMaxPool: (call) => real(f.max(call.tensor(0), spatialAxes(call.tensor(0)), { keepdims: true })),
};
