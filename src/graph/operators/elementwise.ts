/** The operators that act element by element, with broadcasting. */
import { broadcastShapes, broadcastValues, type Shape, sameShape, sizeOf } from "../shape.js";
import {
  apply,
  constant,
  constantValues,
  isConstant,
  type OnnxWriter,
  type Operator,
  requireReal,
  type Tensor,
  toTensor,
} from "../tensor.js";
import { expand, unbroadcast, unexpanded } from "./broadcast.js";

type Operand = Tensor | number;

interface UnaryRule<A extends object> {
  /** The function on one number. */
  value: (x: number, attributes: A) => number;
  /** f′(x)·t, where y = f(x). It serves both modes, because an elementwise Jacobian is its own transpose. */
  chain: (t: Tensor, x: Tensor, y: Tensor<A>) => Tensor;
  /** The ONNX operator, or a function that writes it. */
  onnx: string | ((x: string, writer: OnnxWriter, attributes: A) => string);
}

/** An operator that applies one function to every element. */
export function unary<A extends object = object>(name: string, rule: UnaryRule<A>): Operator<A> {
  return {
    name,
    infer([x]) {
      requireReal(name, [x]);
      return { shape: x.shape, type: "real" };
    },
    vjp: (node, cotangent) => rule.chain(cotangent, node.inputs[0], node),
    jvp: (node, [tangent]) => rule.chain(tangent!, node.inputs[0], node),
    evaluate: (node, [x]) => x.map((value) => rule.value(value, node.attributes)),
    onnx: (node, [x], writer) =>
      typeof rule.onnx === "string" ? writer.node(rule.onnx, [x]) : rule.onnx(x, writer, node.attributes),
  };
}

/** f of an expanded tensor is the expansion of f. */
export function applyUnary<A extends object>(operator: Operator<A>, x: Operand, attributes: A): Tensor {
  const tensor = toTensor(x);
  return expand(apply(operator, [unexpanded(tensor)], attributes), tensor.shape);
}

/** Builds the tensors that a node's derivative needs once, so that all tangents and cotangents share them. */
export function once(build: (node: Tensor) => Tensor): (node: Tensor) => Tensor {
  const built = new WeakMap<Tensor, Tensor>();
  return (node) => {
    const known = built.get(node);
    if (known) return known;
    const made = build(node);
    built.set(node, made);
    return made;
  };
}

const tanhDerivative = once((y) => sub(1, pow(y, 2)));
const sigmoidDerivative = once((y) => mul(y, sub(1, y)));
const sineOf = once((x) => sin(x));
const cosineOf = once((x) => cos(x));
const isPositive = once((x) => greater(x, 0));
const signOf = once((x) => where(greater(x, 0), 1, where(greater(0, x), -1, 0)));
const powDerivative = once((y) => {
  const { exponent } = y.attributes as { exponent: number };
  return mul(exponent, pow(y.inputs[0], exponent - 1));
});

export const unaryOperators = {
  neg: unary("neg", { value: (x) => -x, chain: (t) => neg(t), onnx: "Neg" }),
  sqrt: unary("sqrt", { value: Math.sqrt, chain: (t, _, y) => div(mul(0.5, t), y), onnx: "Sqrt" }),
  exp: unary("exp", { value: Math.exp, chain: (t, _, y) => mul(t, y), onnx: "Exp" }),
  log: unary("log", { value: Math.log, chain: (t, x) => div(t, x), onnx: "Log" }),
  tanh: unary("tanh", { value: Math.tanh, chain: (t, _, y) => mul(t, tanhDerivative(y)), onnx: "Tanh" }),
  sin: unary("sin", { value: Math.sin, chain: (t, x) => mul(t, cosineOf(x)), onnx: "Sin" }),
  cos: unary("cos", { value: Math.cos, chain: (t, x) => neg(mul(t, sineOf(x))), onnx: "Cos" }),
  sigmoid: unary("sigmoid", { value: logistic, chain: (t, _, y) => mul(t, sigmoidDerivative(y)), onnx: "Sigmoid" }),
  /** The derivative at 0 is 0. */
  abs: unary("abs", { value: Math.abs, chain: (t, x) => mul(t, signOf(x)), onnx: "Abs" }),
  /** max(x, 0), and NaN for NaN. The derivative at 0 is 0. */
  relu: unary("relu", {
    value: (x) => Math.max(x, 0),
    chain: (t, x) => where(isPositive(x), t, 0),
    onnx: "Relu",
  }),
  pow: unary<{ exponent: number }>("pow", {
    value: (x, { exponent }) => (exponent === 2 ? x * x : x ** exponent),
    chain: (t, _, y) => mul(t, powDerivative(y)),
    onnx(x, writer, { exponent }) {
      if (exponent === 2) return writer.node("Mul", [x, x]);
      if (exponent === -1) return writer.node("Reciprocal", [x]);
      return writer.node("Pow", [x, writer.real(Float64Array.of(exponent), [])]);
    },
  }),
};

