/** Texts that contain `${…}`, and their values. */
import { type Path, valueAt } from "../text/fault.js";
import { shown } from "../text/words.js";
import { type Expression, ExpressionFault, type Found, foundBy, type Lookup, namesIn } from "./expression.js";
import { parseReference } from "./parseExpression.js";

/** A text in pieces. A reference keeps its notation. */
type Part = string | { written: string; expression: Expression };

const parsed = new Map<string, Part[] | ExpressionFault>();
const MOST_KEPT = 10_000;

/** Throws ExpressionFault for a text whose `${…}` cannot be read. */
function partsOf(text: string): Part[] {
  let known = parsed.get(text);
  if (known === undefined) {
    known = parse(text);
    if (parsed.size >= MOST_KEPT) parsed.clear();
    parsed.set(text, known);
  }
  if (known instanceof ExpressionFault) throw known;
  return known;
}

function parse(text: string): Part[] | ExpressionFault {
  const parts: Part[] = [];
  let at = 0;
  for (let start = text.indexOf("${"); start >= 0; start = text.indexOf("${", at)) {
    if (start > at) parts.push(text.slice(at, start));
    try {
      const { expression, end } = parseReference(text, start);
      parts.push({ written: text.slice(start, end), expression });
      at = end;
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      return new ExpressionFault(`${shown(text.slice(start, start + 40))} ${error.message}`);
    }
  }
  return at < text.length || parts.length === 0 ? [...parts, text.slice(at)] : parts;
}

/** The names in all texts of a value, as `namesIn` returns them. An unreadable text has none. */
export function mentions(value: unknown): { path: string[]; isWhole: boolean }[] {
  if (typeof value === "string") {
    if (!value.includes("${")) return [];
    try {
      return partsOf(value).flatMap((part) => (typeof part === "string" ? [] : namesIn(part.expression)));
    } catch {
      return [];
    }
  }
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(mentions);
}

/** Replaces a text without a value, so that the values beside it can still be checked. */
export const unknownValue = Symbol("unknown value");

/**
 * A value with every `${…}` replaced. A text that is a single reference becomes its value, and keeps its type; inside a
 * longer text the value is written out. A missing value is reported to `fail`, with its path, and becomes
 * `unknownValue`.
 */
export function substitute(
  value: unknown,
  lookup: Lookup,
  fail: (path: Path, message: string) => void,
  path: Path = [],
): unknown {
  if (typeof value === "string") {
    if (!value.includes("${")) return value;
    try {
      return textValue(value, lookup);
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      fail(path, error.message);
      return unknownValue;
    }
  }
  if (Array.isArray(value)) return value.map((item, i) => substitute(item, lookup, fail, [...path, i]));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, substitute(item, lookup, fail, [...path, name])]),
  );
}

/** The value of a text. Throws ExpressionFault. */
export function textValue(text: string, lookup: Lookup): unknown {
  const parts = partsOf(text);
  const [first] = parts;
  if (parts.length > 1 || typeof first === "string") return written(parts, lookup);
  const { value } = found(first, lookup);
  return typeof value === "object" ? structuredClone(value) : value;
}

/** What a text that is a single reference, at this path of a value, would write inside a longer text. */
export function textOfReference(value: unknown, path: Path, lookup: Lookup): string | undefined {
  const text = valueAt(value, path);
  if (typeof text !== "string" || !text.includes("${")) return undefined;
  try {
    return written(partsOf(text), lookup);
  } catch (error) {
    if (error instanceof ExpressionFault) return undefined;
    throw error;
  }
}

function found({ written, expression }: Exclude<Part, string>, lookup: Lookup): Found {
  try {
    return foundBy(expression, lookup);
  } catch (error) {
    if (!(error instanceof ExpressionFault) || error.message.includes("${")) throw error;
    throw new ExpressionFault(`"${written}" ${error.message}`);
  }
}

function written(parts: readonly Part[], lookup: Lookup): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      const { value, label = value } = found(part, lookup);
      if (typeof label !== "object") return String(label);
      throw new ExpressionFault(`"${part.written}" inside a text, and it is ${shown(value)}; expected a single value`);
    })
    .join("");
}
