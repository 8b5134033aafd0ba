import { type BinaryKind, type Expression, type FunctionName, fromBottom, requireNames } from "./expression.js";

/** The arithmetic of an expression: numbers or tensors. */
export interface Arithmetic<T> {
  number(value: number): T;
  negate(x: T): T;
  binary: Readonly<Record<Exclude<BinaryKind, "^">, (a: T, b: T) => T>>;
  power(base: T, exponent: T, index: number): T;
  call: Readonly<Record<FunctionName, (x: T) => T>>;
}

const numbers: Arithmetic<number> = {
  number: (value) => value,
  negate: (x) => -x,
  binary: { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b },
  power: (base, exponent) => base ** exponent,
  call: {
    sin: Math.sin,
    cos: Math.cos,
    tan: Math.tan,
    exp: Math.exp,
    log: Math.log,
    sqrt: Math.sqrt,
    sinh: Math.sinh,
    cosh: Math.cosh,
    tanh: Math.tanh,
    abs: Math.abs,
  },
};

/** The value of an expression. Every name needs a value. */
export function evaluateExpression(expression: Expression, values: Readonly<Record<string, number>>): number {
  return interpret(expression, numbers, values);
}

/** Computes an expression in any arithmetic. */
export function interpret<T>(
  expression: Expression,
  arithmetic: Arithmetic<T>,
  values: Readonly<Record<string, T>>,
): T {
  requireNames(expression, Object.keys(values));
  return fromBottom<T>(expression, (node, [a, b]) => {
    switch (node.kind) {
      case "number":
        return arithmetic.number(node.value);
      case "name":
        return values[node.name];
      case "negate":
        return arithmetic.negate(a);
      case "call":
        return arithmetic.call[node.name](a);
      case "^":
        return arithmetic.power(a, b, node.index);
      default:
        return arithmetic.binary[node.kind](a, b);
    }
  });
}
