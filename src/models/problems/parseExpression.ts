/** Formulas as users write them, read by recursive descent. */
import {
  type BinaryKind,
  constants,
  type Expression,
  ExpressionError,
  type FunctionName,
  functionNames,
  unknownName,
} from "./expression.js";

/** Parentheses, signs and powers may nest this deep; a source may be this many characters long. */
const DEPTH_LIMIT = 100;
const LENGTH_LIMIT = 100_000;

/** How far a formula is read. */
interface Reader {
  readonly tokens: readonly Token[];
  next: number;
  depth: number;
}

/**
 * Reads a formula: numbers, names, + − * / ^ (or **), parentheses and functions of one argument. Powers bind tighter
 * than a sign and associate to the right: −x^2 = −(x²), 2^3^2 = 2⁹. The constants pi and e become numbers.
 */
export function parseExpression(source: string): Expression {
  if (source.length > LENGTH_LIMIT) {
    throw new ExpressionError(LENGTH_LIMIT, `expected at most ${LENGTH_LIMIT} characters, found ${source.length}`);
  }
  const reader: Reader = { tokens: tokenize(source), next: 0, depth: 0 };
  const expression = sum(reader);
  return peek(reader).kind === "end" ? expression : fail(reader, "an operator or the end");
}

/** Reads an equation, left = right, as left − right. A formula without an equals sign is read as it is. */
export function parseEquation(source: string): Expression {
  const index = source.indexOf("=");
  if (index < 0) return parseExpression(source);
  const again = source.indexOf("=", index + 1);
  if (again >= 0) {
    throw new ExpressionError(again, `a second = at character ${again + 1}; expected one equation, left = right`);
  }
  if (source.slice(index + 1).trim() === "") {
    throw new ExpressionError(index, `nothing after the = at character ${index + 1}; expected a right side, such as 0`);
  }
  // Characters keep their positions.
  const right = parseExpression(source.slice(index + 1).padStart(source.length));
  return { kind: "-", operands: [parseExpression(source.slice(0, index)), right], index };
}

const peek = ({ tokens, next }: Reader) => tokens[next];

/** The next token, if it is one of these texts; it counts as read then. */
function take(reader: Reader, ...texts: string[]): Token | undefined {
  return texts.includes(peek(reader).text) ? reader.tokens[reader.next++] : undefined;
}

function fail(reader: Reader, expected: string): never {
  const { text, index } = peek(reader);
  const found = text ? `"${text}"` : "the end";
  throw new ExpressionError(index, `expected ${expected} at character ${index + 1}, found ${found}`);
}

function nested<T>(reader: Reader, parse: (reader: Reader) => T): T {
  if (++reader.depth > DEPTH_LIMIT) {
    const { index } = peek(reader);
    const where = `nested deeper than ${DEPTH_LIMIT} levels at character ${index + 1}`;
    throw new ExpressionError(index, `${where}; simplify the expression`);
  }
  const result = parse(reader);
  reader.depth--;
  return result;
}

function chain(reader: Reader, operand: (reader: Reader) => Expression, ...operators: BinaryKind[]): Expression {
  let left = operand(reader);
  for (let token = take(reader, ...operators); token; token = take(reader, ...operators)) {
    left = { kind: token.text as BinaryKind, operands: [left, operand(reader)], index: token.index };
  }
  return left;
}

const sum = (reader: Reader): Expression => chain(reader, product, "+", "-");
const product = (reader: Reader): Expression => chain(reader, signed, "*", "/");

function signed(reader: Reader): Expression {
  const sign = take(reader, "-", "+");
  if (!sign) return power(reader);
  const operand = nested(reader, signed);
  return sign.text === "-" ? { kind: "negate", operands: [operand], index: sign.index } : operand;
}

function power(reader: Reader): Expression {
  const base = primary(reader);
  const token = take(reader, "^", "**");
  return token ? { kind: "^", operands: [base, nested(reader, signed)], index: token.index } : base;
}

function primary(reader: Reader): Expression {
  const { kind, text, index } = peek(reader);
  if (kind === "number") {
    reader.next++;
    return numberAt(text, index);
  }
  if (take(reader, "(")) return closed(reader, nested(reader, sum));
  if (kind !== "name") return fail(reader, "a number, a name or (");
  reader.next++;
  if (!take(reader, "(")) {
    if (isFunction(text)) fail(reader, `( after the function ${text}`);
    const value = constants.get(text);
    return value === undefined ? { kind: "name", name: text, index } : { kind: "number", value, index };
  }
  if (!isFunction(text)) throw unknownName("function", text, index, functionNames);
  return { kind: "call", name: text, operands: [closed(reader, nested(reader, sum))], index };
}

function numberAt(text: string, index: number): Expression {
  const value = Number(text);
  if (Number.isFinite(value)) return { kind: "number", value, index };
  const message = `the number ${text} at character ${index + 1} is too large; expected at most 1e308`;
  throw new ExpressionError(index, message);
}

function closed(reader: Reader, inner: Expression): Expression {
  if (!take(reader, ")")) fail(reader, ")");
  return inner;
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
