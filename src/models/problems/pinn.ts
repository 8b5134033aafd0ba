import type { Coefficients } from "./coefficients.js";

/** A differential equation for u that a network is trained to solve (Raissi et al. 2019). */
export interface PinnProblem {
  readonly kind: "pinn";
  /**
   * The residual: an expression in the variables, u, its first and second derivatives (u_x, u_xt, …) and the
   * coefficients.
   */
  readonly equation: string;
  readonly coefficients?: Coefficients;
  /** Lower and upper bounds of every variable: numbers or constant expressions. t is time, the others are space. */
  readonly domain: Readonly<Record<string, readonly [Bound, Bound]>>;
  /** The number of points along every variable: both ends of t, but not the upper end of a space variable. */
  readonly grid: Readonly<Record<string, number>>;
  /** u at the lower t, an expression in the space variables and the coefficients. Needed when there is a t. */
  readonly initial?: string;
  /** For every space variable. */
  readonly boundary: "periodic";
  /** The exact solution, an expression in the variables and the coefficients. */
  readonly exact?: string;
  readonly collocation: { readonly points: number; readonly seed: number };
  /** Explicit points instead of those of the grid. */
  readonly points?: GivenPoints;
}

export type Bound = number | string;

/**
 * A list of points: for every variable its values (numbers or constant expressions), or the name of an array in the
 * file at `path`.
 */
export type PointList = Readonly<Record<string, string | readonly Bound[]>>;

/** Groups that are left out still come from the grid. */
export interface GivenPoints {
  /** The file of the lists without their own `path`. */
  readonly path?: string;
  /** The points where u is known, and its values there. */
  readonly initial?: PointList;
  /** For every space variable with a condition, pairs of points where u must agree. */
  readonly boundary?: Readonly<Record<string, { readonly lower: PointList; readonly upper: PointList }>>;
  /** The points where the residual must vanish. */
  readonly collocation?: PointList;
}

/** Points of the domain: for every variable a list of its values, all of one length. */
export type Points = Readonly<Record<string, Float64Array>>;

/** The points where the terms of the loss are evaluated. */
export interface PinnPoints {
  /** The points where u is known, with its values; undefined when there is no time. */
  readonly initial?: Points & { readonly u: Float64Array };
  /** For every space variable, pairs of points where u must agree. */
  readonly boundary: Readonly<Record<string, { readonly lower: Points; readonly upper: Points }>>;
  /** The points where the residual must vanish. */
  readonly collocation: Points;
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

/** u_x for every variable x. */
export const firstDerivatives = (variables: readonly string[]) => variables.map((name) => `u_${name}`);

/** u_xx, u_xy for every x, and every y after it. */
export const secondDerivatives = (variables: readonly string[]) =>
  variables.flatMap((first, i) => variables.slice(i).map((second) => `u_${first}${second}`));

/** The names that the equation may use besides the coefficients. */
export const equationNames = (variables: readonly string[]) => [
  ...variables,
  "u",
  ...firstDerivatives(variables),
  ...secondDerivatives(variables),
];
