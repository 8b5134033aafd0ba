/** Operators that act element by element, and boolean operators. */
import * as f from "../../functions.js";
import { neg } from "../../operators/elementwise.js";
import { inputOperator, type Tensor } from "../../tensor.js";
import type { Call, Rule } from "../call.js";
import type { NumberKind } from "../graph.js";
import { numberKind } from "../readTensor.js";
import { condition, real, staticBinary, staticUnary, staticValues, truth, type Value } from "../value.js";

const unary =
  (make: (x: Tensor) => Tensor): Rule =>
  (call) => ({ tensor: make(call.tensor(0)), kind: call.value(0).kind });

const binary =
  (make: (a: Tensor, b: Tensor) => Tensor): Rule =>
  (call) => ({ tensor: make(call.tensor(0), call.tensor(1)), kind: call.value(0).kind });

const comparison =
  (make: (a: Tensor, b: Tensor) => Tensor): Rule =>
  (call) =>
    truth(make(call.tensor(0), call.tensor(1)));

/** A step function. Its derivative is 0 almost everywhere, so it accepts only constants. */
const stepwise =
  (value: (x: number) => number): Rule =>
  (call) => {
    const tensor = staticUnary(call.tensor(0), value);
    if (tensor) return { tensor, kind: call.value(0).kind };
    throw new Error("its input depends on the samples or the weights; expected constant numbers");
  };

const folding =
  (make: (a: Tensor, b: Tensor) => Tensor): Rule =>
  (call) => ({
    tensor: call
      .all()
      .map(({ tensor }) => tensor)
      .reduce(make),
    kind: call.value(0).kind,
  });

function quotient(call: Call): Value {
  const [a, b] = [call.tensor(0), call.tensor(1)];
  if (call.value(0).kind !== "int") return real(f.div(a, b));
  const tensor = staticBinary(a, b, (x, y) => Math.trunc(x / y));
  if (tensor) return { tensor, kind: "int" };
  throw new Error("it divides integers that depend on the samples");
}

function remainder(call: Call): Value {
  const likeC = call.number("fmod", 0) === 1;
  const tensor = staticBinary(call.tensor(0), call.tensor(1), (x, y) => (likeC ? x % y : x - y * Math.floor(x / y)));
  if (tensor) return { tensor, kind: call.value(0).kind };
  throw new Error("its inputs depend on the samples or the weights; expected constant numbers");
}

function power(call: Call): Value {
  const { kind } = call.value(0);
  const [base, exponent] = [call.tensor(0), call.tensor(1)];
  const exponents = staticValues(exponent);
  const uniform = exponents && exponents.length > 0 && exponents.every((own) => own === exponents[0]);
  if (uniform) {
    const shape = f.add(base, f.expand(f.constant(0), exponent.shape)).shape;
    return { tensor: f.expand(f.pow(base, exponents[0]), shape), kind };
  }
  const known = staticBinary(base, exponent, (x, y) => x ** y);
  // x^y = exp(y·log x), for positive x.
  return { tensor: known ?? f.exp(f.mul(exponent, f.log(base))), kind };
}

/** Rounds halves to the even neighbour. */
function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

const sign = (x: Tensor) => f.where(f.greater(x, 0), 1, f.where(f.greater(0, x), -1, 0));

function cast(call: Call, kind: NumberKind | undefined): Value {
  const { tensor, kind: from } = call.value(0);
  if (kind === undefined) throw new Error("it casts to another type than real, integer or boolean");
  if (kind === "bool" && from !== "bool") {
    const values = staticUnary(tensor, (x) => Number(x !== 0));
    return { tensor: values ?? f.sub(1, f.where(f.equal(tensor, 0), 1, 0)), kind };
  }
  if (kind !== "int" || from !== "real") return { tensor, kind };
  const values = staticUnary(tensor, Math.trunc);
  // Samples that are tokens are integers already.
  if (values === undefined && tensor.operator !== inputOperator) {
    throw new Error("it rounds numbers that depend on the samples or the weights");
  }
  return { tensor: values ?? tensor, kind };
}

