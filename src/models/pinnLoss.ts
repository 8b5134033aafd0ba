import { jvp } from "../graph/differentiate.js";
import * as f from "../graph/functions.js";
import { type Expression, namesIn, parseExpression, requireNames } from "./expression.js";
import { foldExpression } from "./foldExpression.js";
import { linearForm } from "./linearForm.js";
import { lowerExpression } from "./lowerExpression.js";
import {
  firstDerivatives,
  type PinnPoints,
  type PinnProblem,
  type Points,
  pinnNames,
  secondDerivatives,
} from "./pinn.js";

/** The terms of the loss, each [P]; `loss` is the sum of the others. */
export interface PinnLoss {
  readonly loss: f.Tensor;
  readonly initial: f.Tensor;
  readonly boundary: f.Tensor;
  readonly residual: f.Tensor;
}

/** A network: outputs [P, 1, N] at the columns (x, t) of `inputs` [2, N]. */
type Network = (theta: f.Tensor, inputs: f.Tensor) => f.Tensor;

/**
 * The loss at P points of parameters: mean squared errors of the initial condition, of periodicity (of u, and of u_x when
 * the equation has a second derivative in x), and of the residual.
 */
export function pinnLoss(network: Network, problem: PinnProblem, points: PinnPoints, theta: f.Tensor): PinnLoss {
  const equation = foldExpression(parseExpression(problem.equation), problem.coefficients ?? {});
  requireNames(equation, pinnNames.equation);
  const { lower, upper } = points.boundary;
  const u = field(network, theta, [points.initial, lower, upper]);
  const [atInitial, atLower, atUpper] = u.value("u");
  const initial = meanSquare(f.sub(atInitial, f.constant(points.initial.u)));
  let boundary = meanSquare(f.sub(atLower, atUpper));
  if (namesIn(equation).some(({ name }) => name === "u_xx")) {
    const [lowerSlope, upperSlope] = field(network, theta, [lower, upper]).value("u_x");
    boundary = f.add(boundary, meanSquare(f.sub(lowerSlope, upperSlope)));
  }
  const residual = meanSquare(residualOf(equation, field(network, theta, [points.collocation]), points.collocation));
  return { loss: f.add(f.add(initial, boundary), residual), initial, boundary, residual };
}

/** u and its derivatives at one or several lists of points, evaluated together. */
interface Field {
  /** u or a derivative such as u_xt, [P, 1, N] for each list. */
  value(name: string): f.Tensor[];
  /** The derivative along a direction (dx, dt). */
  along(direction: readonly [number, number]): f.Tensor[];
}

function field(network: Network, theta: f.Tensor, lists: readonly Points[]): Field {
  const join = (axis: "x" | "t") => lists.flatMap((list) => [...list[axis]]);
  const [x, t] = [join("x"), join("t")];
  const inputs = f.data([...x, ...t], [2, x.length]);
  // One tangent, repeated for every point: the first layer's tangent is then computed for one column only.
  const derivative = (of: f.Tensor, direction: readonly [number, number]) =>
    jvp([of], [inputs], [f.expand(f.constant(direction, [2, 1]), inputs.shape)])[0];
  const known = new Map([["u", network(theta, inputs)]]);
  const whole = (name: string): f.Tensor => {
    const found = known.get(name);
    if (found) return found;
    const shorter = name.length === 3 ? "u" : name.slice(0, -1);
    const made = derivative(whole(shorter), name.endsWith("x") ? [1, 0] : [0, 1]);
    known.set(name, made);
    return made;
  };
  const split = (tensor: f.Tensor) => {
    let start = 0;
    return lists.map((list) => f.slice(tensor, 2, start, (start += list.x.length)));
  };
  return { value: (name) => split(whole(name)), along: (direction) => split(derivative(whole("u"), direction)) };
}

/** The equation's left side at the points. An expression linear in u_x and u_t needs one directional derivative, not two. */
function residualOf(equation: Expression, u: Field, points: Points): f.Tensor {
  const at = (expression: Expression): f.Tensor => {
    const values: Record<string, f.Tensor> = { x: f.constant(points.x), t: f.constant(points.t) };
    for (const { name } of namesIn(expression)) values[name] ??= u.value(name)[0];
    const result = lowerExpression(expression, values);
    return typeof result === "number" ? f.constant(result) : result;
  };
  const used = namesIn(equation);
  const uses = (names: ReadonlySet<string>) => used.some(({ name }) => names.has(name));
  const linear =
    uses(firstDerivatives) && !uses(secondDerivatives) ? linearForm(equation, firstDerivatives) : undefined;
  if (!linear) return at(equation);
  const { u_x = 0, u_t = 0 } = linear.coefficients;
  const [derivative] = u.along([u_x, u_t]);
  return linear.rest ? f.add(derivative, at(linear.rest)) : derivative;
}

/** The mean over everything but the parameter points: [P, 1, N] → [P]. */
const meanSquare = (x: f.Tensor) => f.mean(f.pow(x, 2), [1, 2]);
