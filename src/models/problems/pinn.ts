import type { Tensor } from "../../graph/tensor.js";
import type { Coefficients } from "./coefficients.js";
import type { SolutionNames } from "./solutionNames.js";

/** A differential equation that a network is trained to solve (Raissi et al. 2019). */
export interface PinnProblem {
  readonly kind: "pinn";
  /** What is solved for, in the order of the network's outputs. Default: u alone. */
  readonly outputs?: readonly string[];
  /**
   * What must vanish, or several such, by name: an expression in the variables, u, its derivatives (u_x, u_xt, …) and
   * the coefficients. With an equals sign, the left side minus the right one.
   */
  readonly equation: string | Readonly<Record<string, string>>;
  readonly coefficients?: Coefficients;
  /** Lower and upper bounds of every variable: numbers or constant expressions. t is time, the others are space. */
  readonly domain: Readonly<Record<string, readonly [Bound, Bound]>>;
  /** The number of points along every variable: both ends of it, but not the upper end where space is periodic. */
  readonly grid: Readonly<Record<string, number>>;
  /**
   * u at the lower t, an expression in the space variables and the coefficients; or by name, u and its derivatives in
   * t. Needed when there is a t.
   */
  readonly initial?: string | Readonly<Record<string, string>>;
  /** For all space variables together, or for each. */
  readonly boundary: "periodic" | "none" | Readonly<Record<string, AxisBoundary>>;
  /** The part of the domain on which the equation holds, if not all: comparisons of space variables. */
  readonly inside?: string;
  /** The condition on the edge of `inside`. */
  readonly edge?: FaceCondition;
  /** What the network takes instead of the variables: expressions in them and the coefficients. */
  readonly features?: readonly string[];
  /** u from the network's output N, so that it meets conditions exactly; or by output. */
  readonly transform?: string | Readonly<Record<string, string>>;
  /** The weights of terms of the loss, or of groups of terms: initial, boundary, residual. Default: 1. */
  readonly weights?: Readonly<Record<string, number>>;
  /** The weights of the points of terms, by term, as a training with self-adaptive weights leaves them. Default: 1. */
  readonly pointWeights?: Readonly<Record<string, readonly number[]>>;
  /** Coefficients that are trained beside the weights, with their first values. */
  readonly unknowns?: Coefficients;
  /** Measurements of the exact solution. */
  readonly data?: { readonly points: number; readonly noise?: number; readonly seed?: number };
  /** The exact solution, an expression in the variables and the coefficients; or by output. */
  readonly exact?: string | Readonly<Record<string, string>>;
  readonly collocation: Collocation;
  /** Explicit points instead of those of the grid. */
  readonly points?: GivenPoints;
}

/** How the points of the loss are chosen. */
export interface Collocation {
  /** The number of points where the residual is evaluated. */
  readonly points: number;
  readonly seed: number;
  /** The source of points: those of the grid, or anywhere. Default: grid. */
  readonly method?: "grid" | "uniform" | "latin-hypercube" | "sobol";
  /** The number of points at the lower t. Default: the whole grid there. */
  readonly initial?: number;
  /** The number of points on each face, and on the edge. Default: the whole grid there. */
  readonly boundary?: number;
}

/** The condition of a space variable: at both ends together, or at each. */
export type AxisBoundary = "periodic" | "none" | Readonly<Record<Side, FaceCondition>>;

/** The faces of the domain at the ends of a variable. */
export const sides = ["lower", "upper"] as const;
export type Side = (typeof sides)[number];

/** Equations, such as "u = 0" or "u_x + 2*u = sin(t)", that hold on a face. */
export type FaceCondition = string | readonly string[];

export type Bound = number | string;

/**
 * A list of points: for every variable its values (numbers or constant expressions), or the name of an array in the
 * file at `path`.
 */
export type PointList = Readonly<Record<string, string | readonly Bound[]>>;

