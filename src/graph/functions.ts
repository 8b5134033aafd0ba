/** The functions that models and losses are written in: the primitive operators and their common compositions. */
import { reduceSum, reshape } from "./operators/broadcast.js";
import { add, div, exp, log, stopGradient, sub } from "./operators/elementwise.js";
import { reduceMax } from "./operators/reduceMax.js";
import type { Tensor } from "./tensor.js";

export { expand, reshape } from "./operators/broadcast.js";
export {
  abs,
  add,
  cos,
  div,
  exp,
  greater,
  log,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sin,
  sqrt,
  stopGradient,
  sub,
  tanh,
  where,
} from "./operators/elementwise.js";
export { matmul } from "./operators/matmul.js";
export { concat, pad, slice, transpose } from "./operators/movement.js";
export { constant, data, input, type Tensor } from "./tensor.js";

interface ReductionOptions {
  /** Keep the reduced axes with length 1. */
  keepdims?: boolean;
}

/** Sum over axes (default all; negative axes count from the end). */
export function sum(x: Tensor, axes = allAxes(x), options: ReductionOptions = {}): Tensor {
  const own = fromFront(x, axes);
  const total = reduceSum(x, own);
  return options.keepdims ? total : squeeze(total, own);
}

/** Mean over axes (default all; negative axes count from the end). */
export function mean(x: Tensor, axes = allAxes(x), options: ReductionOptions = {}): Tensor {
  const total = sum(x, axes, options);
  return div(
    total,
    fromFront(x, axes).reduce((count, axis) => count * x.shape[axis], 1),
  );
}

/** log Σ exp over axes, shifted by the maximum so that nothing overflows. */
export function logSumExp(x: Tensor, axes: readonly number[], options: ReductionOptions = {}): Tensor {
  // The result does not depend on the shift, so the shift takes no part in differentiation.
  const shift = stopGradient(reduceMax(x, fromFront(x, axes)));
  const value = add(shift, log(sum(exp(sub(x, shift)), axes, { keepdims: true })));
  return options.keepdims ? value : squeeze(value, fromFront(x, axes));
}

/** exp(x) / Σ exp(x) along one axis, shifted by the maximum so that nothing overflows. */
export function softmax(x: Tensor, axis: number): Tensor {
  const weights = exp(sub(x, stopGradient(reduceMax(x, fromFront(x, [axis])))));
  return div(weights, sum(weights, [axis], { keepdims: true }));
}

function squeeze(x: Tensor, axes: readonly number[]): Tensor {
  return reshape(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );
}

const allAxes = (x: Tensor): readonly number[] => x.shape.map((_, axis) => axis);

function fromFront(x: Tensor, axes: readonly number[]): number[] {
  return [...new Set(axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)))];
}
