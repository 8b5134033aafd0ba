import { norm } from "../linalg/vectors.js";

/**
 * Loss and gradient at θ. θ belongs to the optimizer: read it, do not keep or change it. The gradient has the length of
 * θ and is copied, so one buffer may serve every call.
 */
export type Evaluate = (theta: Float64Array) => Promise<{ loss: number; gradient: Float64Array }>;

/** One point of a training run. Iteration 0 is the start. */
export interface Iterate {
  iteration: number;
  loss: number;
  /** Euclidean norm of the gradient. */
  gradientNorm: number;
  /** A view that is valid until the callback's promise settles: copy what must last. */
  theta: Float64Array;
  /** What the run needs to go on from here, as views like theta; absent where it ends. */
  state?: () => OptimizerState;
}

/** How far a run is: given it again, it takes the same course as if it had never stopped, bit for bit. */
export interface OptimizerState {
  readonly iteration: number;
  /** From the start on. */
  readonly losses: ArrayLike<number> & Iterable<number>;
  readonly evaluations: number;
  /** θ, and what the method remembers. */
  readonly vectors: readonly Float64Array[];
}

/**
 * Called, and awaited, once for every iterate with a finite loss and gradient: progress, checkpoints. True ends the
 * run.
 */
export type OnIteration = (iterate: Iterate) => unknown;

/**
 * Why a run ended.
 * - gradient tolerance: max |gᵢ| is at or below the tolerance.
 * - change tolerance: a step moved no weight, or the loss, by more than the tolerance.
 * - directional derivative: the loss no longer falls measurably along the search direction.
 * - maximum iterations, maximum evaluations: the budget is spent.
 * - early stop: the callback asked for it.
 * - non-finite loss: the loss or the gradient is NaN or infinite wherever the method wants to go; the result is the
 *   last finite point (the start, with its loss as it is, where already the start is not finite).
 */
export type StopReason =
  | "gradient tolerance"
  | "change tolerance"
  | "directional derivative"
  | "maximum iterations"
  | "maximum evaluations"
  | "early stop"
  | "non-finite loss";

/** The last iterate with a finite loss and gradient, and how the run got there. */
export interface OptimizationResult {
  theta: Float64Array;
  loss: number;
  gradientNorm: number;
  /** Loss at the start and after each iteration: iterations + 1 entries. */
  losses: Float64Array;
  iterations: number;
  /** Calls of `evaluate`, those of line searches included. */
  evaluations: number;
  reason: StopReason;
}

export interface Evaluated {
  loss: number;
  gradient: Float64Array;
  gradientNorm: number;
  finite: boolean;
}

/** One call of `evaluate`, its gradient copied. @throws RangeError where the gradient has not the length of θ. */
export async function evaluateAt(evaluate: Evaluate, theta: Float64Array): Promise<Evaluated> {
  const { loss, gradient } = await evaluate(theta);
  if (gradient.length !== theta.length) {
    throw new RangeError(`the gradient has ${gradient.length} entries; expected ${theta.length}, one per weight`);
  }
  const gradientNorm = norm(gradient);
  const finite = Number.isFinite(loss) && Number.isFinite(gradientNorm);
  return { loss, gradient: gradient.slice(), gradientNorm, finite };
}
