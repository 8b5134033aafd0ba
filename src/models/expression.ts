import * as f from "../graph/functions.js";

/** A formula as a tree. `index` is where its operator or name stands in the source. */
export type Expression =
  | { readonly kind: "number"; readonly value: number; readonly index: number }
  | { readonly kind: "name"; readonly name: string; readonly index: number }
  | {
      readonly kind: "call";
      readonly name: FunctionName;
      readonly operands: readonly [Expression];
      readonly index: number;
    }
  | { readonly kind: "negate"; readonly operands: readonly [Expression]; readonly index: number }
  | { readonly kind: BinaryKind; readonly operands: readonly [Expression, Expression]; readonly index: number };

type BinaryKind = "+" | "-" | "*" | "/" | "^";

/** An expression that cannot be read or evaluated. `index` is the character it is about, counted from 0. */
export class ExpressionError extends Error {
  constructor(
    readonly index: number,
    message: string,
  ) {
    super(message);
    this.name = "ExpressionError";
  }
}

/** What an expression is computed with: numbers or tensors. */
interface Arithmetic<T> {
  number(value: number): T;
  negate(x: T): T;
  binary: Readonly<Record<Exclude<BinaryKind, "^">, (a: T, b: T) => T>>;
  power(base: T, exponent: T, index: number): T;
  call: Readonly<Record<FunctionName, (x: T) => T>>;
}

const functionNames = ["sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "abs"] as const;
type FunctionName = (typeof functionNames)[number];
const constants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
]);

/** Names that an expression gives a meaning of their own: functions and constants. */
export const reservedNames: readonly string[] = [...functionNames, ...constants.keys()];

/** Parentheses, signs and powers may nest this deep; a source may be this many characters long. */
const DEPTH_LIMIT = 100;
const LENGTH_LIMIT = 4000;

/**
 * Reads a formula: numbers, names, + − * / ^ (or **), parentheses and functions of one argument. Powers bind tighter
 * than a sign and associate to the right: −x^2 = −(x²), 2^3^2 = 2⁹. The constants pi and e become numbers.
 */
export function parseExpression(source: string): Expression {
  if (source.length > LENGTH_LIMIT) {
    throw new ExpressionError(LENGTH_LIMIT, `expected at most ${LENGTH_LIMIT} characters, found ${source.length}`);
  }
  const tokens = tokenize(source);
  let next = 0;
  let depth = 0;

  const peek = () => tokens[next];
  const take = (...texts: string[]) => (texts.includes(peek().text) ? tokens[next++] : undefined);
  const fail = (expected: string): never => {
    const { text, index } = peek();
    throw new ExpressionError(
      index,
      `expected ${expected} at character ${index}, found ${text ? `"${text}"` : "the end"}`,
    );
  };

  function nested<T>(parse: () => T): T {
    if (++depth > DEPTH_LIMIT) {
      const { index } = peek();
      throw new ExpressionError(
        index,
        `nested deeper than ${DEPTH_LIMIT} levels at character ${index}; simplify the expression`,
      );
    }
    const result = parse();
    depth--;
    return result;
  }

  function chain(operand: () => Expression, ...operators: BinaryKind[]): Expression {
    let left = operand();
    for (let token = take(...operators); token; token = take(...operators)) {
      left = { kind: token.text as BinaryKind, operands: [left, operand()], index: token.index };
    }
    return left;
  }

  const sum = (): Expression => chain(product, "+", "-");
  const product = (): Expression => chain(signed, "*", "/");

  function signed(): Expression {
    const sign = take("-", "+");
    if (!sign) return power();
    const operand = nested(signed);
    return sign.text === "-" ? { kind: "negate", operands: [operand], index: sign.index } : operand;
  }

  function power(): Expression {
    const base = primary();
    const token = take("^", "**");
    return token ? { kind: "^", operands: [base, nested(signed)], index: token.index } : base;
  }

  function primary(): Expression {
    const { kind, text, index } = peek();
    if (kind === "number") {
      next++;
      return { kind: "number", value: Number(text), index };
    }
    if (take("(")) return closed(nested(sum));
    if (kind !== "name") return fail("a number, a name or (");
    next++;
    if (!take("(")) {
      if (isFunction(text)) fail(`( after the function ${text}`);
      const value = constants.get(text);
      return value === undefined ? { kind: "name", name: text, index } : { kind: "number", value, index };
    }
    if (!isFunction(text)) throw unknownName("function", text, index, functionNames);
    return { kind: "call", name: text, operands: [closed(nested(sum))], index };
  }

  function closed(inner: Expression): Expression {
    if (!take(")")) fail(")");
    return inner;
  }

  const expression = sum();
  return peek().kind === "end" ? expression : fail("an operator or the end");
}

