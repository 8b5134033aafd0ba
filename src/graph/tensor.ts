import { type Shape, sameShape, sizeOf } from "./shape.js";

/** The element type of a program's computation. */
export type Dtype = "f32" | "f64";

/** Real numbers are exported in the program's element type, f32 or f64. Booleans come from comparisons. */
type ElementType = "real" | "bool";

/**
 * An immutable symbolic tensor: the result of an operator applied to other tensors. Nothing is computed until a backend
 * runs a program; the shape is known at once.
 */
export interface Tensor<A extends object = object> {
  readonly operator: Operator<A>;
  readonly inputs: readonly Tensor[];
  readonly attributes: A;
  readonly shape: Shape;
  readonly type: ElementType;
}

/**
 * One row of the closed table of primitive operators (operators.ts). Derivative rules use the same operators, so they
 * can be differentiated again.
 */
export interface Operator<A extends object = object> {
  readonly name: string;
  /** The shape and type of the result. Throws an error that names the operator and the shapes. */
  infer(inputs: readonly Tensor[], attributes: A): { shape: Shape; type: ElementType };
  /**
   * Reverse rule: the contribution of a cotangent of the result to input `index`, in the shape of that input. Undefined
   * means zero.
   */
  vjp(node: Tensor<A>, cotangent: Tensor, index: number): Tensor | undefined;
  /** Forward rule: the tangent of the result, in its shape. Undefined tangents are zero; at least one is defined. */
  jvp(node: Tensor<A>, tangents: readonly (Tensor | undefined)[]): Tensor | undefined;
  /** The value, row-major, in f64; booleans are 0 and 1. The reference for every other backend. */
  evaluate(node: Tensor<A>, values: readonly Float64Array[]): Float64Array;
  /** The same value in other operators of the table, when ONNX Runtime has no kernel in this element type. */
  lower?(node: Tensor<A>, dtype: Dtype): Tensor | undefined;
  /** Writes ONNX nodes and returns the name of the result. Not needed when `lower` always returns a tensor. */
  onnx?(node: Tensor<A>, inputs: readonly string[], writer: OnnxWriter): string;
}

/** What an operator uses to write itself as ONNX nodes. */
export interface OnnxWriter {
  /** True when com.microsoft.FusedMatMul may be used. */
  readonly fusedMatMul: boolean;
  /** Adds a node with one output and returns the name of the output. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Record<string, number | number[] | string>,
    domain?: string,
  ): string;
  /** A real constant in the element type of the model. */
  real(values: Float64Array, shape: Shape): string;
  /** A list of int64: axes, shapes, bounds. */
  integers(values: readonly number[]): string;
  /** A real tensor of integers as int64. */
  toIntegers(name: string): string;
  /** Booleans as 0 and 1 in the element type of the model. */
  toReal(name: string): string;
}

/** Constant results with up to this many elements are computed at construction. */
const FOLD_LIMIT = 4096;

/** Applies an operator: infers the shape, and computes small constant results immediately. */
export function apply<A extends object>(operator: Operator<A>, inputs: readonly Tensor[], attributes: A): Tensor {
  const { shape, type } = operator.infer(inputs, attributes);
  const node: Tensor<A> = { operator, inputs, attributes, shape, type };
  const known = type === "real" && sizeOf(shape) <= FOLD_LIMIT && inputs.length > 0 && inputs.every(isConstant);
  if (!known) return node;
  return constant(operator.evaluate(node, inputs.map(constantValues)), shape);
}

const constantOperator: Operator<{ values: Float64Array; shape: Shape }> = {
  name: "constant",
  infer: (_, { shape }) => ({ shape, type: "real" }),
  vjp: () => undefined,
  jvp: () => undefined,
  evaluate: (node) => node.attributes.values,
  onnx: (node, _, writer) => writer.real(node.attributes.values, node.shape),
};

const dataOperator: Operator<{ values: Float64Array; shape: Shape }> = { ...constantOperator, name: "data" };

export const inputOperator: Operator<{ name: string; shape: Shape }> = {
  name: "input",
  infer: (_, { shape }) => ({ shape, type: "real" }),
  vjp: () => undefined,
  jvp: () => undefined,
  evaluate: (node) => unlistedInput(node.attributes.name),
  onnx: (node) => unlistedInput(node.attributes.name),
};

function unlistedInput(name: string): never {
  throw new Error(`input "${name}" is used by the program but not listed among its inputs`);
}

export const leafOperators = { constant: constantOperator, data: dataOperator, input: inputOperator };

/** A placeholder for a feed. The name appears in error messages; the key in the program names the feed. */
export function input(name: string, shape: Shape): Tensor {
  checkShape(`input "${name}"`, shape);
  return apply(inputOperator, [], { name, shape });
}

/** A tensor of given values, row-major, in f64. A number makes a scalar. The shape of a list defaults to its length. */
export function constant(values: number | ArrayLike<number>, shape?: Shape): Tensor {
  return given(constantOperator, values, shape);
}

/**
 * Given values that you may differentiate with respect to, such as the points where a network is evaluated. A constant
 * computed from other constants does not remember them.
 */
export function data(values: number | ArrayLike<number>, shape?: Shape): Tensor {
  return given(dataOperator, values, shape);
}

function given(operator: typeof constantOperator, values: number | ArrayLike<number>, shape?: Shape): Tensor {
  const list = typeof values === "number" ? Float64Array.of(values) : Float64Array.from(values);
  const own = shape ?? (typeof values === "number" ? [] : [list.length]);
  checkShape(operator.name, own);
  if (list.length !== sizeOf(own)) {
    throw new RangeError(`${operator.name}: shape [${own}] holds ${sizeOf(own)} values, found ${list.length}`);
  }
  return apply(operator, [], { values: list, shape: own });
}

export function isConstant(tensor: Tensor): boolean {
  return tensor.operator === constantOperator;
}

/** The values of a constant. */
export function constantValues(tensor: Tensor): Float64Array {
  return (tensor.attributes as { values: Float64Array }).values;
}

export function toTensor(value: Tensor | number): Tensor {
  return typeof value === "number" ? constant(value) : value;
}

/**
 * Every tensor that the outputs depend on, inputs before results, each once. Tensors in `seen` are skipped; the
 * function adds to `seen`.
 */
export function topologicalOrder(outputs: readonly Tensor[], seen = new Set<Tensor>()): Tensor[] {
  const order: Tensor[] = [];
  for (const output of outputs) {
    const stack: { tensor: Tensor; next: number }[] = [];
    const enter = (tensor: Tensor) => {
      if (seen.has(tensor)) return;
      seen.add(tensor);
      stack.push({ tensor, next: 0 });
    };
    enter(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.tensor.inputs.length) {
        enter(top.tensor.inputs[top.next++]);
      } else {
        order.push(top.tensor);
        stack.pop();
      }
    }
  }
  return order;
}

/** Throws an error unless every operand is real. */
export function requireReal(operator: string, inputs: readonly Tensor[]): void {
  for (const { type, shape } of inputs) {
    if (type !== "real") throw new TypeError(`${operator}: expected real tensors, found ${type} of shape [${shape}]`);
  }
}

/** Throws an error unless the cotangent or tangent has the shape of the tensor. */
export function requireShape(what: string, tensor: Tensor, shape: Shape): void {
  if (!sameShape(tensor.shape, shape)) {
    throw new RangeError(`${what} has shape [${tensor.shape}], expected [${shape}]`);
  }
}

function checkShape(what: string, shape: Shape): void {
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new RangeError(`${what}: shape [${shape}] needs whole numbers ≥ 0`);
  }
}
