import { iterateUpdates } from "./firstOrder.js";
import type { Evaluate, OnIteration, OptimizationResult } from "./optimization.js";

export interface AdamOptions {
  maxIterations: number;
  /** Step size, default 1e-3. */
  lr?: number;
  /** Decay of the running means of the gradient and of its square, each in [0, 1), default [0.9, 0.999]. */
  betas?: [number, number];
  /** Added to the root of the mean square, default 1e-8. */
  eps?: number;
}

/** Adam (Kingma & Ba 2015) with the arithmetic of `torch.optim.Adam`: ε is added after the bias correction. */
export async function adam(
  evaluate: Evaluate,
  start: Float64Array,
  { maxIterations, lr = 1e-3, betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8 }: AdamOptions,
  onIteration?: OnIteration,
): Promise<OptimizationResult> {
  const mean = new Float64Array(start.length);
  const meanSquare = new Float64Array(start.length);

  function update(theta: Float64Array, gradient: Float64Array, step: number): void {
    const stepSize = lr / (1 - beta1 ** step);
    const correction = Math.sqrt(1 - beta2 ** step);
    for (let i = 0; i < theta.length; i++) {
      const g = gradient[i];
      mean[i] += (1 - beta1) * (g - mean[i]);
      meanSquare[i] = beta2 * meanSquare[i] + (1 - beta2) * g * g;
      theta[i] -= (stepSize * mean[i]) / (Math.sqrt(meanSquare[i]) / correction + eps);
    }
  }
  return iterateUpdates(evaluate, start, maxIterations, update, onIteration);
}