interface Token {
  kind: "number" | "name" | "symbol" | "end";
  text: string;
  index: number;
}

function tokenize(source: string): Token[] {
  const pattern =
    /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<symbol>\*\*|[-+*/^()]))/y;
  const tokens: Token[] = [];
  const end = source.trimEnd().length;
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const match = pattern.exec(source);
    if (!match) {
      const index = start + (source.slice(start).length - source.slice(start).trimStart().length);
      const found = String.fromCodePoint(source.codePointAt(index)!);
      throw new ExpressionError(
        index,
        `unexpected "${found}" at character ${index}; expected numbers, names, + - * / ^ ( )`,
      );
    }
    const [kind, text] = Object.entries(match.groups!).find(([, part]) => part !== undefined) as [
      Token["kind"],
      string,
    ];
    tokens.push({ kind, text, index: pattern.lastIndex - text.length });
  }
  tokens.push({ kind: "end", text: "", index: end });
  return tokens;
}

const isFunction = (name: string): name is FunctionName => (functionNames as readonly string[]).includes(name);

/** The names that an expression leaves open, each once, in order of appearance. */
export function namesIn(expression: Expression): { name: string; index: number }[] {
  const found = new Map<string, number>();
  const visit = (node: Expression) => {
    if (node.kind === "name" && !found.has(node.name)) found.set(node.name, node.index);
    if ("operands" in node) for (const operand of node.operands) visit(operand);
  };
  visit(expression);
  return Array.from(found, ([name, index]) => ({ name, index }));
}

/** Throws unless every name in the expression is one of `known`; the error suggests the nearest. */
export function requireNames(expression: Expression, known: Iterable<string>): void {
  const allowed = [...known];
  for (const { name, index } of namesIn(expression)) {
    if (!allowed.includes(name)) throw unknownName("name", name, index, allowed);
  }
}

function unknownName(what: string, name: string, index: number, known: readonly string[]): ExpressionError {
  const [nearest] = [...known].sort((a, b) => editDistance(name, a) - editDistance(name, b));
  const distance = nearest === undefined ? Infinity : editDistance(name, nearest);
  const near = distance < name.length && distance <= Math.ceil(name.length / 2);
  const hint = near
    ? `did you mean ${nearest}?`
    : known.length > 0
      ? `known: ${known.join(", ")}`
      : "none is known here";
  return new ExpressionError(index, `unknown ${what} "${name}" at character ${index}; ${hint}`);
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
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
    tanh: Math.tanh,
    abs: Math.abs,
  },
};

const tensors: Arithmetic<f.Tensor | number> = {
  number: (value) => value,
  negate: f.neg,
  binary: { "+": f.add, "-": f.sub, "*": f.mul, "/": f.div },
  power(base, exponent, index) {
    if (typeof exponent === "number") return f.pow(base, exponent);
    if (typeof base === "number" && base > 0) return f.exp(f.mul(Math.log(base), exponent));
    throw new ExpressionError(
      index,
      `the power at character ${index} needs a constant exponent or a constant base > 0`,
    );
  },
  call: {
    sin: f.sin,
    cos: f.cos,
    tan: (x) => f.div(f.sin(x), f.cos(x)),
    exp: f.exp,
    log: f.log,
    sqrt: f.sqrt,
    tanh: f.tanh,
    abs: f.abs,
  },
};

/** The value of an expression. Every name needs a value. */
export function evaluateExpression(expression: Expression, values: Readonly<Record<string, number>>): number {
  return interpret(expression, numbers, values);
}

