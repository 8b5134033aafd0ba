/** Solutions that meet conditions exactly: u = g + d·N (Lagaris et al. 1998), where N is the network's output. */
import * as f from "../../graph/functions.js";
import type { Expression } from "./expression.js";
import { ofVariables, readFormula } from "./inputFeatures.js";
import { listFunction } from "./listFunction.js";
import { lowerExpression } from "./lowerExpression.js";
import { ofOutputs, type PinnProblem, type Points, pinnOutputs, pinnVariables } from "./pinn.js";
import type { SolutionNetwork } from "./solutionField.js";

/** The name of the network's own output in a transform. */
export const RAW_OUTPUT = "N";

/** The solution that a network stands for, a function of the variables. */
export function transformed(network: SolutionNetwork, problem: PinnProblem): SolutionNetwork {
  const own = ofVariables(network, problem);
  if (problem.transform === undefined) return own;
  const expressions = transformsOf(problem);
  const outputs = pinnOutputs(problem);
  const variables = pinnVariables(problem);
  return (theta, inputs) => {
    const raw = own(theta, inputs);
    const coordinates = variables.map((name, i) => [name, f.slice(inputs, 0, i, i + 1)]);
    const made = outputs.map((name, i) => {
      const single = outputs.length > 1 ? f.slice(raw, 1, i, i + 1) : raw;
      const expression = expressions[name];
      if (expression === undefined) return single;
      const value = lowerExpression(expression, { ...Object.fromEntries(coordinates), [RAW_OUTPUT]: single });
      // Every output has the shape of the network's, also if it does not depend on it.
      return f.expand(typeof value === "number" ? f.constant(value) : value, single.shape);
    });
    return made.length > 1 ? f.concat(made, 1) : made[0];
  };
}

/** The same for values at points. */
export function transformedValues(
  raw: Readonly<Record<string, Float64Array>>,
  points: Points,
  problem: PinnProblem,
): Record<string, Float64Array> {
  const expressions = transformsOf(problem);
  const names = [...pinnVariables(problem), RAW_OUTPUT];
  const made = Object.entries(raw).map(([output, own]) => {
    const expression = expressions[output];
    const values = expression ? listFunction(expression, names)({ ...points, [RAW_OUTPUT]: own }, own.length) : own;
    return [output, values];
  });
  return Object.fromEntries(made);
}

/** The expressions by output, with the values of the coefficients. Throws ExpressionError for one that is unsound. */
function transformsOf(problem: PinnProblem): Record<string, Expression | undefined> {
  const given = Object.entries(ofOutputs(problem.transform, problem));
  return Object.fromEntries(given.map(([output, source]) => [output, readTransform(source, problem)]));
}

/** Reads the transform of an output. Throws ExpressionError for one that is unsound. */
export const readTransform = (source: string, problem: PinnProblem): Expression =>
  readFormula(source, problem, [...pinnVariables(problem), RAW_OUTPUT]);
