/**
 * The small language inside `${…}` and `where:`: names, numbers and texts, + − × ÷, powers, min and max; a condition
 * also compares them and joins comparisons by and, or, not. It has no functions of state.
 */
import { shown } from "../text/words.js";

type Operator = keyof typeof operators;

export type Expression =
  | { kind: "number"; value: number }
  | { kind: "text"; value: string }
  /** Segments between dots; each is made of words and of inner `${…}`. */
  | { kind: "name"; segments: Piece[][] }
  | { kind: "minus" | "not"; of: Expression }
  | { kind: "binary"; operator: Operator; left: Expression; right: Expression }
  | { kind: "call"; name: "min" | "max"; of: Expression[] };

type Piece = string | Expression;

/** A text is no expression, or has no value: the message follows on the text. */
export class ExpressionFault extends Error {}

/** What a name stands for; `label` is how a text writes it, where that is not the value itself. */
export interface Found {
  value: unknown;
  label?: unknown;
}

/** Finds the value that a path of names leads to. Throws ExpressionFault where there is none. */
export type Lookup = (path: readonly string[]) => Found;

const number = (value: unknown, operator: string): number => {
  if (typeof value === "number") return value;
  throw new ExpressionFault(`is no number: ${operator} is given ${shown(value)}`);
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

/** Other ways to write an operator. */
const spellings: Record<string, Operator> = { "−": "-", "×": "*", "·": "*", "÷": "/", "**": "^", "≤": "<=", "≥": ">=" };

function truth(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new ExpressionFault(`is no condition: ${shown(value)} is neither true nor false`);
}

/** The value of an expression. Throws ExpressionFault, also where a number is not finite. */
export function evaluate(expression: Expression, lookup: Lookup): unknown {
  return foundBy(expression, lookup).value;
}

/** The value of an expression, and how a text writes it. */
export function foundBy(expression: Expression, lookup: Lookup): Found {
  switch (expression.kind) {
    case "number":
    case "text":
      return { value: expression.value };
    case "name":
      return named(expression.segments, lookup);
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
    // `${4 * ${n}}` means the number, `${${m}}` what has the name m.
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

/** The names in an expression: the literal beginning of each, up to an inner `${…}`, and whether it ends there. */
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

const DEEPEST = 32;
const levels: readonly (readonly Operator[])[] = [
  ["or"],
  ["and"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
];
const ARITHMETIC = 3;

/** The expression that begins at `start` of a text, and where it ends. Throws ExpressionFault. */
function parseExpression(
  text: string,
  start = 0,
  isCondition = false,
  depth = 0,
): { expression: Expression; end: number } {
  let at = start;
  let nested = depth;
  const skip = () => {
    while (at < text.length && /\s/.test(text[at])) at++;
  };
  const match = (pattern: RegExp): string | undefined => {
    skip();
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const fail = (): never => {
    skip();
    const found = at < text.length ? shown(text.slice(at, at + 12)) : "its end";
    throw new ExpressionFault(`cannot be read at ${found}; expected a name, a number or arithmetic`);
  };
  const deeper = <T>(parse: () => T): T => {
    if (++nested > DEEPEST) throw new ExpressionFault(`is nested more than ${DEEPEST} deep`);
    const result = parse();
    nested--;
    return result;
  };

  function operatorOf(level: number): Operator | undefined {
    const before = at;
    const sign = match(/\*\*|==|!=|<=|>=|[-+*/^<>−×·÷≤≥]|(?:and|or)\b/y);
    const operator = sign === undefined ? undefined : (spellings[sign] ?? (sign as Operator));
    if (operator !== undefined && levels[level].includes(operator)) return operator;
    at = before;
    return undefined;
  }
  function binary(level: number): Expression {
    if (level === levels.length) return signed();
    if (level === 2 && match(/not\b/y)) return { kind: "not", of: deeper(() => binary(level)) };
    let left = binary(level + 1);
    for (let operator = operatorOf(level); operator; operator = operatorOf(level)) {
      left = { kind: "binary", operator, left, right: binary(level + 1) };
    }
    return left;
  }
  function signed(): Expression {
    if (match(/[-−]/y)) return { kind: "minus", of: deeper(signed) };
    const base = operand();
    return match(/\*\*|\^/y) ? { kind: "binary", operator: "^", left: base, right: deeper(signed) } : base;
  }
  function operand(): Expression {
    if (match(/\(/y)) {
      const inner = deeper(() => binary(isCondition ? 0 : ARITHMETIC));
      return match(/\)/y) ? inner : fail();
    }
    const digits = match(/\d+(\.\d+)?(e[+-]?\d+)?(?![\w.])/iy);
    if (digits !== undefined) return { kind: "number", value: Number(digits) };
    const quoted = isCondition ? match(/'[^']*'|"[^"]*"/y) : undefined;
    if (quoted !== undefined) return { kind: "text", value: quoted.slice(1, -1) };
    const call = match(/(?:min|max)(?=\s*\()/y) as "min" | "max" | undefined;
    if (call) return { kind: "call", name: call, of: argumentsOf() };
    skip();
    return name();
  }
  function argumentsOf(): Expression[] {
    match(/\(/y);
    const list = [deeper(() => binary(ARITHMETIC))];
    while (match(/,/y)) list.push(deeper(() => binary(ARITHMETIC)));
    return match(/\)/y) ? list : fail();
  }
  function name(): Expression {
    const segments: Piece[][] = [];
    do {
      const pieces: Piece[] = [];
      for (;;) {
        const word = /[A-Za-z0-9_]+/y;
        word.lastIndex = at;
        const found = word.exec(text)?.[0];
        if (found !== undefined) {
          pieces.push(found);
          at += found.length;
        } else if (text.startsWith("${", at)) {
          const inner = parseReference(text, at, nested + 1);
          pieces.push(inner.expression);
          at = inner.end;
        } else break;
      }
      if (pieces.length === 0) fail();
      segments.push(pieces);
    } while (text[at] === "." && ++at);
    return { kind: "name", segments };
  }

  const expression = binary(isCondition ? 0 : ARITHMETIC);
  skip();
  return { expression, end: at };
}

/** The `${…}` that begins at `start` of a text, and where it ends. Throws ExpressionFault. */
export function parseReference(text: string, start: number, depth = 0): { expression: Expression; end: number } {
  if (depth > DEEPEST) throw new ExpressionFault(`is nested more than ${DEEPEST} deep`);
  const { expression, end } = parseExpression(text, start + 2, false, depth);
  if (text[end] === "}") return { expression, end: end + 1 };
  const found = end < text.length ? shown(text.slice(end, end + 12)) : "its end";
  throw new ExpressionFault(`cannot be read at ${found}; expected "}", or arithmetic on names and numbers`);
}

/** The condition that a text is. Throws ExpressionFault. */
export function parseCondition(text: string): Expression {
  const { expression, end } = parseExpression(text, 0, true);
  if (end === text.length) return expression;
  throw new ExpressionFault(`cannot be read at ${shown(text.slice(end, end + 12))}`);
}
