/** The values that the translation of an ONNX graph computes with. */
import { greater, where, whereOperator } from "../operators/elementwise.js";
import { broadcastShapes, broadcastValues, type Shape, sizeOf } from "../shape.js";
import { constant, constantValues, inputOperator, isConstant, leafOperators, type Tensor } from "../tensor.js";
import type { NumberKind } from "./graph.js";

/** A real tensor and the kind of its numbers. Booleans are 0 and 1. */
export interface Value {
  readonly tensor: Tensor;
  readonly kind: NumberKind;
}

export const real = (tensor: Tensor): Value => ({ tensor, kind: "real" });

export function whole(values: readonly number[], shape: Shape = [values.length]): Value {
  return { tensor: constant(values, shape), kind: "int" };
}

const known = new WeakMap<Tensor, Float64Array | null>();

/** The values of a tensor that depends only on constants; undefined for any other. */
export function staticValues(tensor: Tensor): Float64Array | undefined {
  if (isConstant(tensor)) return constantValues(tensor);
  const found = known.get(tensor);
  if (found !== undefined) return found ?? undefined;
  const isOpen = tensor.operator === inputOperator || tensor.operator === leafOperators.data;
  const operands = isOpen ? [] : tensor.inputs.map(staticValues);
  const isStatic = !isOpen && operands.every((values) => values !== undefined);
  const values = isStatic ? tensor.operator.evaluate(tensor, operands as Float64Array[]) : null;
  known.set(tensor, values);
  return values ?? undefined;
}

/** A condition for `where`, from booleans as 0 and 1. */
export function condition(truth: Tensor): Tensor {
  if (truth.operator === whereOperator) {
    const [inner, yes, no] = truth.inputs;
    if (isNumber(yes, 1) && isNumber(no, 0)) return inner;
  }
  return greater(truth, 0.5);
}

const isNumber = (tensor: Tensor, value: number) =>
  isConstant(tensor) && sizeOf(tensor.shape) === 1 && constantValues(tensor)[0] === value;

/** Booleans as 0 and 1. */
export const truth = (comparison: Tensor): Value => ({ tensor: where(comparison, 1, 0), kind: "bool" });

/** A function of numbers on two constant tensors, with broadcasting; undefined when one of them is not constant. */
export function staticBinary(a: Tensor, b: Tensor, value: (x: number, y: number) => number): Tensor | undefined {
  const [left, right] = [staticValues(a), staticValues(b)];
  const shape = broadcastShapes(a.shape, b.shape);
  if (left === undefined || right === undefined || shape === undefined) return undefined;
  const [x, y] = [broadcastValues(left, a.shape, shape), broadcastValues(right, b.shape, shape)];
  return constant(
    x.map((own, i) => value(own, y[i])),
    shape,
  );
}

/** A function of numbers on a constant tensor; undefined for any other. */
export function staticUnary(x: Tensor, value: (x: number) => number): Tensor | undefined {
  return staticValues(x)?.length === undefined ? undefined : constant(staticValues(x)!.map(value), x.shape);
}
