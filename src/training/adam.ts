import type { UpdateRule } from "./update.js";

export interface AdamOptions {
  /** Decay of the running means of the gradient and of its square, each in [0, 1). Default: [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Added to the root of the mean square. Default: 1e-8. */
  epsilon?: number;
  /** Default: 0. */
  weightDecay?: number;
  /**
   * AdamW (Loshchilov & Hutter 2019): θ shrinks by 1 − lr·weightDecay. Otherwise weightDecay·θ is added to the
   * gradient.
   */
  decoupled?: boolean;
}

/**
 * Adam (Kingma & Ba 2015) with the arithmetic of `torch.optim.Adam` and `AdamW`: ε is added after the bias correction.
 */
export function adam({
  betas: [beta1, beta2] = [0.9, 0.999],
  epsilon = 1e-8,
  weightDecay = 0,
  decoupled = false,
}: AdamOptions = {}): UpdateRule {
  return {
    remembers: 2,
    factors: (step, lr) => [
      decoupled ? 0 : weightDecay,
      decoupled ? 1 - lr * weightDecay : 1,
      lr / (1 - beta1 ** step),
      Math.sqrt(1 - beta2 ** step),
      ...[1 - beta1, beta2, 1 - beta2, epsilon],
    ],
    move(theta, gradient, [mean, meanSquare], [joining, kept, stepSize, correction]) {
      for (let i = 0; i < theta.length; i++) {
        const g = gradient[i] + joining * theta[i];
        const m = mean[i] + (1 - beta1) * (g - mean[i]);
        const v = beta2 * meanSquare[i] + (1 - beta2) * g * g;
        mean[i] = m;
        meanSquare[i] = v;
        theta[i] = kept * theta[i] - (stepSize * m) / (Math.sqrt(v) / correction + epsilon);
      }
    },
    kernel: "adam",
  };
}
