/** Sums, means and extrema over axes; negative axes count from the end. */
import { reduceSum, reshape } from "../operators/broadcast.js";
import { add, div, exp, log, neg, stopGradient, sub } from "../operators/elementwise.js";
import { reduceMax } from "../operators/reduceMax.js";
import type { Tensor } from "../tensor.js";

interface ReductionOptions {
  /** Keep the reduced axes with length 1. */
  keepdims?: boolean;
}

/** Sum over axes (default: all). */
export function sum(x: Tensor, axes = allAxes(x), { keepdims = false }: ReductionOptions = {}): Tensor {
  const own = fromFront(x, axes);
  const total = reduceSum(x, own);
  return keepdims ? total : squeeze(total, own);
}

/** Mean over axes (default: all). */
export function mean(x: Tensor, axes = allAxes(x), options: ReductionOptions = {}): Tensor {
  return div(sum(x, axes, options), count(x, axes));
}

/** Maximum over axes (default: all). Tied elements share the derivative evenly. */
export function max(x: Tensor, axes = allAxes(x), { keepdims = false }: ReductionOptions = {}): Tensor {
  const own = fromFront(x, axes);
  const largest = reduceMax(x, own);
  return keepdims ? largest : squeeze(largest, own);
}

/** Minimum over axes (default: all). Tied elements share the derivative evenly. */
export function min(x: Tensor, axes = allAxes(x), options: ReductionOptions = {}): Tensor {
  return neg(max(neg(x), axes, options));
}

/** log Σ exp over axes, shifted by the maximum so that nothing overflows. */
export function logSumExp(x: Tensor, axes: readonly number[], { keepdims = false }: ReductionOptions = {}): Tensor {
  // The result does not depend on the shift, so the shift is excluded from differentiation.
  const shift = stopGradient(reduceMax(x, fromFront(x, axes)));
  const value = add(shift, log(sum(exp(sub(x, shift)), axes, { keepdims: true })));
  return keepdims ? value : squeeze(value, fromFront(x, axes));
}

/** exp(x) / Σ exp(x) along one axis, shifted by the maximum so that nothing overflows. */
export function softmax(x: Tensor, axis: number): Tensor {
  const weights = exp(sub(x, stopGradient(reduceMax(x, fromFront(x, [axis])))));
  return div(weights, sum(weights, [axis], { keepdims: true }));
}

/** log softmax along one axis, exact even when softmax rounds to 0. */
export function logSoftmax(x: Tensor, axis: number): Tensor {
  return sub(x, logSumExp(x, [axis], { keepdims: true }));
}

/** The number of elements that are reduced to one. */
function count(x: Tensor, axes: readonly number[]): number {
  return fromFront(x, axes).reduce((product, axis) => product * x.shape[axis], 1);
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