function clip(call: Call): Value {
  const { tensor, kind } = call.value(0);
  const bound = (i: number, name: string) =>
    call.optional(i)?.tensor ?? (call.has(name) ? f.constant(call.number(name, 0)) : undefined);
  const [low, high] = [bound(1, "min"), bound(2, "max")];
  const above = low ? f.maximum(tensor, low) : tensor;
  return { tensor: high ? f.minimum(above, high) : above, kind };
}

const square = (x: Tensor) => f.mul(x, x);

/** The integral form of arctan has no closed form here; the same holds for arcsin and arccos. */
export const arithmeticRules: Readonly<Record<string, Rule>> = {
  Add: binary(f.add),
  Sub: binary(f.sub),
  Mul: binary(f.mul),
  Div: quotient,
  Mod: remainder,
  Pow: power,
  Neg: unary(neg),
  Abs: unary(f.abs),
  Sqrt: unary(f.sqrt),
  Exp: unary(f.exp),
  Log: unary(f.log),
  Sin: unary(f.sin),
  Cos: unary(f.cos),
  Tan: unary((x) => f.div(f.sin(x), f.cos(x))),
  Sinh: unary((x) => f.mul(0.5, f.sub(f.exp(x), f.exp(f.neg(x))))),
  Cosh: unary((x) => f.mul(0.5, f.add(f.exp(x), f.exp(f.neg(x))))),
  Asinh: unary((x) => f.log(f.add(x, f.sqrt(f.add(square(x), 1))))),
  Acosh: unary((x) => f.log(f.add(x, f.sqrt(f.sub(square(x), 1))))),
  Atanh: unary((x) => f.mul(0.5, f.log(f.div(f.add(1, x), f.sub(1, x))))),
  Tanh: unary(f.tanh),
  Erf: unary(f.erf),
  Reciprocal: unary((x) => f.div(1, x)),
  Sign: unary(sign),
  Floor: stepwise(Math.floor),
  Ceil: stepwise(Math.ceil),
  Round: stepwise(roundHalfEven),
  Min: folding(f.minimum),
  Max: folding(f.maximum),
  Sum: folding(f.add),
  Mean: (call) => {
    const total = call
      .all()
      .map(({ tensor }) => tensor)
      .reduce((a, b) => f.add(a, b));
    return real(f.div(total, call.count));
  },
  Clip: clip,
  Identity: (call) => call.value(0),
  // Dropout is off: its results are its inputs, and a mask of ones.
  Dropout: (call) => [call.value(0), { tensor: f.expand(f.constant(1), call.tensor(0).shape), kind: "bool" }],
  Cast: (call) => cast(call, numberKind(call.number("to", 1))),
  CastLike: (call) => cast(call, call.value(1).kind),
  Where: (call) => ({
    tensor: f.where(condition(call.tensor(0)), call.tensor(1), call.tensor(2)),
    kind: call.value(1).kind,
  }),
  Equal: comparison(f.equal),
  Greater: comparison(f.greater),
  GreaterOrEqual: comparison(f.greaterOrEqual),
  Less: comparison((a, b) => f.greater(b, a)),
  LessOrEqual: comparison((a, b) => f.greaterOrEqual(b, a)),
  Not: (call) => ({ tensor: f.sub(1, call.tensor(0)), kind: "bool" }),
  And: binary(f.mul),
  Or: binary(f.maximum),
  Xor: binary((a, b) => f.abs(f.sub(a, b))),
  // Only NaN differs from itself.
  IsNaN: (call) => ({ tensor: f.sub(1, f.where(f.equal(call.tensor(0), call.tensor(0)), 1, 0)), kind: "bool" }),
  IsInf: (call) => truth(f.equal(f.abs(call.tensor(0)), Number.POSITIVE_INFINITY)),
};
