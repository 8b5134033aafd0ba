import { coefficientValues } from "./coefficients.js";
import { evaluateExpression } from "./evaluateExpression.js";
import { parseExpression } from "./parseExpression.js";
import { ofOutputs, type PinnProblem, type Points, pinnVariables } from "./pinn.js";

/** The exact solution at given points: the outputs for which the problem states one. */
export function exactSolution(problem: PinnProblem, points: Points): Record<string, Float64Array> {
  const coefficients = coefficientValues(problem.coefficients);
  const variables = pinnVariables(problem);
  const valuesOf = (source: string) => {
    const exact = parseExpression(source);
    return points[variables[0]].map((_, i) => {
      const values = Object.fromEntries(variables.map((name) => [name, points[name][i]]));
      return evaluateExpression(exact, { ...coefficients, ...values });
    });
  };
  const given = Object.entries(ofOutputs(problem.exact, problem));
  return Object.fromEntries(given.map(([output, source]) => [output, valuesOf(source)]));
}
