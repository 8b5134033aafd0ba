import { input } from "../../graph/functions.js";
import type { Fault } from "../../text/fault.js";
import { coefficientValues } from "./coefficients.js";
import { type Expression, ExpressionError, namesIn, requireNames } from "./expression.js";
import { foldExpression, requireFinite } from "./foldExpression.js";
import { lowerExpression } from "./lowerExpression.js";
import { parseEquation, parseExpression } from "./parseExpression.js";
import { boundaryOf, faceEquations, type PinnProblem, pinnVariables, sides, spaceVariables } from "./pinn.js";
import { namesOf } from "./pinnConditions.js";
import { derivativeOf, derivativesIn, withSolutionNames } from "./solutionNames.js";

type Path = Fault["path"];

/** Faults of the equation, of its conditions at the lower t and on the faces, and of the exact solution. */
export function validateEquations(problem: PinnProblem): Fault[] {
  const faults: Fault[] = [];
  const equation = validateEquation(problem, ["equation"], problem.equation, faults);
  validateInitial(problem, equation, faults);
  for (const axis of spaceVariables(problem)) {
    const condition = boundaryOf(problem, axis);
    if (condition === "periodic") continue;
    for (const side of sides) {
      const given = condition[side];
      for (const [i, source] of faceEquations(given).entries()) {
        validateEquation(problem, ["boundary", axis, side, ...(typeof given === "string" ? [] : [i])], source, faults);
      }
    }
  }
  if (problem.exact !== undefined) {
    validateValues(problem, ["exact"], problem.exact, pinnVariables(problem), faults);
  }
  return faults;
}

/** The equation, with the values of coefficients, if it is sound. */
function validateEquation(problem: PinnProblem, path: Path, source: string, faults: Fault[]): Expression | undefined {
  const values = coefficientValues(problem.coefficients);
  const names = namesOf(problem);
  return attempt(path, faults, () => {
    const expression = withSolutionNames(parseEquation(source), names, Object.keys(values));
    requireFinite(expression, values);
    const folded = foldExpression(expression, values);
    // Some faults, such as a power that cannot be differentiated, only show when the graph is built.
    lowerExpression(folded, Object.fromEntries(namesIn(folded).map(({ name }) => [name, input(name, [1])])));
    if (derivativesIn(folded, names).length === 0) {
      const outputs = names.outputs.join(", ");
      const message = `"${source}" has no term with ${outputs} or its derivatives; expected an equation for ${outputs}`;
      throw new ExpressionError(0, message);
    }
    return folded;
  });
}

/** An expression that gives numbers at points. */
function validateValues(
  { coefficients }: PinnProblem,
  path: Path,
  source: string,
  names: readonly string[],
  faults: Fault[],
): void {
  const values = coefficientValues(coefficients);
  attempt(path, faults, () => {
    const expression = parseExpression(source);
    requireNames(expression, [...names, ...Object.keys(values)]);
    requireFinite(expression, values);
  });
}

/** The conditions at the lower t: there must be one for u, and for each derivative in t below the highest. */
function validateInitial(problem: PinnProblem, equation: Expression | undefined, faults: Fault[]): void {
  const { initial, points } = problem;
  const variables = pinnVariables(problem);
  if (!variables.includes("t")) {
    if (initial === undefined) return;
    const message = `needs the variable t, but the domain has ${variables.join(", ")} only; leave it out`;
    faults.push({ path: ["initial"], message });
    return;
  }
  if (initial === undefined) {
    if (points?.initial !== undefined) return;
    const example = `u at the lower end of t, an expression such as "sin(${variables[0]})"`;
    faults.push({ path: [], message: `lacks "initial": ${example}` });
    return;
  }
  const given = typeof initial === "string" ? { u: initial } : initial;
  for (const [name, source] of Object.entries(given)) {
    const path = typeof initial === "string" ? ["initial"] : ["initial", name];
    if (isInitial(name, problem)) validateValues(problem, path, source, spaceVariables(problem), faults);
    else {
      const message = `"${name}" is not a quantity at the lower t; expected u or its derivatives in t, such as u_t`;
      faults.push({ path, part: "key", message });
    }
  }
  if (equation === undefined || points?.initial !== undefined) return;
  for (const name of missingInitial(problem, equation, Object.keys(given))) {
    const message = `lacks "${name}", because the equation has ${name}${name.includes("_") ? "" : "_"}t; expected initial: { ${[...Object.keys(given), name].map((key) => `${key}: …`).join(", ")} }`;
    faults.push({ path: ["initial"], message });
  }
}

/** Whether a name is that of an output or of a derivative of one in t alone. */
export function isInitial(name: string, problem: PinnProblem): boolean {
  const derivative = derivativeOf(name, namesOf(problem));
  const time = pinnVariables(problem).indexOf("t");
  return derivative?.orders.every((order, i) => order === 0 || i === time) ?? false;
}

/** The names of lower order in t than a derivative in the equation that are not given. */
function missingInitial(problem: PinnProblem, equation: Expression, given: readonly string[]): string[] {
  const names = namesOf(problem);
  const time = names.variables.indexOf("t");
  return names.outputs.flatMap((output) => {
    const own = derivativesIn(equation, names).filter((derivative) => derivative.output === output);
    const highest = Math.max(0, ...own.map(({ orders }) => orders[time]));
    const below = Array.from({ length: highest }, (_, order) =>
      order > 0 ? `${output}_${"t".repeat(order)}` : output,
    );
    return below.filter((name) => !given.includes(name));
  });
}

/** What work on an expression gives; undefined where the expression is wrong, which becomes a fault. */
export function attempt<T>(path: Path, faults: Fault[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    faults.push({ path, message: error.message });
    return undefined;
  }
}
