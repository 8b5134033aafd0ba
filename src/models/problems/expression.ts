import { nearestName } from "../../text/nearestName.js";

/** A formula as a tree. `index` is the position of its operator or name in the source. */
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

/** An expression that cannot be read or evaluated. `index` is the character in question, counted from 0. */
export class ExpressionError extends Error {
  constructor(
    readonly index: number,
    message: string,
  ) {
    super(message);
    this.name = "ExpressionError";
  }
}

export const functionNames = ["sin", "cos", "tan", "exp", "log", "sqrt", "sinh", "cosh", "tanh", "abs"] as const;
export type FunctionName = (typeof functionNames)[number];
export const constants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
]);

/** The names with a fixed meaning in expressions: functions and constants. */
export const reservedNames: readonly string[] = [...functionNames, ...constants.keys()];

/**
 * Evaluates an expression from the bottom up: `visit` gets each node with the results of its operands. A sum of
 * thousands of terms is as deep as it is long, so this uses a list instead of recursion.
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

/** The free names of an expression, each once, in order of appearance. */
export function namesIn(expression: Expression): { name: string; index: number }[] {
  const found = new Map<string, number>();
  fromBottom(expression, (node) => {
    if (node.kind === "name" && !found.has(node.name)) found.set(node.name, node.index);
  });
  return Array.from(found, ([name, index]) => ({ name, index }));
}

/** The names in what `read` gives; undefined when it throws, which another check reports. */
export function namesUsed(read: () => readonly Expression[]): ReadonlySet<string> | undefined {
  try {
    return new Set(read().flatMap((expression) => namesIn(expression).map(({ name }) => name)));
  } catch {
    return undefined;
  }
}

/** Throws an error unless every name in the expression is in `known`. The error suggests the nearest name. */
export function requireNames(expression: Expression, known: Iterable<string>): void {
  const allowed = [...known];
  for (const { name, index } of namesIn(expression)) {
    if (!allowed.includes(name)) throw unknownName("name", name, index, allowed);
  }
}

/** The error for a name that means nothing here; it suggests the nearest. */
export function unknownName(what: string, name: string, index: number, known: readonly string[]): ExpressionError {
  const nearest = nearestName(name, known);
  const others = known.length > 0 ? `known: ${known.join(", ")}` : "none is known here";
  const hint = nearest === undefined ? others : `did you mean ${nearest}?`;
  return new ExpressionError(index, `unknown ${what} "${name}" at character ${index + 1}; ${hint}`);
}
