import { input } from "../../graph/functions.js";
import type { Fault } from "../../text/fault.js";
import { coefficientFault, coefficientValues } from "./coefficients.js";
import { evaluateExpression } from "./evaluateExpression.js";
import { type Expression, ExpressionError, namesIn, requireNames, reservedNames } from "./expression.js";
import { foldExpression, requireFinite } from "./foldExpression.js";
import { lowerExpression } from "./lowerExpression.js";
import { parseExpression } from "./parseExpression.js";
import { type Bound, equationNames, type PinnProblem, pinnVariables, spaceVariables } from "./pinn.js";
import { validatePoints } from "./validatePoints.js";

/** The largest grid. Its points are numbered in memory to draw collocation points. */
const GRID_LIMIT = 1e8;
/** The most initial and boundary points, because every loss evaluates the network at all of them. */
const CONDITION_LIMIT = 1e6;

/**
 * Faults of a problem that a schema cannot find: bad variables, expressions that do not parse, unknown names, empty
 * domains, grids of other variables, too many points.
 */
export function validateProblem(problem: PinnProblem): Fault[] {
  const variables = pinnVariables(problem);
  const badVariables = variableFaults(variables);
  // The meaning of names in the checks below depends on the variables.
  if (badVariables.length > 0) return badVariables;
  const badCoefficients = coefficientFaults(problem, variables);
  // The checks of expressions below depend on the values.
  if (badCoefficients.length > 0) return badCoefficients;
  return [
    ...expressionFaults(problem, variables),
    ...domainFaults(problem, variables),
    ...validatePoints(problem),
    ...countFaults(problem, variables),
  ];
}

function variableFaults(variables: readonly string[]): Fault[] {
  if (variables.length === 0) {
    return [{ path: ["domain"], message: "names no variable; expected at least one, such as x: [0, 1]" }];
  }
  return variables.flatMap((name) => {
    const path = ["domain", name];
    if (!/^[A-Za-z]$/.test(name)) {
      const rule = `expected a single letter, so that u_${name} is unambiguous`;
      return [{ path, message: `"${name}" is not a variable; ${rule}` }];
    }
    if (name !== "u" && !reservedNames.includes(name)) return [];
    return [{ path, message: `"${name}" already has a meaning in expressions; choose another letter` }];
  });
}

function coefficientFaults({ coefficients = {} }: PinnProblem, variables: readonly string[]): Fault[] {
  const taken = [...equationNames(variables), ...reservedNames];
  return Object.entries(coefficients).flatMap(([name, value]) => {
    const path = ["coefficients", name];
    if (!/^[A-Za-z]\w*$/.test(name)) {
      return [{ path, message: `"${name}" is not a name; use letters, digits and _, a letter first` }];
    }
    if (taken.includes(name)) {
      return [{ path, message: `"${name}" already has a meaning in expressions; choose another name` }];
    }
    const message = coefficientFault(value);
    return message === undefined ? [] : [{ path, message }];
  });
}

/** Faults of the equation, of the initial values and of the exact solution. */
function expressionFaults(problem: PinnProblem, variables: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  const coefficients = problem.coefficients ?? {};
  const values = coefficientValues(coefficients);
  const parse = (path: string, source: string, names: readonly string[]): Expression | undefined =>
    attempt([path], faults, () => {
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
    const example = `u at the lower end of t, an expression such as "sin(${variables[0]})"`;
    faults.push({ path: [], message: `lacks "initial": ${example}` });
  } else if (!hasTime && problem.initial !== undefined) {
    const message = `needs the variable t, but the domain has ${variables.join(", ")} only; leave it out`;
    faults.push({ path: ["initial"], message });
  }
  if (equation === undefined) return faults;
  const folded = foldExpression(equation, values);
  // Some faults, such as a power that cannot be differentiated, only show when the graph is built.
  const names = equationNames(variables);
  attempt(["equation"], faults, () =>
    lowerExpression(folded, Object.fromEntries(names.map((name) => [name, input(name, [1])]))),
  );
  if (!namesIn(folded).some(({ name }) => name.startsWith("u"))) {
    const message = `"${problem.equation}" has no term with u or its derivatives; expected an equation for u`;
    faults.push({ path: ["equation"], message });
  }
  return faults;
}

/** Faults of the bounds of the domain, and of the number of grid points along each variable. */
function domainFaults({ domain, grid }: PinnProblem, variables: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  for (const axis of variables) {
    const evaluate = (bound: Bound, i: number) =>
      attempt(["domain", axis, String(i)], faults, () =>
        typeof bound === "number" ? bound : evaluateExpression(parseExpression(bound), {}),
      );
    const [lower, upper] = domain[axis].map(evaluate);
    if (lower !== undefined && upper !== undefined && !(lower < upper && Number.isFinite(upper - lower))) {
      const message = `runs from ${lower} to ${upper}; expected a finite lower bound below a finite upper one`;
      faults.push({ path: ["domain", axis], message });
    }
    const count = grid[axis];
    if (count === undefined) {
      const message = `lacks "${axis}"; expected the number of points along each of ${variables.join(", ")}`;
      faults.push({ path: ["grid"], message });
    } else if (!Number.isInteger(count) || count < 2) {
      faults.push({ path: ["grid", axis], message: `${count} points; expected a whole number of at least 2` });
    }
  }
  for (const name of Object.keys(grid).filter((name) => !variables.includes(name))) {
    const message = `"${name}" is not a variable of the domain; expected the points along ${variables.join(", ")}`;
    faults.push({ path: ["grid", name], message });
  }
  return faults;
}

/** What work on an expression gives; undefined where the expression is wrong, which becomes a fault. */
function attempt<T>(path: readonly string[], faults: Fault[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    faults.push({ path, message: error.message });
    return undefined;
  }
}

/** The fault of too many points; nothing when the grid is unknown. */
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
    const where = counts.length === 2 ? "off its first row and column" : "that are not the first along any variable";
    const message = `${points} points; expected 1 to ${inner}, the number of grid points ${where}`;
    faults.push({ path: ["collocation", "points"], message });
  }
  return faults;
}
