/** The operators that change shapes by copying or summing: reshape, expand, reduceSum. */
import {
  broadcastShapes,
  broadcastStrides,
  forEachPosition,
  padRank,
  type Shape,
  sameShape,
  sizeOf,
} from "../shape.js";
import { apply, type Operator, requireReal, type Tensor } from "../tensor.js";

export const reshapeOperator: Operator<{ shape: Shape }> = {
  name: "reshape",
  infer([x], { shape }) {
    requireReal("reshape", [x]);
    if (sizeOf(x.shape) !== sizeOf(shape)) {
      throw new RangeError(`reshape: [${x.shape}] holds ${sizeOf(x.shape)} elements, [${shape}] ${sizeOf(shape)}`);
    }
    return { shape, type: "real" };
  },
  vjp: (node, cotangent) => reshape(cotangent, node.inputs[0].shape),
  jvp: (node, [tangent]) => reshape(tangent!, node.shape),
  evaluate: (_, [x]) => x,
  onnx: (node, [x], writer) => writer.node("Reshape", [x, writer.integers(node.shape)]),
};

/** The same elements in the same order under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (x.operator === reshapeOperator) return reshape(x.inputs[0], shape);
  const uniform = uniformScalar(x);
  if (uniform && sizeOf(shape) === sizeOf(x.shape)) return expand(uniform, shape);
  return apply(reshapeOperator, [x], { shape });
}

export const expandOperator: Operator<{ shape: Shape }> = {
  name: "expand",
  infer([x], { shape }) {
    requireReal("expand", [x]);
    const result = broadcastShapes(x.shape, shape);
    if (!result || !sameShape(result, shape)) {
      throw new RangeError(`expand: shape [${x.shape}] does not broadcast to [${shape}]`);
    }
    return { shape, type: "real" };
  },
  vjp: (node, cotangent) => unbroadcast(cotangent, node.inputs[0].shape),
  jvp: (node, [tangent]) => expand(tangent!, node.shape),
  evaluate(node, [x]) {
    const result = new Float64Array(sizeOf(node.shape));
    forEachPosition(node.shape, broadcastStrides(node.inputs[0].shape, node.shape), 0, (k, position) => {
      result[k] = x[position];
    });
    return result;
  },
  onnx: (node, [x], writer) => writer.node("Expand", [x, writer.integers(node.shape)]),
};

/** Repeats along axes of length 1 and along new leading axes (NumPy's broadcasting). */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (x.operator === expandOperator) return expand(x.inputs[0], shape);
  // Does not use `apply`, so that an expanded constant stays small and is recognised as uniform.
  return { operator: expandOperator, inputs: [x], attributes: { shape }, ...expandOperator.infer([x], { shape }) };
}

/** The tensor before its expansion, or the tensor itself. */
export function unexpanded(x: Tensor): Tensor {
  return x.operator === expandOperator ? x.inputs[0] : x;
}

/** The scalar that fills the tensor, if it is a repeated scalar. */
function uniformScalar(x: Tensor): Tensor | undefined {
  const core = unexpanded(x);
  return core !== x && core.shape.length === 0 ? core : undefined;
}

export const reduceSumOperator: Operator<{ axes: readonly number[] }> = {
  name: "reduceSum",
  infer: ([x], { axes }) => ({ shape: reducedShape("reduceSum", x, axes), type: "real" }),
  vjp: (node, cotangent) => expand(cotangent, node.inputs[0].shape),
  jvp: (node, [tangent]) => reduceSum(tangent!, node.attributes.axes),
  evaluate(node, [x]) {
    const sums = new Float64Array(sizeOf(node.shape));
    const from = node.inputs[0].shape;
    forEachPosition(from, broadcastStrides(node.shape, from), 0, (k, position) => {
      sums[position] += x[k];
    });
    return sums;
  },
  onnx: (node, [x], writer) => writer.node("ReduceSum", [x, writer.integers(node.attributes.axes)], { keepdims: 1 }),
};

/** Sums over axes, which keep length 1. */
export function reduceSum(x: Tensor, axes: readonly number[]): Tensor {
  // Summing an axis of length 1 changes nothing.
  const longer = axes.filter((axis) => x.shape[axis] !== 1);
  return longer.length === 0 ? x : apply(reduceSumOperator, [x], { axes: longer });
}

/** The shape after a reduction that keeps the axes with length 1. Throws an error that names axes out of range. */
export function reducedShape(operator: string, x: Tensor, axes: readonly number[]): number[] {
  requireReal(operator, [x]);
  const wrong = axes.find((axis) => !Number.isInteger(axis) || axis < 0 || axis >= x.shape.length);
  if (wrong !== undefined) throw new RangeError(`${operator}: shape [${x.shape}] has no axis ${wrong}`);
  return x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}

/** The adjoint of broadcasting: sums over the axes along which a tensor of `shape` was repeated. */
export function unbroadcast(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const padded = padRank(shape, x.shape.length);
  const axes = padded.flatMap((length, axis) => (length === 1 && x.shape[axis] !== 1 ? [axis] : []));
  return reshape(reduceSum(x, axes), shape);
}
