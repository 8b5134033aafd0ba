import { evaluateExpression } from "./evaluateExpression.js";
import { ExpressionError } from "./expression.js";
import { parseExpression } from "./parseExpression.js";

/** The values of names in expressions: numbers, or constant expressions such as "0.01/pi". */
export type Coefficients = Readonly<Record<string, number | string>>;

/** The values of coefficients as numbers. Throws ExpressionError for a text that is not a constant expression. */
export function coefficientValues(coefficients: Coefficients = {}): Record<string, number> {
  const entries = Object.entries(coefficients).map(([name, value]) => [name, constantValue(value)] as const);
  return Object.fromEntries(entries);
}

/** A number, or the value of a constant expression. */
export const constantValue = (value: number | string): number =>
  typeof value === "number" ? value : evaluateExpression(parseExpression(value), {});

/** The coefficients that are not among the names used; none where these are not known. `where` says what lacks them. */
export function uselessCoefficients(
  coefficients: Coefficients = {},
  used: ReadonlySet<string> | undefined,
  where: string,
): { name: string; message: string }[] {
  const useless = used === undefined ? [] : Object.keys(coefficients).filter((name) => !used.has(name));
  return useless.map((name) => ({ name, message: `"${name}" is in ${where}, so it has no effect; leave it out` }));
}

/** The fault of a value that is not a finite number. */
export function coefficientFault(value: number | string): string | undefined {
  try {
    const found = constantValue(value);
    return Number.isFinite(found) ? undefined : `is ${found}; expected a finite number`;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return error.message;
  }
}
