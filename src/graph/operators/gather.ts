/** The operators that pick elements by index: gather, and its adjoint scatterAdd. */
import { broadcastValues, type Shape, sameShape, sizeOf } from "../shape.js";
import {
  apply,
  constant,
  constantValues,
  isConstant,
  type OnnxWriter,
  type Operator,
  requireReal,
  type Tensor,
} from "../tensor.js";
import { equal, where } from "./elementwise.js";
import { zeros } from "./movement.js";

/**
 * y[…, k, …] = x[…, index[…, k, …], …] along an axis. The indices are integers 0 ≤ index < length in a real tensor with
 * the rank of x. Their other axes have the lengths of x, or 1 when all elements use the same indices.
 */
export const gatherOperator: Operator<{ axis: number }> = {
  name: "gather",
  infer([x, indices], { axis }) {
    const shape = withLength(x.shape, axis, indices.shape[axis]);
    checkIndices("gather", x, indices, axis, shape);
    checkConstantIndices("gather", indices, x.shape[axis]);
    return { shape, type: "real" };
  },
  vjp({ inputs: [x, indices], attributes: { axis } }, cotangent, index) {
    return index === 0 ? scatterAdd(cotangent, indices, axis, x.shape[axis]) : undefined;
  },
  jvp: ({ inputs: [, indices], attributes: { axis } }, [tangent]) => tangent && gather(tangent, indices, axis),
  evaluate(node, [x, indices]) {
    const result = new Float64Array(sizeOf(node.shape));
    forEachPick(
      node.inputs[1].shape,
      indices,
      node.shape,
      node.attributes.axis,
      node.inputs[0].shape,
      (k, position) => {
        result[k] = x[position];
      },
    );
    return result;
  },
  onnx(node, [x, indices], writer) {
    const { axis } = node.attributes;
    const own = node.inputs[1].shape;
    if (sizeOf(own) === own[axis]) {
      const list = writer.node("Reshape", [writer.toIntegers(indices), writer.integers([own[axis]])]);
      return writer.node("Gather", [x, list], { axis });
    }
    return writer.node("GatherElements", [x, expandedIndices(indices, own, node.shape, writer)], { axis });
  },
};

export const scatterAddOperator: Operator<{ axis: number; length: number }> = {
  name: "scatterAdd",
  infer([updates, indices], { axis, length }) {
    checkIndices("scatterAdd", updates, indices, axis, updates.shape);
    checkConstantIndices("scatterAdd", indices, length);
    return { shape: withLength(updates.shape, axis, length), type: "real" };
  },
  vjp: ({ inputs: [, indices], attributes: { axis } }, cotangent, index) =>
    index === 0 ? gather(cotangent, indices, axis) : undefined,
  jvp: ({ inputs: [, indices], attributes: { axis, length } }, [tangent]) =>
    tangent && scatterAdd(tangent, indices, axis, length),
  evaluate(node, [updates, indices]) {
    const result = new Float64Array(sizeOf(node.shape));
    const [{ shape }, { shape: own }] = node.inputs;
    forEachPick(own, indices, shape, node.attributes.axis, node.shape, (k, position) => {
      result[position] += updates[k];
    });
    return result;
  },
  // When each update has its own line, this chooses among the positions of the line, because ONNX Runtime's scatter is
  // 10 times slower.
  lower({ inputs: [updates, indices], attributes: { axis, length } }) {
    if (indices.shape[axis] !== 1) return undefined;
    const places = constant(
      Float64Array.from({ length }, (_, k) => k),
      updates.shape.map((_, i) => (i === axis ? length : 1)),
    );
    return where(equal(indices, places), updates, 0);
  },
  onnx(node, [updates, indices], writer) {
    const { axis } = node.attributes;
    const [{ shape }, { shape: own }] = node.inputs;
    const zero = writer.node("Expand", [writer.real(Float64Array.of(0), []), writer.integers(node.shape)]);
    const positions = expandedIndices(indices, own, shape, writer);
    return writer.node("ScatterElements", [zero, positions, updates], { axis, reduction: "add" });
  },
};

/**
 * y[…, k, …] = x[…, index[…, k, …], …] along an axis. The indices are integers in a real tensor with the rank of x.
 * Their other axes have the lengths of x, or 1 when all elements use the same indices.
 */
export function gather(x: Tensor, indices: Tensor, axis: number): Tensor {
  return apply(gatherOperator, [x, indices], { axis });
}

/** The adjoint of gather: adds each update at the position of its index, along an axis of the given length. */
export function scatterAdd(updates: Tensor, indices: Tensor, axis: number, length: number): Tensor {
  if (sizeOf(updates.shape) === 0) return zeros(withLength(updates.shape, axis, length));
  return apply(scatterAddOperator, [updates, indices], { axis, length });
}

function withLength(shape: Shape, axis: number, length: number): number[] {
  return shape.map((own, i) => (i === axis ? length : own));
}

function checkIndices(name: string, x: Tensor, indices: Tensor, axis: number, result: Shape): void {
  requireReal(name, [x, indices]);
  if (!(axis in x.shape)) throw new RangeError(`${name}: shape [${x.shape}] has no axis ${axis}`);
  const fits =
    indices.shape.length === x.shape.length &&
    indices.shape.every((length, i) => length === result[i] || (length === 1 && i !== axis));
  if (!fits) {
    throw new RangeError(
      `${name}: indices of shape [${indices.shape}] do not suit shape [${x.shape}] along axis ${axis}; ` +
        "expected as many axes, elsewhere of equal length or 1",
    );
  }
}

function checkConstantIndices(name: string, indices: Tensor, length: number): void {
  if (isConstant(indices)) for (const index of constantValues(indices)) checkIndex(name, index, length);
}

function checkIndex(name: string, index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new RangeError(`${name}: index ${index}; expected a whole number from 0 to ${length - 1}`);
  }
}

/** Calls `visit(k, position)` for every element k of the picked tensor, with its position in the source tensor. */
function forEachPick(
  indicesShape: Shape,
  indices: Float64Array,
  picked: Shape,
  axis: number,
  from: Shape,
  visit: (k: number, position: number) => void,
): void {
  const own = broadcastValues(indices, indicesShape, picked);
  const inner = sizeOf(picked.slice(axis + 1));
  const block = picked[axis] * inner;
  for (let k = 0; k < own.length; k++) {
    checkIndex("gather or scatterAdd", own[k], from[axis]);
    visit(k, (Math.floor(k / block) * from[axis] + own[k]) * inner + (k % inner));
  }
}

function expandedIndices(indices: string, from: Shape, to: Shape, writer: OnnxWriter): string {
  const whole = writer.toIntegers(indices);
  return sameShape(from, to) ? whole : writer.node("Expand", [whole, writer.integers(to)]);
}
