/** What a network takes instead of the variables: waves of a period make it periodic, for example (Dong & Ni 2021). */
import * as f from "../../graph/functions.js";
import { coefficientValues } from "./coefficients.js";
import { type Expression, requireNames } from "./expression.js";
import { foldExpression, requireFinite } from "./foldExpression.js";
import { listFunction } from "./listFunction.js";
import { lowerExpression } from "./lowerExpression.js";
import { parseExpression } from "./parseExpression.js";
import { type PinnProblem, type Points, pinnVariables } from "./pinn.js";
import type { SolutionNetwork } from "./solutionField.js";

/** The names or expressions of a network's inputs, in their order. */
export const networkInputs = (problem: Pick<PinnProblem, "domain" | "features">): readonly string[] =>
  problem.features ?? pinnVariables(problem);

/** The network as a function of the variables. */
export function ofVariables(network: SolutionNetwork, problem: PinnProblem): SolutionNetwork {
  if (problem.features === undefined) return network;
  const variables = pinnVariables(problem);
  const features = problem.features.map((source) => readFormula(source, problem, variables));
  return (theta, inputs) => {
    const coordinates = Object.fromEntries(variables.map((name, i) => [name, f.slice(inputs, 0, i, i + 1)]));
    const rows = features.map((feature) => {
      const value = lowerExpression(feature, coordinates);
      return typeof value === "number" ? f.expand(f.constant(value), [1, inputs.shape[1]]) : value;
    });
    return network(theta, f.concat(rows, 0));
  };
}

/** The inputs of the network at `count` points, one row after another. */
export function inputValues(points: Points, problem: PinnProblem, count: number): Float64Array {
  const variables = pinnVariables(problem);
  const rows = problem.features
    ? problem.features.map((source) => listFunction(readFormula(source, problem, variables), variables)(points, count))
    : variables.map((name) => points[name]);
  const inputs = new Float64Array(rows.length * count);
  for (const [i, row] of rows.entries()) inputs.set(row, i * count);
  return inputs;
}

/** Reads a formula in these names, with the values of coefficients. Throws ExpressionError for one that is unsound. */
export function readFormula(source: string, problem: PinnProblem, names: readonly string[]): Expression {
  const known = coefficientValues(problem.coefficients);
  const expression = parseExpression(source);
  requireNames(expression, [...names, ...Object.keys(known)]);
  requireFinite(expression, known);
  return foldExpression(expression, known);
}
