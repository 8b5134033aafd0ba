import { local } from "../linalg/webAssembly.js";
import type { UpdateRule } from "./update.js";
import { minus, plus, times } from "./updateKernel.js";

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
    movePair({ theta, gradient, memory: [velocity], factors }) {
      const [x, g, lr, decay, mu] = [theta, gradient, ...factors].map(local.get);
      const decayed = [plus(g, times(decay, x)), local.set(gradient)];
      const along = (direction: number[]) => [minus(x, times(lr, direction)), local.set(theta)];
      if (!(momentum > 0)) return [decayed, along(g)];
      const v = local.get(velocity);
      const kept = [decayed, plus(times(mu, v), g), local.set(velocity)];
      const ahead = [plus(g, times(mu, v)), local.set(gradient)];
      return nesterov ? [kept, ahead, along(g)] : [kept, along(v)];
    },
  };
}
