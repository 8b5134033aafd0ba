/** Sums, means, extrema and norms over axes. */
import * as f from "../../functions.js";
import type { Tensor } from "../../tensor.js";
import { frontAxis, type Rule } from "../call.js";

type Reduction = (x: Tensor, axes: readonly number[]) => Tensor;

/**
 * Axes are an attribute, or an input in later opsets. Without any, all axes are reduced, or none if an attribute says
 * so.
 */
const reduction =
  (reduce: Reduction, finish: (x: Tensor) => Tensor = (x) => x, start: (x: Tensor) => Tensor = (x) => x): Rule =>
  (call) => {
    const { tensor: x, kind } = call.value(0);
    const given = call.optionalNumbers(1) ?? call.list("axes") ?? [];
    if (given.length === 0 && call.number("noop_with_empty_axes", 0) === 1) return { tensor: finish(start(x)), kind };
    const all = [...x.shape.keys()];
    const axes = given.length === 0 ? all : given.map((axis) => frontAxis(axis, x.shape.length));
    const reduced = finish(reduce(start(x), axes));
    if (call.number("keepdims", 1) === 1) return { tensor: reduced, kind };
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    return { tensor: f.reshape(reduced, shape), kind };
  };

const keepdims = { keepdims: true };
const sum: Reduction = (x, axes) => f.sum(x, axes, keepdims);

/** The product of the slices along each axis. */
function product(x: Tensor, axes: readonly number[]): Tensor {
  return axes.reduce((own, axis) => {
    const slices = Array.from({ length: own.shape[axis] }, (_, i) => f.slice(own, axis, i, i + 1));
    const one = f.expand(
      f.constant(1),
      own.shape.map((length, i) => (i === axis ? 1 : length)),
    );
    return slices.reduce((total, next) => f.mul(total, next), one);
  }, x);
}

const square = (x: Tensor) => f.mul(x, x);

export const reductionRules: Readonly<Record<string, Rule>> = {
  ReduceSum: reduction(sum),
  ReduceMean: reduction((x, axes) => f.mean(x, axes, keepdims)),
  ReduceMax: reduction((x, axes) => f.max(x, axes, keepdims)),
  ReduceMin: reduction((x, axes) => f.min(x, axes, keepdims)),
  ReduceProd: reduction(product),
  ReduceL1: reduction(sum, undefined, f.abs),
  ReduceL2: reduction(sum, f.sqrt, square),
  ReduceSumSquare: reduction(sum, undefined, square),
  ReduceLogSum: reduction(sum, f.log),
  ReduceLogSumExp: reduction((x, axes) => f.logSumExp(x, axes, keepdims)),
};
