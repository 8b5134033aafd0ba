/** Functions of one variable, several at once, as a vector of numbers: the state. */
export interface Discretization {
  /** The points at which the functions are known, ascending. */
  readonly nodes: Float64Array;
  /** The state of functions with these values at the nodes, one list a function. */
  state(values: readonly Float64Array[]): Float64Array;
  /** The derivative of a function at the nodes; order 0 is its value. */
  derivative(state: Float64Array, field: number, order: number): Float64Array;
  /** The functions at any points. */
  sample(state: Float64Array, points: Float64Array): Float64Array[];
  /** The time derivative of a state whose functions change at these rates at the nodes. */
  rate(values: readonly Float64Array[]): Float64Array;
  /** The blocks, for etdrk4, of the rates Σ_j Σ_p linear[i][j][p] · ∂^p u_j, as far as they are linear in the state. */
  blocks(linear: LinearPart): Float64Array[];
  /** The part of these rates that does not depend on the state. */
  fixedRate(linear: LinearPart): Float64Array | undefined;
}

/** linear[i][j][p] is the coefficient of the p-th derivative of function j in the rate of function i. */
export type LinearPart = readonly (readonly (readonly number[])[])[];
