import { local } from "../linalg/webAssembly.js";
import type { UpdateRule } from "./update.js";
import { minus, over, plus, root, times } from "./updateKernel.js";

export interface AdamOptions {
  /** Decay of the running means of the gradient and of its square, each in [0, 1), default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Added to the root of the mean square, default 1e-8. */
  epsilon?: number;
  /** Default 0. */
  weightDecay?: number;
  /** AdamW (Loshchilov & Hutter 2019): θ shrinks by 1 − lr·weightDecay, instead of weightDecay·θ joining the gradient. */
  decoupled?: boolean;
}

/** Adam (Kingma & Ba 2015) with the arithmetic of `torch.optim.Adam` and `AdamW`: ε is added after the bias correction. */
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
    movePair({ theta, gradient, memory: [mean, meanSquare], factors }) {
      const [x, g, m, v] = [theta, gradient, mean, meanSquare].map(local.get);
      const [joining, kept, stepSize, correction, share1, beta, share2, eps] = factors.map(local.get);
      return [
        [plus(g, times(joining, x)), local.set(gradient)],
        [plus(m, times(share1, minus(g, m))), local.set(mean)],
        [plus(times(beta, v), times(times(share2, g), g)), local.set(meanSquare)],
        minus(times(kept, x), over(times(stepSize, m), plus(over(root(v), correction), eps))),
        local.set(theta),
      ];
    },
  };
}