function logistic(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

export const sqrt = (x: Operand) => applyUnary(unaryOperators.sqrt, x, {});
export const exp = (x: Operand) => applyUnary(unaryOperators.exp, x, {});
export const log = (x: Operand) => applyUnary(unaryOperators.log, x, {});
export const tanh = (x: Operand) => applyUnary(unaryOperators.tanh, x, {});
export const sin = (x: Operand) => applyUnary(unaryOperators.sin, x, {});
export const cos = (x: Operand) => applyUnary(unaryOperators.cos, x, {});
export const sigmoid = (x: Operand) => applyUnary(unaryOperators.sigmoid, x, {});
export const abs = (x: Operand) => applyUnary(unaryOperators.abs, x, {});
export const relu = (x: Operand) => applyUnary(unaryOperators.relu, x, {});

export function neg(x: Operand): Tensor {
  const tensor = toTensor(x);
  if (tensor.operator === unaryOperators.neg) return tensor.inputs[0];
  const scaled = scaledBy(tensor);
  return scaled ? mul(-scaled.factor, scaled.tensor) : applyUnary(unaryOperators.neg, tensor, {});
}

/** x to a constant power. */
export function pow(x: Operand, exponent: number): Tensor {
  const tensor = toTensor(x);
  if (!Number.isFinite(exponent)) throw new RangeError(`pow: the exponent is ${exponent}, expected a finite number`);
  if (exponent === 0) return expand(constant(1), tensor.shape);
  if (exponent === 1) return tensor;
  return exponent === 0.5 ? sqrt(tensor) : applyUnary(unaryOperators.pow, tensor, { exponent });
}

interface BinaryRule {
  value: (a: number, b: number) => number;
  /** The contribution of a cotangent of y = f(a, b) to operand `index`, before broadcasting is undone. */
  vjp: (cotangent: Tensor, node: Tensor, index: number) => Tensor | undefined;
  jvp: (node: Tensor, da: Tensor | undefined, db: Tensor | undefined) => Tensor | undefined;
  onnx: string;
  type?: "bool";
}

function binary(name: string, rule: BinaryRule): Operator {
  return {
    name,
    infer(inputs) {
      requireReal(name, inputs);
      return { shape: commonShape(name, inputs), type: rule.type ?? "real" };
    },
    vjp(node, cotangent, index) {
      const part = rule.vjp(cotangent, node, index);
      return part && unbroadcast(part, node.inputs[index].shape);
    },
    jvp(node, [da, db]) {
      const tangent = rule.jvp(node, da, db);
      return tangent && expand(tangent, node.shape);
    },
    evaluate(node, values) {
      const [a, b] = values.map((value, i) => broadcastValues(value, node.inputs[i].shape, node.shape));
      return a.map((x, k) => rule.value(x, b[k]));
    },
    onnx: (_, inputs, writer) => writer.node(rule.onnx, inputs),
  };
}

function commonShape(name: string, [first, ...rest]: readonly Tensor[]): Shape {
  return rest.reduce<Shape>((shape, { shape: next }) => {
    const common = broadcastShapes(shape, next);
    if (!common) throw new RangeError(`${name}: shapes [${shape}] and [${next}] do not broadcast together`);
    return common;
  }, first.shape);
}

const addTangents = (da: Tensor | undefined, db: Tensor | undefined) => (da && db ? add(da, db) : (da ?? db));

export const binaryOperators = {
  add: binary("add", {
    value: (a, b) => a + b,
    vjp: (cotangent) => cotangent,
    jvp: (_, da, db) => addTangents(da, db),
    onnx: "Add",
  }),
  sub: binary("sub", {
    value: (a, b) => a - b,
    vjp: (cotangent, _, index) => (index === 0 ? cotangent : neg(cotangent)),
    jvp: (_, da, db) => addTangents(da, db && neg(db)),
    onnx: "Sub",
  }),
  mul: binary("mul", {
    value: (a, b) => a * b,
    vjp: (cotangent, { inputs }, index) => mul(cotangent, inputs[1 - index]),
    jvp: ({ inputs: [a, b] }, da, db) => addTangents(da && mul(da, b), db && mul(a, db)),
    onnx: "Mul",
  }),
  div: binary("div", {
    value: (a, b) => a / b,
    vjp(cotangent, node, index) {
      const ratio = div(cotangent, node.inputs[1]);
      return index === 0 ? ratio : neg(mul(ratio, node));
    },
    jvp(node, da, db) {
      const change = addTangents(da, db && neg(mul(node, db)));
      return change && div(change, node.inputs[1]);
    },
    onnx: "Div",
  }),
  /** a > b; false if either is NaN. Its derivative is zero. */
  greater: binary("greater", {
    value: (a, b) => (a > b ? 1 : 0),
    vjp: () => undefined,
    jvp: () => undefined,
    onnx: "Greater",
    type: "bool",
  }),
  /** a ≥ b; false if either is NaN. Its derivative is zero. */
  greaterOrEqual: binary("greaterOrEqual", {
    value: (a, b) => (a >= b ? 1 : 0),
    vjp: () => undefined,
    jvp: () => undefined,
    onnx: "GreaterOrEqual",
    type: "bool",
  }),
  /** a = b; false if either is NaN. Its derivative is zero. */
  equal: binary("equal", {
    value: (a, b) => (a === b ? 1 : 0),
    vjp: () => undefined,
    jvp: () => undefined,
    onnx: "Equal",
    type: "bool",
  }),
  /** The larger of a and b; NaN if either is NaN. When they are equal, a gets the derivative. */
  maximum: extremum("maximum", Math.max, "Max", ([a, b]) => greater(b, a)),
  /** The smaller of a and b; NaN if either is NaN. When they are equal, a gets the derivative. */
  minimum: extremum("minimum", Math.min, "Min", ([a, b]) => greater(a, b)),
};

/** Picks one of two operands: the second if `takesSecond` holds. */
function extremum(
  name: string,
  value: BinaryRule["value"],
  onnx: string,
  takesSecond: (operands: readonly Tensor[]) => Tensor,
): Operator {
  return binary(name, {
    value,
    vjp: (cotangent, { inputs }, index) =>
      index === 0 ? where(takesSecond(inputs), 0, cotangent) : where(takesSecond(inputs), cotangent, 0),
    jvp: (node, da, db) => where(takesSecond(node.inputs), db ?? 0, da ?? 0),
    onnx,
  });
}

/** Repeated operands are combined before they are repeated. */
function applyBinary(operator: Operator, a: Tensor, b: Tensor): Tensor {
  const { shape } = operator.infer([a, b], {});
  return expand(apply(operator, [unexpanded(a), unexpanded(b)], {}), shape);
}

/** The number that fills a tensor, if it is a repeated constant. */
function fillValue(x: Tensor): number | undefined {
  const core = unexpanded(x);
  return isConstant(core) && sizeOf(core.shape) === 1 ? constantValues(core)[0] : undefined;
}

/** factor · tensor, if the tensor has this form. */
function scaledBy(x: Tensor): { factor: number; tensor: Tensor } | undefined {
  if (x.operator !== binaryOperators.mul) return undefined;
  const [first, tensor] = x.inputs;
  const factor = fillValue(first);
  return factor === undefined || !sameShape(tensor.shape, x.shape) ? undefined : { factor, tensor };
}

/** One operand in the shape of both, if the other is neutral. */
function alone(name: string, kept: Tensor, other: Tensor): Tensor {
  return expand(kept, commonShape(name, [kept, other]));
}

export function add(x: Operand, y: Operand): Tensor {
  const [a, b] = [toTensor(x), toTensor(y)];
  if (fillValue(a) === 0) return alone("add", b, a);
  if (fillValue(b) === 0) return alone("add", a, b);
  if (b.operator === unaryOperators.neg) return sub(a, b.inputs[0]);
  if (a.operator === unaryOperators.neg) return sub(b, a.inputs[0]);
  return applyBinary(binaryOperators.add, a, b);
}

export function sub(x: Operand, y: Operand): Tensor {
  const [a, b] = [toTensor(x), toTensor(y)];
  if (fillValue(a) === 0) return neg(alone("sub", b, a));
  if (fillValue(b) === 0) return alone("sub", a, b);
  if (b.operator === unaryOperators.neg) return add(a, b.inputs[0]);
  return applyBinary(binaryOperators.sub, a, b);
}

/** The product. A constant factor stays in front, where further constant factors join it. 0·x is 0 for every x. */
export function mul(x: Operand, y: Operand): Tensor {
  const [a, b] = [toTensor(x), toTensor(y)];
  if (fillValue(a) === undefined && fillValue(b) !== undefined) return mul(b, a);
  const factor = fillValue(a);
  const scaled = scaledBy(b);
  if (factor === 0) return expand(constant(0), commonShape("mul", [a, b]));
  if (factor === 1) return alone("mul", b, a);
  if (factor === -1) return neg(alone("mul", b, a));
  if (factor !== undefined && scaled) return mul(factor * scaled.factor, alone("mul", scaled.tensor, a));
  if (b.operator === unaryOperators.neg && factor !== undefined) return mul(-factor, alone("mul", b.inputs[0], a));
  if (a.operator === unaryOperators.neg && (scaled || b.operator === unaryOperators.neg))
    return mul(a.inputs[0], neg(b));
  if (b.operator === unaryOperators.neg && scaledBy(a)) return mul(neg(a), b.inputs[0]);
  return applyBinary(binaryOperators.mul, a, b);
}

export function div(x: Operand, y: Operand): Tensor {
  const [a, b] = [toTensor(x), toTensor(y)];
  if (fillValue(b) === 1) return alone("div", a, b);
  if (fillValue(a) === 0) return expand(constant(0), commonShape("div", [a, b]));
  return applyBinary(binaryOperators.div, a, b);
}

/** a > b, a boolean tensor; false if either is NaN. */
export function greater(x: Operand, y: Operand): Tensor {
  return apply(binaryOperators.greater, [toTensor(x), toTensor(y)], {});
}

/** a ≥ b, a boolean tensor; false if either is NaN. */
export function greaterOrEqual(x: Operand, y: Operand): Tensor {
  return apply(binaryOperators.greaterOrEqual, [toTensor(x), toTensor(y)], {});
}

/** a = b, a boolean tensor; false if either is NaN. */
export function equal(x: Operand, y: Operand): Tensor {
  return apply(binaryOperators.equal, [toTensor(x), toTensor(y)], {});
}

/** The larger of two numbers; NaN if either is NaN. When they are equal, the first gets the derivative. */
export function maximum(x: Operand, y: Operand): Tensor {
  return applyBinary(binaryOperators.maximum, toTensor(x), toTensor(y));
}

/** The smaller of two numbers; NaN if either is NaN. When they are equal, the first gets the derivative. */
export function minimum(x: Operand, y: Operand): Tensor {
  return applyBinary(binaryOperators.minimum, toTensor(x), toTensor(y));
}

export const whereOperator: Operator = {
  name: "where",
  infer(inputs) {
    const [condition, a, b] = inputs;
    if (condition.type !== "bool") throw new TypeError("where: the condition is real, expected a comparison");
    requireReal("where", [a, b]);
    return { shape: commonShape("where", inputs), type: "real" };
  },
  vjp(node, cotangent, index) {
    const [condition] = node.inputs;
    if (index === 0) return undefined;
    const part = index === 1 ? where(condition, cotangent, 0) : where(condition, 0, cotangent);
    return unbroadcast(part, node.inputs[index].shape);
  },
  jvp: (node, [, da, db]) => expand(where(node.inputs[0], da ?? 0, db ?? 0), node.shape),
  evaluate(node, values) {
    const [condition, a, b] = values.map((value, i) => broadcastValues(value, node.inputs[i].shape, node.shape));
    return condition.map((truth, k) => (truth ? a[k] : b[k]));
  },
  onnx: (_, inputs, writer) => writer.node("Where", inputs),
};

/** a where the condition holds, otherwise b. */
export function where(condition: Tensor, x: Operand, y: Operand): Tensor {
  const [a, b] = [toTensor(x), toTensor(y)];
  const shape = commonShape("where", [condition, a, b]);
  if (fillValue(a) === 0 && fillValue(b) === 0) return expand(constant(0), shape);
  return expand(apply(whereOperator, [condition, unexpanded(a), unexpanded(b)], {}), shape);
}

export const stopGradientOperator: Operator = {
  name: "stopGradient",
  infer([x]) {
    requireReal("stopGradient", [x]);
    return { shape: x.shape, type: "real" };
  },
  vjp: () => undefined,
  jvp: () => undefined,
  evaluate: (_, [x]) => x,
  onnx: (_, [x]) => x,
};

/** The same value, treated as a constant by differentiation. */
export function stopGradient(x: Tensor): Tensor {
  return apply(stopGradientOperator, [x], {});
}
