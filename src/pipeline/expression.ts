/**
 * The small language inside `${…}` and `where:`: names, numbers and texts, + − × ÷, powers, min and max. A condition
 * also compares them and joins comparisons with and, or, not. It has no state.
 */
import { shown } from "../text/words.js";

export type Operator = keyof typeof operators;

export type Expression =
  | { kind: "number"; value: number }
  | { kind: "text"; value: string }
  /** Segments between dots. Each consists of words and of inner `${…}`. Without these, `path` is the name. */
  | { kind: "name"; segments: Piece[][]; path?: readonly string[] }
  | { kind: "minus" | "not"; of: Expression }
  | { kind: "binary"; operator: Operator; left: Expression; right: Expression }
  | { kind: "call"; name: "min" | "max"; of: Expression[] };

/** A part of a segment of a name. */
export type Piece = string | Expression;

/** A text is not an expression, or has no value: the message follows on the text. */
export class ExpressionFault extends Error {}

/** The value of a name. `label` is its form in a text, if that differs from the value. */
export interface Found {
  value: unknown;
  label?: unknown;
}

/** Finds the value at a path of names. Throws ExpressionFault when there is none. */
export type Lookup = (path: readonly string[]) => Found;

const number = (value: unknown, operator: string): number => {
  if (typeof value === "number") return value;
  throw new ExpressionFault(`is not a number: ${operator} is given ${shown(value)}`);
};
const arithmetic = (sign: string, compute: (a: number, b: number) => number) => (a: unknown, b: unknown) =>
  compute(number(a, sign), number(b, sign));
const comparison = (sign: string, compare: (a: number | string, b: number | string) => boolean) => {
  return (a: unknown, b: unknown) => {
    if (typeof a === "string" && typeof b === "string") return compare(a, b);
    return compare(number(a, sign), number(b, sign));
  };
};

const operators = {
  or: (a: unknown, b: unknown) => truth(a) || truth(b),
  and: (a: unknown, b: unknown) => truth(a) && truth(b),
  "==": (a: unknown, b: unknown) => a === b,
  "!=": (a: unknown, b: unknown) => a !== b,
  "<=": comparison("<=", (a, b) => a <= b),
  ">=": comparison(">=", (a, b) => a >= b),
  "<": comparison("<", (a, b) => a < b),
  ">": comparison(">", (a, b) => a > b),
  "+": arithmetic("+", (a, b) => a + b),
  "-": arithmetic("-", (a, b) => a - b),
  "*": arithmetic("*", (a, b) => a * b),
  "/": arithmetic("/", (a, b) => a / b),
  "^": arithmetic("^", (a, b) => a ** b),
};

function truth(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new ExpressionFault(`is not a condition: ${shown(value)} is neither true nor false`);
}

/** The value of an expression. Throws ExpressionFault, also when a number is not finite. */
export function evaluate(expression: Expression, lookup: Lookup): unknown {
  return foundBy(expression, lookup).value;
}

/** The value of an expression, and its form in a text. */
export function foundBy(expression: Expression, lookup: Lookup): Found {
  switch (expression.kind) {
    case "number":
    case "text":
      return { value: expression.value };
    case "name":
      return expression.path ? lookup(expression.path) : named(expression.segments, lookup);
    case "minus":
      return { value: -number(evaluate(expression.of, lookup), "-") };
    case "not":
      return { value: !truth(evaluate(expression.of, lookup)) };
    case "call": {
      const numbers = expression.of.map((item) => number(evaluate(item, lookup), expression.name));
      return { value: Math[expression.name](...numbers) };
    }
    case "binary": {
      const { operator, left, right } = expression;
      const value = operators[operator](evaluate(left, lookup), evaluate(right, lookup));
      if (typeof value !== "number" || Number.isFinite(value)) return { value };
      throw new ExpressionFault(`is ${value}; expected a finite number`);
    }
    default:
      return expression satisfies never;
  }
}

function named(segments: Piece[][], lookup: Lookup): Found {
  const [[only, ...more], ...further] = segments;
  if (typeof only === "object" && more.length === 0 && further.length === 0) {
    // `${4 * ${n}}` means the number; `${${m}}` means the value with the name m.
    const inner = foundBy(only, lookup);
    if (typeof inner.value === "number") return inner;
  }
  return lookup(segments.map((pieces) => pieces.map((piece) => written(piece, lookup)).join("")));
}

function written(piece: Piece, lookup: Lookup): string {
  if (typeof piece === "string") return piece;
  const { value, label = value } = foundBy(piece, lookup);
  if (["string", "number", "boolean"].includes(typeof label)) return String(label);
  throw new ExpressionFault(`has ${shown(value)} in a name; expected a single value`);
}

/** The names in an expression: the literal start of each, up to an inner `${…}`, and whether it ends there. */
export function namesIn(expression: Expression): { path: string[]; isWhole: boolean }[] {
  switch (expression.kind) {
    case "number":
    case "text":
      return [];
    case "minus":
    case "not":
      return namesIn(expression.of);
    case "binary":
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    case "call":
      return expression.of.flatMap(namesIn);
    case "name": {
      const { segments } = expression;
      const literal = segments.findIndex((pieces) => pieces.some((piece) => typeof piece !== "string"));
      const known = literal < 0 ? segments : segments.slice(0, literal);
      const inner = segments.flat().flatMap((piece) => (typeof piece === "string" ? [] : namesIn(piece)));
      return [{ path: known.map((pieces) => pieces.join("")), isWhole: literal < 0 }, ...inner];
    }
    default:
      return expression satisfies never;
  }
}
