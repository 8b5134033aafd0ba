import { norm } from "../linalg/vectors.js";

/**
 * Loss and gradient at θ. θ belongs to the optimizer: read it, but do not keep or change it. The gradient has the
 * length of θ and is copied, so one buffer may serve all calls.
 */
export type Evaluate = (theta: Float64Array) => Promise<{ loss: number; gradient: Float64Array }>;

/** One point of a training run. Iteration 0 is the start. */
export interface Iterate {
  iteration: number;
  loss: number;
  /** Euclidean norm of the gradient. */
  gradientNorm: number;
  /** A view that is valid until the callback's promise settles. Copy what you keep. */
  theta: Float64Array;
  /** The state that the run needs to continue from here, as views like theta. Missing at the end. */
  state?: () => OptimizerState;
}

/**
 * The progress of a run. A run that continues from it takes the same course as without the interruption, bit for bit.
 */
export interface OptimizerState {
  readonly iteration: number;
  /** From the start on. */
  readonly losses: ArrayLike<number> & Iterable<number>;
  readonly evaluations: number;
  /** θ, and the memory of the method. */
  readonly vectors: readonly Float64Array[];
  /** For several methods one after another: the present one, and the iterations and evaluations before it. */
  readonly turn?: { readonly method: number; readonly iterations: number; readonly evaluations: number };
}

/**
 * Called, and awaited, once for every iterate with a finite loss and gradient, for progress and checkpoints. True ends
 * the run.
 */
export type OnIteration = (iterate: Iterate) => unknown;

/**
 * The reason why a run ended.
 * - gradient tolerance: max |gᵢ| is at or below the tolerance.
 * - change tolerance: a step moved no weight, or the loss, by more than the tolerance.
 * - directional derivative: the loss no longer falls measurably along the search direction.
 * - maximum iterations, maximum evaluations: the budget is used up.
 * - early stop: the callback ended the run.
 * - non-finite loss: the loss or the gradient is NaN or infinite at every point that the method tries; the result is
 *   the last finite point (or the start, with its loss, when even the start is not finite).
 */
export type StopReason =
  | "gradient tolerance"
  | "change tolerance"
  | "directional derivative"
  | "maximum iterations"
  | "maximum evaluations"
  | "early stop"
  | "non-finite loss";

/** The last iterate with a finite loss and gradient, and the history of the run. */
export interface OptimizationResult {
  theta: Float64Array;
  loss: number;
  gradientNorm: number;
  /** The loss at the start and after each iteration: iterations + 1 entries. */
  losses: Float64Array;
  iterations: number;
  /** The number of calls of `evaluate`, including line searches. */
  evaluations: number;
  reason: StopReason;
}

export interface Evaluated {
  loss: number;
  gradient: Float64Array;
  gradientNorm: number;
  finite: boolean;
}

/**
 * One call of `evaluate`, with its gradient copied. @throws RangeError when the gradient does not have the length of θ.
 */
export async function evaluateAt(evaluate: Evaluate, theta: Float64Array): Promise<Evaluated> {
  const { loss, gradient } = await evaluate(theta);
  if (gradient.length !== theta.length) {
    throw new RangeError(`the gradient has ${gradient.length} entries; expected ${theta.length}, one per weight`);
  }
  const gradientNorm = norm(gradient);
  const finite = Number.isFinite(loss) && Number.isFinite(gradientNorm);
  return { loss, gradient: gradient.slice(), gradientNorm, finite };
}
