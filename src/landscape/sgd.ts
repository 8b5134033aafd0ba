import { iterateUpdates } from "./firstOrder.js";
import type { Evaluate, OnIteration, OptimizationResult } from "./optimization.js";

export interface SgdOptions {
  maxIterations: number;
  /** Step size. */
  lr: number;
  /** Share of the last step's velocity that is kept, default 0. */
  momentum?: number;
  /** Look ahead along the velocity; needs momentum > 0. Default false. */
  nesterov?: boolean;
}

/**
 * Gradient descent with momentum and the arithmetic of `torch.optim.SGD`: v ← μv + g (first step v = g), θ ← θ − lr·v, or
 * θ ← θ − lr·(g + μv) with `nesterov`.
 *
 * @throws RangeError for `nesterov` without momentum.
 */
export async function sgd(
  evaluate: Evaluate,
  start: Float64Array,
  { maxIterations, lr, momentum = 0, nesterov = false }: SgdOptions,
  onIteration?: OnIteration,
): Promise<OptimizationResult> {
  if (nesterov && !(momentum > 0)) throw new RangeError(`nesterov needs a momentum above 0, found ${momentum}`);
  const velocity = new Float64Array(start.length);

  function update(theta: Float64Array, gradient: Float64Array): void {
    for (let i = 0; i < theta.length; i++) {
      const g = gradient[i];
      velocity[i] = momentum * velocity[i] + g;
      theta[i] -= lr * (nesterov ? g + momentum * velocity[i] : velocity[i]);
    }
  }
  return iterateUpdates(evaluate, start, maxIterations, update, onIteration);
}
