import { type Coefficients, coefficientFault, coefficientValues } from "../../src/models/problems/coefficients.js";
import { ParameterError } from "./parameterError.js";

/** The values of coefficients, whose names must not be among those with a meaning. Throws ParameterError. */
export function coefficientsOf(
  { coefficients }: { coefficients: Coefficients },
  taken: readonly string[],
): Record<string, number> {
  for (const [name, value] of Object.entries(coefficients)) {
    const path = ["coefficients", name];
    if (taken.includes(name)) {
      throw new ParameterError(path, `"${name}" already has a meaning in the equation; choose another name`);
    }
    const fault = coefficientFault(value);
    if (fault !== undefined) throw new ParameterError(path, fault);
  }
  return coefficientValues(coefficients);
}
