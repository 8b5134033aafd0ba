import type { Update } from "./update.js";

export interface SgdOptions {
  /** Share of the last step's velocity that is kept, default 0. */
  momentum?: number;
  /** Look ahead along the velocity; needs momentum > 0. Default false. */
  nesterov?: boolean;
  /** This times θ joins the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * Gradient descent with momentum and the arithmetic of `torch.optim.SGD`: v ← μv + g (first step v = g), θ ← θ − lr·v, or
 * θ ← θ − lr·(g + μv) with `nesterov`.
 *
 * @throws RangeError for `nesterov` without momentum.
 */
export function sgd(size: number, { momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions = {}): Update {
  if (nesterov && !(momentum > 0)) throw new RangeError(`nesterov needs a momentum above 0, found ${momentum}`);
  const velocity = new Float64Array(momentum > 0 ? size : 0);
  return {
    memory: momentum > 0 ? [velocity] : [],
    apply(theta, gradient, _step, lr) {
      for (let i = 0; i < size; i++) {
        let g = gradient[i] + weightDecay * theta[i];
        if (momentum > 0) {
          velocity[i] = momentum * velocity[i] + g;
          g = nesterov ? g + momentum * velocity[i] : velocity[i];
        }
        theta[i] -= lr * g;
      }
    },
  };
}
