import type { Values } from "../graph/backend.js";

/** A method that takes one gradient a step, with what it remembers between steps. */
export interface Update {
  /** Moves θ in place along −gradient; `step` counts from 1, `lr` is the step size. The gradient is left as it is. */
  apply(theta: Float64Array, gradient: Values, step: number, lr: number): void;
  /** What it remembers, one number for each of θ: to be stored, or to be overwritten, where a training goes on later. */
  readonly memory: readonly Float64Array[];
}
