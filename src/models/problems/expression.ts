import { nearestName } from "../../text/nearestName.js";

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

export type BinaryKind = "+" | "-" | "*" | "/" | "^";

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

const functionNames = ["sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "abs"] as const;
export type FunctionName = (typeof functionNames)[number];
const constants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
]);

/** Names that an expression gives a meaning of their own: functions and constants. */
export const reservedNames: readonly string[] = [...functionNames, ...constants.keys()];

/** Parentheses, signs and powers may nest this deep; a source may be this many characters long. */
const DEPTH_LIMIT = 100;
const LENGTH_LIMIT = 100_000;

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
      `expected ${expected} at character ${index + 1}, found ${text ? `"${text}"` : "the end"}`,
    );
  };

  function nested<T>(parse: () => T): T {
    if (++depth > DEPTH_LIMIT) {
      const { index } = peek();
      throw new ExpressionError(
        index,
        `nested deeper than ${DEPTH_LIMIT} levels at character ${index + 1}; simplify the expression`,
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
      const value = Number(text);
      if (!Number.isFinite(value)) {
        throw new ExpressionError(
          index,
          `the number ${text} at character ${index + 1} is too large; expected one up to 1e308`,
        );
      }
      return { kind: "number", value, index };
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
        `unexpected "${found}" at character ${index + 1}; expected numbers, names, + - * / ^ ( )`,
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

/**
 * Computes something of an expression from the bottom up: `visit` gets each node with what its operands gave. A sum of
 * thousands of terms is as deep as it is long, so the way down is a list, not the stack of calls.
 */
export function fromBottom<T>(expression: Expression, visit: (node: Expression, operands: readonly T[]) => T): T {
  const open: { node: Expression; results: T[] }[] = [{ node: expression, results: [] }];
  for (;;) {
    const { node, results } = open[open.length - 1];
    const operands = "operands" in node ? node.operands : [];
    if (results.length < operands.length) {
      open.push({ node: operands[results.length], results: [] });
      continue;
    }
    const result = visit(node, results);
    open.pop();
    if (open.length === 0) return result;
    open[open.length - 1].results.push(result);
  }
}

/** The names that an expression leaves open, each once, in order of appearance. */
export function namesIn(expression: Expression): { name: string; index: number }[] {
  const found = new Map<string, number>();
  fromBottom(expression, (node) => {
    if (node.kind === "name" && !found.has(node.name)) found.set(node.name, node.index);
  });
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
  const nearest = nearestName(name, known);
  const others = known.length > 0 ? `known: ${known.join(", ")}` : "none is known here";
  const hint = nearest === undefined ? others : `did you mean ${nearest}?`;
  return new ExpressionError(index, `unknown ${what} "${name}" at character ${index + 1}; ${hint}`);
}