/** Groups that are left out still come from the grid. */
export interface GivenPoints {
  /** How a training came to the residual points, for a list that it made: "drawn by their residuals after …". */
  readonly origin?: string;
  /** The file of the lists without their own `path`. */
  readonly path?: string;
  /** The points where u is known, and its values there. */
  readonly initial?: PointList;
  /** For every space variable with a condition, the points of its faces: pairs, where it is periodic. */
  readonly boundary?: Readonly<Record<string, Readonly<Record<Side, PointList>>>>;
  /** The points where the residual must vanish. */
  readonly collocation?: PointList;
  /** Measurements: points, and the values of outputs there. */
  readonly data?: PointList;
}

/** The values of a variable at points: numbers, or a tensor [N] that the computation is fed. */
export type Column = Float64Array | Tensor;

/** Points of the domain: for every variable a list of its values, all of one length. */
export type Points<C = Float64Array> = Readonly<Record<string, C>>;

/** The points where the terms of the loss are evaluated. */
export interface PinnPoints<C = Float64Array> {
  /** The points where u is known, with its values (and those of u_t, …); undefined when there is no time. */
  readonly initial?: Points<C>;
  /** For every space variable, the points of its faces: pairs, where it is periodic. */
  readonly boundary: Readonly<Record<string, Readonly<Record<Side, Points<C>>>>>;
  /** The points of the edge of `inside`, if it has a condition. */
  readonly edge?: Points<C>;
  /** The points where the residual must vanish. */
  readonly collocation: Points<C>;
  /** Measurements: points, and the values of outputs there. */
  readonly data?: Points<C>;
}

/**
 * The variables in the order of the network's inputs: space in alphabetical order, then time, in whatever order they
 * are written.
 */
export function pinnVariables({ domain }: Pick<PinnProblem, "domain">): string[] {
  return [...spaceVariables({ domain }), ...(Object.hasOwn(domain, "t") ? ["t"] : [])];
}

/** The variables without t. */
export function spaceVariables({ domain }: Pick<PinnProblem, "domain">): string[] {
  return Object.keys(domain)
    .filter((name) => name !== "t")
    .sort();
}

/** What the network's outputs are called. */
export const pinnOutputs = ({ outputs = ["u"] }: Pick<PinnProblem, "outputs">): readonly string[] => outputs;

/** The names of a problem. */
export const namesOf = (problem: Pick<PinnProblem, "domain" | "outputs">): SolutionNames => ({
  variables: pinnVariables(problem),
  outputs: pinnOutputs(problem),
});

/** What is given for one output as a text, or for several by name. */
export function ofOutputs(
  given: string | Readonly<Record<string, string>> | undefined,
  problem: Pick<PinnProblem, "outputs">,
): Readonly<Record<string, string>> {
  return typeof given === "string" ? { [pinnOutputs(problem)[0]]: given } : (given ?? {});
}

/** The conditions of a space variable: periodic, or those of its faces. */
export function boundaryOf(
  { boundary }: Pick<PinnProblem, "boundary">,
  name: string,
): "periodic" | Readonly<Record<Side, FaceCondition>> {
  const condition = typeof boundary === "string" ? boundary : boundary[name];
  return condition === "none" ? { lower: "none", upper: "none" } : condition;
}

/** The quantities that are given at the lower t: u, u_t, …; in the order of their list of points or their mapping. */
export function initialNames(problem: PinnProblem): string[] {
  const { domain, initial, points } = problem;
  const listed = Object.keys(points?.initial ?? {}).filter((name) => name !== "path" && !Object.hasOwn(domain, name));
  if (listed.length > 0) return listed;
  if (initial === "none") return [];
  return typeof initial === "object" ? Object.keys(initial) : pinnOutputs(problem).slice(0, 1);
}

/** The equations of a face. */
export const faceEquations = (condition: FaceCondition): readonly string[] =>
  condition === "none" ? [] : typeof condition === "string" ? [condition] : condition;