/** The expression as a graph over tensors, or a number where it is constant. Every name needs a tensor or a number. */
export function lowerExpression(
  expression: Expression,
  values: Readonly<Record<string, f.Tensor | number>>,
): f.Tensor | number {
  return interpret(foldExpression(expression, {}), tensors, values);
}

function interpret<T>(expression: Expression, arithmetic: Arithmetic<T>, values: Readonly<Record<string, T>>): T {
  requireNames(expression, Object.keys(values));
  const visit = (node: Expression): T => {
    switch (node.kind) {
      case "number":
        return arithmetic.number(node.value);
      case "name":
        return values[node.name];
      case "negate":
        return arithmetic.negate(visit(node.operands[0]));
      case "call":
        return arithmetic.call[node.name](visit(node.operands[0]));
      case "^":
        return arithmetic.power(visit(node.operands[0]), visit(node.operands[1]), node.index);
      default:
        return arithmetic.binary[node.kind](visit(node.operands[0]), visit(node.operands[1]));
    }
  };
  return visit(expression);
}

/**
 * Puts numbers in for names and computes what is then constant. Terms that are multiplied by zero vanish, whatever
 * they contain, as do + 0, · 1, / 1 and ^ 1.
 */
export function foldExpression(expression: Expression, values: Readonly<Record<string, number>>): Expression {
  const { index } = expression;
  if (expression.kind === "number") return expression;
  if (expression.kind === "name") {
    return Object.hasOwn(values, expression.name)
      ? { kind: "number", value: values[expression.name], index }
      : expression;
  }
  const operands = expression.operands.map((operand) => foldExpression(operand, values));
  const folded = { ...expression, operands } as unknown as Expression;
  if (operands.every(({ kind }) => kind === "number")) {
    return { kind: "number", value: interpret(folded, numbers, {}), index };
  }
  const [a, b] = operands;
  const is = (node: Expression, value: number) => node.kind === "number" && node.value === value;
  switch (expression.kind) {
    case "+":
      return is(a, 0) ? b : is(b, 0) ? a : folded;
    case "-":
      return is(b, 0) ? a : is(a, 0) ? { kind: "negate", operands: [b], index } : folded;
    case "*":
      if (is(a, 0) || is(b, 0)) return { kind: "number", value: 0, index };
      return is(a, 1) ? b : is(b, 1) ? a : folded;
    case "/":
      return is(a, 0) || is(b, 1) ? a : folded;
    case "^":
      return is(b, 0) ? { kind: "number", value: 1, index } : is(b, 1) ? a : folded;
    default:
      return folded;
  }
}

/** Σ coefficients[name]·name + rest, where no name of the sum occurs in the rest. */
export interface LinearForm {
  readonly coefficients: Readonly<Record<string, number>>;
  readonly rest: Expression | undefined;
}

/** Splits off the terms linear in `variables` with constant coefficients; undefined when they occur in another way. */
export function linearForm(expression: Expression, variables: ReadonlySet<string>): LinearForm | undefined {
  const coefficients: Record<string, number> = {};
  let rest: Expression | undefined;
  /** Adds factor · node. */
  const collect = (node: Expression, factor: number): boolean => {
    if (node.kind === "name" && variables.has(node.name)) {
      coefficients[node.name] = (coefficients[node.name] ?? 0) + factor;
      return true;
    }
    if (!namesIn(node).some(({ name }) => variables.has(name))) {
      const { index } = node;
      const term = foldExpression({ kind: "*", operands: [{ kind: "number", value: factor, index }, node], index }, {});
      rest = rest ? { kind: "+", operands: [rest, term], index } : term;
      return true;
    }
    switch (node.kind) {
      case "negate":
        return collect(node.operands[0], -factor);
      case "+":
        return collect(node.operands[0], factor) && collect(node.operands[1], factor);
      case "-":
        return collect(node.operands[0], factor) && collect(node.operands[1], -factor);
      case "*": {
        const [a, b] = node.operands;
        if (a.kind === "number") return collect(b, a.value * factor);
        return b.kind === "number" && collect(a, b.value * factor);
      }
      case "/": {
        const [a, b] = node.operands;
        return b.kind === "number" && collect(a, factor / b.value);
      }
      default:
        return false;
    }
  };
  return collect(expression, 1) ? { coefficients, rest } : undefined;
}
