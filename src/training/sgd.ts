import type { UpdateRule } from "./update.js";

export interface SgdOptions {
  /** The share of the previous velocity to keep. Default: 0. */
  momentum?: number;
  /** Looks ahead along the velocity; needs momentum > 0. Default: false. */
  nesterov?: boolean;
  /** This times θ is added to the gradient. Default: 0. */
  weightDecay?: number;
}

/**
 * Gradient descent with momentum and the arithmetic of `torch.optim.SGD`: v ← μv + g (first step v = g), θ ← θ − lr·v,
 * or θ ← θ − lr·(g + μv) with `nesterov`.
 *
 * @throws RangeError for `nesterov` without momentum.
 */
export function sgd({ momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions = {}): UpdateRule {
  if (nesterov && !(momentum > 0)) throw new RangeError(`nesterov needs a momentum above 0, found ${momentum}`);
  return {
    remembers: momentum > 0 ? 1 : 0,
    factors: (_step, lr) => [lr, weightDecay, momentum],
    move(theta, gradient, [velocity], [lr]) {
      for (let i = 0; i < theta.length; i++) {
        let g = gradient[i] + weightDecay * theta[i];
        if (momentum > 0) {
          velocity[i] = momentum * velocity[i] + g;
          g = nesterov ? g + momentum * velocity[i] : velocity[i];
        }
        theta[i] -= lr * g;
      }
    },
    kernel: !(momentum > 0) ? "sgd" : nesterov ? "nesterov" : "momentum",
  };
}
