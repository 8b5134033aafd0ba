import * as f from "../../graph/functions.js";
import { type Arithmetic, interpret } from "./evaluateExpression.js";
import { type Expression, ExpressionError } from "./expression.js";
import { foldExpression } from "./foldExpression.js";

const tensors: Arithmetic<f.Tensor | number> = {
  number: (value) => value,
  negate: f.neg,
  binary: { "+": f.add, "-": f.sub, "*": f.mul, "/": f.div },
  power(base, exponent, index) {
    if (typeof exponent === "number") return f.pow(base, exponent);
    if (typeof base === "number" && base > 0) return f.exp(f.mul(Math.log(base), exponent));
    throw new ExpressionError(
      index,
      `the power at character ${index + 1} needs a constant exponent or a constant base > 0`,
    );
  },
  call: {
    sin: f.sin,
    cos: f.cos,
    tan: (x) => f.div(f.sin(x), f.cos(x)),
    exp: f.exp,
    log: f.log,
    sqrt: f.sqrt,
    sinh: (x) => f.mul(0.5, f.sub(f.exp(x), f.exp(f.neg(x)))),
    cosh: (x) => f.mul(0.5, f.add(f.exp(x), f.exp(f.neg(x)))),
    tanh: f.tanh,
    abs: f.abs,
  },
};

/** The expression as a graph over tensors, or a number when it is constant. Every name needs a tensor or a number. */
export function lowerExpression(
  expression: Expression,
  values: Readonly<Record<string, f.Tensor | number>>,
): f.Tensor | number {
  return interpret(foldExpression(expression, {}), tensors, values);
}
