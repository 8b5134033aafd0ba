import { jvp } from "../../graph/differentiate.js";
import * as f from "../../graph/functions.js";
import { coefficientValues } from "./coefficients.js";
import type { Fit } from "./curvature.js";
import { type Expression, namesIn, requireNames } from "./expression.js";
import { foldExpression } from "./foldExpression.js";
import { linearForm } from "./linearForm.js";
import { lowerExpression } from "./lowerExpression.js";
import { parseExpression } from "./parseExpression.js";
import {
  equationNames,
  firstDerivatives,
  type PinnPoints,
  type PinnProblem,
  type Points,
  pinnVariables,
  secondDerivatives,
} from "./pinn.js";

/** The terms of the loss, each [P]; `loss` is their sum. A condition that the problem lacks has no term. */
export interface PinnLoss {
  readonly loss: f.Tensor;
  readonly initial?: f.Tensor;
  readonly boundary?: f.Tensor;
  readonly residual: f.Tensor;
}

/** A network: outputs [P, 1, N] at the columns of `inputs` [V, N], one row per variable. */
type Network = (theta: f.Tensor, inputs: f.Tensor) => f.Tensor;

/**
 * The loss at P parameter points: mean squared errors of the initial condition, of periodicity in every space variable
 * x (of u, and of u_x when the equation has u_xx), and of the residual. `record` receives the squared quantity of each
 * mean.
 */
export function pinnLoss(
  network: Network,
  problem: PinnProblem,
  points: PinnPoints,
  theta: f.Tensor,
  record: (fit: Fit) => void = () => {},
): PinnLoss {
  const meanSquare = (outputs: f.Tensor) => {
    const losses = f.pow(outputs, 2);
    record({ outputs, losses });
    return f.mean(losses, [1, 2]);
  };
  const variables = pinnVariables(problem);
  const equation = foldExpression(parseExpression(problem.equation), coefficientValues(problem.coefficients));
  requireNames(equation, equationNames(variables));
  const uses = new Set(namesIn(equation).map(({ name }) => name));
  const at = (lists: readonly Points[]) => field(network, theta, variables, lists);

  const pairs = Object.entries(points.boundary);
  const known = points.initial ? [points.initial] : [];
  const conditions = [...known, ...pairs.flatMap(([, { lower, upper }]) => [lower, upper])];
  const values = conditions.length > 0 ? at(conditions).value("u") : [];
  const [initial] = known.map(({ u }) => meanSquare(f.sub(values[0], f.constant(u))));
  const jumps = pairs.flatMap(([name, { lower, upper }], i) => {
    const first = known.length + 2 * i;
    const jump = meanSquare(f.sub(values[first], values[first + 1]));
    if (!uses.has(`u_${name}${name}`)) return [jump];
    const [lowerSlope, upperSlope] = at([lower, upper]).value(`u_${name}`);
    return [jump, meanSquare(f.sub(lowerSlope, upperSlope))];
  });
  const residual = meanSquare(residualOf(equation, variables, at([points.collocation]), points.collocation));
  const terms = {
    ...(initial && { initial }),
    ...(jumps.length > 0 && { boundary: jumps.reduce((sum, jump) => f.add(sum, jump)) }),
    residual,
  };
  return { loss: Object.values(terms).reduce((sum, term) => f.add(sum, term)), ...terms };
}

/** u and its derivatives at one or more lists of points, evaluated together. */
interface Field {
  /** u or a derivative such as u_xt, [P, 1, N] for each list. */
  value(name: string): f.Tensor[];
  /** The derivative along a direction, which has an entry for each variable. */
  along(direction: readonly number[]): f.Tensor[];
}

function field(network: Network, theta: f.Tensor, variables: readonly string[], lists: readonly Points[]): Field {
  const counts = lists.map((list) => list[variables[0]].length);
  const size = counts.reduce((sum, count) => sum + count, 0);
  const rows = variables.flatMap((name) => lists.flatMap((list) => [...list[name]]));
  const inputs = f.data(rows, [variables.length, size]);
  // One tangent, repeated for every point, so that the tangent of the first layer is computed for a single column.
  const derivative = (of: f.Tensor, direction: readonly number[]) =>
    jvp([of], [inputs], [f.expand(f.constant(direction, [variables.length, 1]), inputs.shape)])[0];
  const known = new Map([["u", network(theta, inputs)]]);
  const whole = (name: string): f.Tensor => {
    const found = known.get(name);
    if (found) return found;
    const shorter = name.length === 3 ? "u" : name.slice(0, -1);
    const made = derivative(
      whole(shorter),
      variables.map((variable) => (name.endsWith(variable) ? 1 : 0)),
    );
    known.set(name, made);
    return made;
  };
  const split = (tensor: f.Tensor) => {
    let start = 0;
    return counts.map((count) => f.slice(tensor, 2, start, (start += count)));
  };
  return { value: (name) => split(whole(name)), along: (direction) => split(derivative(whole("u"), direction)) };
}

/**
 * The left side of the equation at the points. An expression that is linear in first derivatives needs one directional
 * derivative.
 */
function residualOf(equation: Expression, variables: readonly string[], u: Field, points: Points): f.Tensor {
  const at = (expression: Expression): f.Tensor => {
    const values: Record<string, f.Tensor> = {};
    for (const name of variables) values[name] = f.constant(points[name]);
    for (const { name } of namesIn(expression)) values[name] ??= u.value(name)[0];
    const result = lowerExpression(expression, values);
    return typeof result === "number" ? f.constant(result) : result;
  };
  const used = namesIn(equation);
  const uses = (names: readonly string[]) => used.some(({ name }) => names.includes(name));
  const first = firstDerivatives(variables);
  const linear = uses(first) && !uses(secondDerivatives(variables)) ? linearForm(equation, new Set(first)) : undefined;
  if (!linear) return at(equation);
  const [derivative] = u.along(first.map((name) => linear.coefficients[name] ?? 0));
  return linear.rest ? f.add(derivative, at(linear.rest)) : derivative;
}
