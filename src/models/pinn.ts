import { jvp } from "../graph/differentiate.js";
import * as f from "../graph/functions.js";
import { randomStream } from "../linalg/random.js";
import {
  type Expression,
  evaluateExpression,
  foldExpression,
  linearForm,
  lowerExpression,
  namesIn,
  parseExpression,
  requireNames,
} from "./expression.js";

/** A differential equation for u(x, t) that a network is trained to solve (Raissi et al. 2019). */
export interface PinnProblem {
  readonly kind: "pinn";
  /** The residual: an expression in x, t, u, its derivatives u_x, u_t, u_xx, u_xt, u_tt, and the coefficients. */
  readonly equation: string;
  readonly coefficients?: Readonly<Record<string, number>>;
  /** Lower and upper bounds: numbers or constant expressions. */
  readonly domain: { readonly x: readonly [Bound, Bound]; readonly t: readonly [Bound, Bound] };
  /** Points along x (upper end excluded) and t (both ends included). */
  readonly grid: { readonly x: number; readonly t: number };
  /** u(x, lower t), an expression in x and the coefficients. */
  readonly initial: string;
  readonly boundary: "periodic";
  /** The exact solution, an expression in x, t and the coefficients. */
  readonly exact?: string;
  readonly collocation: { readonly points: number; readonly seed: number };
}

export type Bound = number | string;

/** Points of the plane: parallel lists of x and t. */
export interface Points {
  readonly x: Float64Array;
  readonly t: Float64Array;
}

/** Where the terms of the loss are evaluated. */
export interface PinnPoints {
  /** Where and what u is known to be. */
  readonly initial: Points & { readonly u: Float64Array };
  /** Pairs of points where u must agree. */
  readonly boundary: { readonly lower: Points; readonly upper: Points };
  /** Where the residual must vanish. */
  readonly collocation: Points;
}

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
 * Points as Krishnapriyan et al. (2021) choose them: the initial condition on the whole x grid, the boundary at every
 * time, and collocation points drawn without replacement from the grid points with neither the first x nor the first t.
 */
export function pinnPoints(problem: PinnProblem): PinnPoints {
  const { x, t } = axes(problem);
  const [, right] = bounds(problem.domain.x);
  const initial = parseExpression(problem.initial);
  const inner = x.length - 1;
  const { points, seed } = problem.collocation;
  const drawn = randomStream(seed, "collocation").sample(inner * (t.length - 1), points);
  return {
    initial: {
      x,
      t: new Float64Array(x.length).fill(t[0]),
      u: x.map((value) => evaluateExpression(initial, { ...problem.coefficients, x: value })),
    },
    boundary: {
      lower: { x: new Float64Array(t.length).fill(x[0]), t },
      upper: { x: new Float64Array(t.length).fill(right), t },
    },
    collocation: {
      x: Float64Array.from(drawn, (k) => x[1 + (k % inner)]),
      t: Float64Array.from(drawn, (k) => t[1 + Math.floor(k / inner)]),
    },
  };
}

/** Every point of the grid, x fastest. */
export function pinnGrid(problem: PinnProblem): Points {
  const { x, t } = axes(problem);
  const size = x.length * t.length;
  return {
    x: Float64Array.from({ length: size }, (_, k) => x[k % x.length]),
    t: Float64Array.from({ length: size }, (_, k) => t[Math.floor(k / x.length)]),
  };
}

function axes({ domain, grid }: PinnProblem): Points {
  const [left, right] = bounds(domain.x);
  const [start, end] = bounds(domain.t);
  return {
    x: Float64Array.from({ length: grid.x }, (_, i) => left + ((right - left) * i) / grid.x),
    t: Float64Array.from({ length: grid.t }, (_, i) => start + ((end - start) * i) / (grid.t - 1)),
  };
}

const bounds = (pair: readonly [Bound, Bound]) => pair.map(boundValue);
const boundValue = (bound: Bound) =>
  typeof bound === "number" ? bound : evaluateExpression(parseExpression(bound), {});

/** The exact solution at given points, if the problem states one. */
export function pinnExact(problem: PinnProblem, { x, t }: Points): Float64Array | undefined {
  if (problem.exact === undefined) return undefined;
  const exact = parseExpression(problem.exact);
  return x.map((value, i) => evaluateExpression(exact, { ...problem.coefficients, x: value, t: t[i] }));
}

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

const firstDerivatives = new Set(["u_x", "u_t"]);
const secondDerivatives = new Set(["u_xx", "u_xt", "u_tt"]);

/** The names that each expression of a problem may use besides the coefficients. */
export const pinnNames = {
  equation: ["x", "t", "u", ...firstDerivatives, ...secondDerivatives],
  initial: ["x"],
  exact: ["x", "t"],
} as const;

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

/** How far a computed u is from the exact one: ‖u − û‖₂/‖u‖₂, mean |u − û|, and max |u − û| / max |u|. */
export function pinnErrors(
  computed: Float64Array,
  exact: Float64Array,
): { relativeL2: number; meanAbsolute: number; relativeLInfinity: number } {
  if (computed.length !== exact.length) {
    throw new RangeError(`${computed.length} computed values but ${exact.length} exact ones`);
  }
  const errors = exact.map((value, i) => Math.abs(value - computed[i]));
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const largest = (values: Float64Array) => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return {
    relativeL2: norm(errors) / norm(exact),
    meanAbsolute: errors.reduce((sum, value) => sum + value, 0) / errors.length,
    relativeLInfinity: largest(errors) / largest(exact),
  };
}
