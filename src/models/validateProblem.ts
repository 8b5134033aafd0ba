import { evaluateExpression } from "./evaluateExpression.js";
import {
  type Expression,
  ExpressionError,
  namesIn,
  parseExpression,
  requireNames,
  reservedNames,
} from "./expression.js";
import { foldExpression } from "./foldExpression.js";
import { type Bound, type PinnProblem, pinnNames } from "./pinn.js";

/** Something wrong at a place of the problem's description. */
export interface Complaint {
  readonly path: readonly string[];
  readonly message: string;
}

/** What a schema cannot tell about a problem: expressions that do not parse, unknown names, empty domains, too many points. */
export function validateProblem(problem: PinnProblem): Complaint[] {
  const complaints: Complaint[] = [];
  const complain = (path: readonly string[], message: string) => complaints.push({ path, message });
  const attempt = <T>(path: readonly string[], work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      complain(path, error.message);
      return undefined;
    }
  };

  const coefficients = problem.coefficients ?? {};
  const taken = [...pinnNames.equation, ...reservedNames];
  for (const [name, value] of Object.entries(coefficients)) {
    if (!/^[A-Za-z]\w*$/.test(name)) {
      complain(["coefficients", name], `"${name}" is no name; use letters, digits and _, a letter first`);
    } else if (taken.includes(name)) {
      complain(["coefficients", name], `"${name}" already has a meaning in expressions; choose another name`);
    } else if (!Number.isFinite(value)) {
      complain(["coefficients", name], `${name} is ${value}; expected a finite number`);
    }
  }

  const parse = (path: string, source: string, names: readonly string[]): Expression | undefined =>
    attempt([path], () => {
      const expression = parseExpression(source);
      requireNames(expression, [...names, ...Object.keys(coefficients)]);
      return expression;
    });
  const equation = parse("equation", problem.equation, pinnNames.equation);
  parse("initial", problem.initial, pinnNames.initial);
  if (problem.exact !== undefined) parse("exact", problem.exact, pinnNames.exact);
  if (equation) {
    const used = namesIn(foldExpression(equation, coefficients));
    if (!used.some(({ name }) => name.startsWith("u"))) {
      complain(["equation"], `"${problem.equation}" leaves no term with u or its derivatives; nothing is to be solved`);
    }
  }

  for (const axis of ["x", "t"] as const) {
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
    if (!Number.isInteger(count) || count < 2) {
      complain(["grid", axis], `${count} points; expected a whole number of at least 2`);
    }
  }
  const inner = (problem.grid.x - 1) * (problem.grid.t - 1);
  const { points } = problem.collocation;
  if (!Number.isInteger(points) || points < 1 || points > inner) {
    complain(
      ["collocation", "points"],
      `${points} points; expected 1 to ${inner}, the grid's points off its first row and column`,
    );
  }
  return complaints;
}
