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

export const firstDerivatives = new Set(["u_x", "u_t"]);
export const secondDerivatives = new Set(["u_xx", "u_xt", "u_tt"]);

/** The names that each expression of a problem may use besides the coefficients. */
export const pinnNames = {
  equation: ["x", "t", "u", ...firstDerivatives, ...secondDerivatives],
  initial: ["x"],
  exact: ["x", "t"],
} as const;
