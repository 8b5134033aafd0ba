import { input } from "../../graph/functions.js";
import type { Fault } from "../../text/fault.js";
import { coefficientFault, coefficientValues } from "./coefficients.js";
import { evaluateExpression } from "./evaluateExpression.js";
import {
  type Expression,
  ExpressionError,
  namesIn,
  parseExpression,
  requireNames,
  reservedNames,
} from "./expression.js";
import { foldExpression, requireFinite } from "./foldExpression.js";
import { lowerExpression } from "./lowerExpression.js";
import { type Bound, equationNames, type PinnProblem, pinnVariables, spaceVariables } from "./pinn.js";
import { validatePoints } from "./validatePoints.js";

/** The grid's points are numbered in memory when collocation points are drawn from it. */
const GRID_LIMIT = 1e8;
/** Initial and boundary points together: the network is evaluated at all of them for every loss. */
const CONDITION_LIMIT = 1e6;

/**
 * What a schema cannot tell about a problem: bad variables, expressions that do not parse, unknown names, empty
 * domains, grids of other variables, too many points.
 */
export function validateProblem(problem: PinnProblem): Fault[] {
  const faults: Fault[] = [];
  const complain = (path: readonly string[], message: string) => faults.push({ path, message });
  const attempt = <T>(path: readonly string[], work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      complain(path, error.message);
      return undefined;
    }
  };

  const variables = pinnVariables(problem);
  for (const name of variables) {
    if (!/^[A-Za-z]$/.test(name)) {
      complain(
        ["domain", name],
        `"${name}" is no variable; expected a single letter, so that u_${name} can be told apart`,
      );
    } else if (name === "u" || reservedNames.includes(name)) {
      complain(["domain", name], `"${name}" already has a meaning in expressions; choose another letter`);
    }
  }
  if (variables.length === 0) complain(["domain"], "names no variable; expected at least one, such as x: [0, 1]");
  // Which names mean what, below, depends on the variables.
  if (faults.length > 0) return faults;

  const coefficients = problem.coefficients ?? {};
  const taken = [...equationNames(variables), ...reservedNames];
  for (const [name, value] of Object.entries(coefficients)) {
    if (!/^[A-Za-z]\w*$/.test(name)) {
      complain(["coefficients", name], `"${name}" is no name; use letters, digits and _, a letter first`);
    } else if (taken.includes(name)) {
      complain(["coefficients", name], `"${name}" already has a meaning in expressions; choose another name`);
    } else {
      const fault = coefficientFault(value);
      if (fault) complain(["coefficients", name], fault);
    }
  }
  // What expressions are, below, depends on the values.
  if (faults.some(({ path }) => path[0] === "coefficients")) return faults;
  const values = coefficientValues(coefficients);

  const parse = (path: string, source: string, names: readonly string[]): Expression | undefined =>
    attempt([path], () => {
      const expression = parseExpression(source);
      requireNames(expression, [...names, ...Object.keys(coefficients)]);
      requireFinite(expression, values);
      return expression;
    });
  const equation = parse("equation", problem.equation, equationNames(variables));
  if (problem.initial !== undefined) parse("initial", problem.initial, spaceVariables(problem));
  if (problem.exact !== undefined) parse("exact", problem.exact, variables);
  const hasTime = variables.includes("t");
  if (hasTime && problem.initial === undefined && problem.points?.initial === undefined) {
    complain([], `lacks "initial": u at the lower end of t, an expression such as "sin(${variables[0]})"`);
  } else if (!hasTime && problem.initial !== undefined) {
    complain(["initial"], `needs the variable t, but the domain has ${variables.join(", ")} only; leave it out`);
  }
  if (equation) {
    const folded = foldExpression(equation, values);
    // A power that cannot be differentiated, for one, shows where the graph is made.
    const names = equationNames(variables);
    attempt(["equation"], () =>
      lowerExpression(folded, Object.fromEntries(names.map((name) => [name, input(name, [1])]))),
    );
    const used = namesIn(folded);
    if (!used.some(({ name }) => name.startsWith("u"))) {
      complain(["equation"], `"${problem.equation}" leaves no term with u or its derivatives; nothing is to be solved`);
    }
  }

  for (const axis of variables) {
    const evaluate = (bound: Bound, i: number) =>
      attempt(["domain", axis, String(i)], () =>
        typeof bound === "number" ? bound : evaluateExpression(parseExpression(bound), {}),
      );
    const [lower, upper] = problem.domain[axis].map(evaluate);
    if (lower !== undefined && upper !== undefined && !(lower < upper && Number.isFinite(upper - lower))) {
      complain(
        ["domain", axis],
        `runs from ${lower} to ${upper}; expected a finite lower bound below a finite upper one`,
      );
    }
    const count = problem.grid[axis];
    if (count === undefined) {
      complain(["grid"], `lacks "${axis}"; expected the number of points along each of ${variables.join(", ")}`);
    } else if (!Number.isInteger(count) || count < 2) {
      complain(["grid", axis], `${count} points; expected a whole number of at least 2`);
    }
  }
  for (const name of Object.keys(problem.grid)) {
    if (!variables.includes(name)) {
      complain(
        ["grid", name],
        `"${name}" is no variable of the domain; expected the points along ${variables.join(", ")}`,
      );
    }
  }
  return [...faults, ...validatePoints(problem), ...countFaults(problem, variables)];
}

/** Whether the points of a problem are too many; nothing where the grid is not known. */
function countFaults({ grid, collocation, points: given = {} }: PinnProblem, variables: readonly string[]): Fault[] {
  const counts = variables.map((name) => grid[name]);
  if (counts.some((count) => !Number.isInteger(count) || count < 2)) return [];
  const faults: Fault[] = [];
  const product = (values: readonly number[]) => values.reduce((size, count) => size * count, 1);
  const size = product(counts);
  if (size > GRID_LIMIT) {
    faults.push({ path: ["grid"], message: `has ${size} points; expected at most ${GRID_LIMIT}` });
  }
  const fromGrid = (name: string) => (name === "t" ? (given.initial ? 0 : 1) : given.boundary ? 0 : 2);
  const conditions = variables.reduce((sum, name, i) => sum + fromGrid(name) * (size / counts[i]), 0);
  if (conditions > CONDITION_LIMIT) {
    const message = `gives ${conditions} initial and boundary points; expected at most ${CONDITION_LIMIT}`;
    faults.push({ path: ["grid"], message });
  }
  const inner = product(counts.map((count) => count - 1));
  const { points } = collocation;
  if (!given.collocation && (!Number.isInteger(points) || points < 1 || points > inner)) {
    const where = counts.length === 2 ? "off its first row and column" : "that lie first along no variable";
    const message = `${points} points; expected 1 to ${inner}, the grid's points ${where}`;
    faults.push({ path: ["collocation", "points"], message });
  }
  return faults;
}
