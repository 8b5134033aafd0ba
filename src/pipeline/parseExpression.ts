/** Reads expressions in users' notation by recursive descent. */
import { shown } from "../text/words.js";
import { type Expression, ExpressionFault, type Operator, type Piece } from "./expression.js";

/** Other notations of an operator. */
const spellings: Record<string, Operator> = { "−": "-", "×": "*", "·": "*", "÷": "/", "**": "^", "≤": "<=", "≥": ">=" };

const DEEPEST = 32;
const levels: readonly (readonly Operator[])[] = [
  ["or"],
  ["and"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
];
const ARITHMETIC = 3;

/** The position in a text. */
interface Reader {
  readonly text: string;
  readonly isCondition: boolean;
  at: number;
  depth: number;
}

/** The expression that begins at `start` of a text, and its end. Throws ExpressionFault. */
function parseExpression(
  text: string,
  start = 0,
  isCondition = false,
  depth = 0,
): { expression: Expression; end: number } {
  const reader: Reader = { text, isCondition, at: start, depth };
  const expression = binary(reader, isCondition ? 0 : ARITHMETIC);
  skip(reader);
  return { expression, end: reader.at };
}

function skip(reader: Reader): void {
  while (reader.at < reader.text.length && /\s/.test(reader.text[reader.at])) reader.at++;
}

/** Reads the text of a sticky pattern, if it comes next. */
function match(reader: Reader, pattern: RegExp): string | undefined {
  skip(reader);
  return matchHere(reader, pattern);
}

/** The same, without space before it. */
function matchHere(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
}

function fail(reader: Reader): never {
  skip(reader);
  const { text, at } = reader;
  const found = at < text.length ? shown(text.slice(at, at + 12)) : "its end";
  throw new ExpressionFault(`cannot be read at ${found}; expected a name, a number or arithmetic`);
}

function deeper<T>(reader: Reader, parse: (reader: Reader) => T): T {
  if (++reader.depth > DEEPEST) throw new ExpressionFault(`is nested more than ${DEEPEST} deep`);
  const result = parse(reader);
  reader.depth--;
  return result;
}

function operatorOf(reader: Reader, level: number): Operator | undefined {
  const before = reader.at;
  const sign = match(reader, /\*\*|==|!=|<=|>=|[-+*/^<>−×·÷≤≥]|(?:and|or)\b/y);
  const operator = sign === undefined ? undefined : (spellings[sign] ?? (sign as Operator));
  if (operator !== undefined && levels[level].includes(operator)) return operator;
  reader.at = before;
  return undefined;
}

function binary(reader: Reader, level: number): Expression {
  if (level === levels.length) return signed(reader);
  if (level === 2 && match(reader, /not\b/y)) {
    return { kind: "not", of: deeper(reader, () => binary(reader, level)) };
  }
  let left = binary(reader, level + 1);
  for (let operator = operatorOf(reader, level); operator; operator = operatorOf(reader, level)) {
    left = { kind: "binary", operator, left, right: binary(reader, level + 1) };
  }
  return left;
}

const arithmetic = (reader: Reader) => binary(reader, ARITHMETIC);

function signed(reader: Reader): Expression {
  if (match(reader, /[-−]/y)) return { kind: "minus", of: deeper(reader, signed) };
  const base = operand(reader);
  if (!match(reader, /\*\*|\^/y)) return base;
  return { kind: "binary", operator: "^", left: base, right: deeper(reader, signed) };
}

function operand(reader: Reader): Expression {
  if (match(reader, /\(/y)) {
    const inner = deeper(reader, () => binary(reader, reader.isCondition ? 0 : ARITHMETIC));
    return match(reader, /\)/y) ? inner : fail(reader);
  }
  const digits = match(reader, /\d+(\.\d+)?(e[+-]?\d+)?(?![\w.])/iy);
  if (digits !== undefined) return { kind: "number", value: Number(digits) };
  const quoted = reader.isCondition ? match(reader, /'[^']*'|"[^"]*"/y) : undefined;
  if (quoted !== undefined) return { kind: "text", value: quoted.slice(1, -1) };
  const call = match(reader, /(?:min|max)(?=\s*\()/y) as "min" | "max" | undefined;
  if (call) return { kind: "call", name: call, of: argumentsOf(reader) };
  skip(reader);
  return name(reader);
}

function argumentsOf(reader: Reader): Expression[] {
  match(reader, /\(/y);
  const list = [deeper(reader, arithmetic)];
  while (match(reader, /,/y)) list.push(deeper(reader, arithmetic));
  return match(reader, /\)/y) ? list : fail(reader);
}

function name(reader: Reader): Expression {
  const segments: Piece[][] = [];
  do {
    const pieces = segment(reader);
    if (pieces.length === 0) fail(reader);
    segments.push(pieces);
  } while (reader.text[reader.at] === "." && ++reader.at);
  const isLiteral = segments.every((pieces) => pieces.every((piece) => typeof piece === "string"));
  return { kind: "name", segments, ...(isLiteral && { path: segments.map((pieces) => pieces.join("")) }) };
}

/** Words and inner `${…}` up to the next dot. */
function segment(reader: Reader): Piece[] {
  const pieces: Piece[] = [];
  for (;;) {
    const word = matchHere(reader, /[A-Za-z0-9_]+/y);
    if (word !== undefined) pieces.push(word);
    else if (reader.text.startsWith("${", reader.at)) {
      const inner = parseReference(reader.text, reader.at, reader.depth + 1);
      pieces.push(inner.expression);
      reader.at = inner.end;
    } else return pieces;
  }
}

/** The `${…}` that begins at `start` of a text, and its end. Throws ExpressionFault. */
export function parseReference(text: string, start: number, depth = 0): { expression: Expression; end: number } {
  if (depth > DEEPEST) throw new ExpressionFault(`is nested more than ${DEEPEST} deep`);
  const { expression, end } = parseExpression(text, start + 2, false, depth);
  if (text[end] === "}") return { expression, end: end + 1 };
  const found = end < text.length ? shown(text.slice(end, end + 12)) : "its end";
  throw new ExpressionFault(`cannot be read at ${found}; expected "}", or arithmetic on names and numbers`);
}

/** Parses a text as a condition. Throws ExpressionFault. */
export function parseCondition(text: string): Expression {
  const { expression, end } = parseExpression(text, 0, true);
  if (end === text.length) return expression;
  throw new ExpressionFault(`cannot be read at ${shown(text.slice(end, end + 12))}`);
}
