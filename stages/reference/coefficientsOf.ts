import {
  type Coefficients,
  coefficientFault,
  coefficientValues,
  uselessCoefficients,
} from "../../src/models/problems/coefficients.js";
import { namesUsed } from "../../src/models/problems/expression.js";
import { parseEquation } from "../../src/models/problems/parseExpression.js";
import { ParameterError } from "./parameterError.js";

/**
 * The values of coefficients, whose names must not be among those with a meaning, and which one of the texts must use.
 * Throws ParameterError.
 */
export function coefficientsOf(
  { coefficients }: { coefficients: Coefficients },
  taken: readonly string[],
  texts: readonly string[],
): Record<string, number> {
  for (const [name, value] of Object.entries(coefficients)) {
    const path = ["coefficients", name];
    if (taken.includes(name)) {
      throw new ParameterError(path, `"${name}" already has a meaning in the equation; choose another name`);
    }
    const fault = coefficientFault(value);
    if (fault !== undefined) throw new ParameterError(path, fault);
  }
  const used = namesUsed(() => texts.map(parseEquation));
  const [useless] = uselessCoefficients(coefficients, used, "no equation or condition");
  if (useless) throw new ParameterError(["coefficients", useless.name], useless.message);
  return coefficientValues(coefficients);
}
