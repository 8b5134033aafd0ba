import { type Arithmetic, interpret } from "./evaluateExpression.js";
import type { Expression } from "./expression.js";

/** The values of names: one for all points, or one at each. */
export type Lists = Readonly<Record<string, Float64Array | number>>;

type OfLists = (values: Lists) => Float64Array | number;

const unary =
  (of: (x: number) => number) =>
  (x: OfLists): OfLists =>
  (values) => {
    const at = x(values);
    return typeof at === "number" ? of(at) : at.map(of);
  };

const binary =
  (of: (a: number, b: number) => number) =>
  (left: OfLists, right: OfLists): OfLists =>
  (values) => {
    const [a, b] = [left(values), right(values)];
    if (typeof a === "number") return typeof b === "number" ? of(a, b) : b.map((value) => of(a, value));
    return typeof b === "number" ? a.map((value) => of(value, b)) : a.map((value, i) => of(value, b[i]));
  };

const power = (base: number, exponent: number) =>
  exponent === 2 ? base * base : exponent === 3 ? base * base * base : base ** exponent;

const lists: Arithmetic<OfLists> = {
  number: (value) => () => value,
  negate: unary((x) => -x),
  binary: {
    "+": binary((a, b) => a + b),
    "-": binary((a, b) => a - b),
    "*": binary((a, b) => a * b),
    "/": binary((a, b) => a / b),
  },
  power: (base, exponent) => binary(power)(base, exponent),
  call: {
    sin: unary(Math.sin),
    cos: unary(Math.cos),
    tan: unary(Math.tan),
    exp: unary(Math.exp),
    log: unary(Math.log),
    sqrt: unary(Math.sqrt),
    sinh: unary(Math.sinh),
    cosh: unary(Math.cosh),
    tanh: unary(Math.tanh),
    abs: unary(Math.abs),
  },
};

/** An expression in these names as a function of their values at many points, which is read once. */
export function listFunction(
  expression: Expression,
  names: readonly string[],
): (values: Lists, count: number) => Float64Array {
  const readers = Object.fromEntries(names.map((name): [string, OfLists] => [name, (values) => values[name]]));
  const compiled = interpret(expression, lists, readers);
  return (values, count) => {
    const result = compiled(values);
    return typeof result === "number" ? new Float64Array(count).fill(result) : result;
  };
}
