import * as f from "../../graph/functions.js";
import type { Fault } from "../../text/fault.js";
import { layoutOf } from "../networks/layout.js";
import { parameterRows } from "../networks/parameterRows.js";
import { type Coefficients, coefficientFault, coefficientValues, uselessCoefficients } from "./coefficients.js";
import { type Expression, ExpressionError, namesIn, namesUsed, requireNames, reservedNames } from "./expression.js";
import { foldExpression, requireFinite } from "./foldExpression.js";
import { lowerExpression } from "./lowerExpression.js";
import { parseExpression } from "./parseExpression.js";

/** A loss given by a formula: an analytic landscape, such as the surfaces for testing methods. */
export interface FunctionProblem {
  readonly kind: "function";
  /** An expression in the names of the parameters and the coefficients. */
  readonly loss: string;
  readonly coefficients?: Coefficients;
}

/** The function at P parameter points, the rows of `theta` [P, names]: [P]. */
export function functionLoss(problem: FunctionProblem, names: readonly string[], theta: f.Tensor): f.Tensor {
  const expression = parsed(problem, names);
  const columns = parameterRows(theta, layoutOf(names.map((name) => ({ name, role: "weight", shape: [] }))));
  const value = lowerExpression(expression, Object.fromEntries(names.map((name, i) => [name, columns[i]])));
  return typeof value === "number" ? f.expand(f.constant(value), [theta.shape[0]]) : value;
}

function parsed({ loss, coefficients = {} }: FunctionProblem, names: readonly string[]): Expression {
  const expression = parseExpression(loss);
  requireNames(expression, [...names, ...Object.keys(coefficients)]);
  const values = coefficientValues(coefficients);
  requireFinite(expression, values);
  return foldExpression(expression, values);
}

/**
 * Faults of a function that a schema cannot find: names with another meaning, and an expression that does not parse or
 * has no name.
 */
export function functionFaults(problem: FunctionProblem, names: readonly string[]): Fault[] {
  const taken = (name: string, others: readonly string[]) => {
    if (!/^[A-Za-z]\w*$/.test(name)) return `"${name}" is not a name; use letters, digits and _, a letter first`;
    return others.includes(name) ? `"${name}" already has a meaning in expressions; choose another name` : undefined;
  };
  const faults: Fault[] = [];
  for (const [i, name] of names.entries()) {
    const message = taken(name, reservedNames);
    if (message) faults.push({ path: ["architecture", "names", i], message });
  }
  for (const [name, value] of Object.entries(problem.coefficients ?? {})) {
    const message = taken(name, [...reservedNames, ...names]) ?? coefficientFault(value);
    if (message) faults.push({ path: ["problem", "coefficients", name], message });
  }
  if (faults.length > 0) return faults;
  try {
    const expression = parsed(problem, names);
    if (namesIn(expression).length === 0) {
      const message = `"${problem.loss}" depends on none of ${names.join(", ")}; expected at least one of them`;
      return [{ path: ["problem", "loss"], message }];
    }
    functionLoss(problem, names, f.input("theta", [1, names.length]));
    const used = namesUsed(() => [parseExpression(problem.loss)]);
    return uselessCoefficients(problem.coefficients, used, "no part of the loss").map(({ name, message }) => ({
      ...{ path: ["problem", "coefficients", name], part: "key" as const },
      message,
    }));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [{ path: ["problem", "loss"], message: error.message }];
  }
}
