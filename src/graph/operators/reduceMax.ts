import { broadcastStrides, forEachPosition, sizeOf } from "../shape.js";
import { apply, type Operator, type Tensor } from "../tensor.js";
import { expand, reducedShape, reduceSum } from "./broadcast.js";
import { div, greater, mul, where } from "./elementwise.js";

/**
 * Maximum over axes. Tied elements share the derivative evenly. NaN wins here, but a backend may ignore it. So use the
 * maximum only if a NaN also reaches the result by another route, as in logSumExp.
 */
export const reduceMaxOperator: Operator<{ axes: readonly number[] }> = {
  name: "reduceMax",
  infer([x], { axes }) {
    const shape = reducedShape("reduceMax", x, axes);
    if (sizeOf(x.shape) === 0) throw new RangeError(`reduceMax: shape [${x.shape}] has no elements`);
    return { shape, type: "real" };
  },
  vjp: (node, cotangent) => mul(expand(cotangent, node.inputs[0].shape), shares(node)),
  jvp: (node, [tangent]) => reduceSum(mul(tangent!, shares(node)), node.attributes.axes),
  evaluate(node, [x]) {
    const result = new Float64Array(sizeOf(node.shape)).fill(-Infinity);
    const from = node.inputs[0].shape;
    forEachPosition(from, broadcastStrides(node.shape, from), 0, (k, position) => {
      result[position] = Math.max(result[position], x[k]);
    });
    return result;
  },
  onnx: (node, [x], writer) => writer.node("ReduceMax", [x, writer.integers(node.attributes.axes)], { keepdims: 1 }),
};

/** The maximum over axes, which keep length 1. */
export function reduceMax(x: Tensor, axes: readonly number[]): Tensor {
  const longer = axes.filter((axis) => x.shape[axis] !== 1);
  return longer.length === 0 ? x : apply(reduceMaxOperator, [x], { axes: longer });
}

/** ∂max/∂x: 1/ties where x is the maximum, otherwise 0. */
function shares(node: Tensor<{ axes: readonly number[] }>): Tensor {
  const [x] = node.inputs;
  const isMaximum = where(greater(node, x), 0, 1);
  return div(isMaximum, reduceSum(isMaximum, node.attributes.axes));
}
