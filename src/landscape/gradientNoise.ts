import { dot } from "../linalg/vectors.js";

/** The deviation of the gradients of mini-batches g_b with weights w_b (which add up to 1) from their mean g. */
export interface GradientNoise {
  /** ‖g‖². */
  squaredNorm: number;
  /** tr Σ w_b (g_b − g)(g_b − g)ᵀ, the trace of the covariance: at least 0. */
  variance: number;
  /**
   * Σ w_b ‖g_b‖² / ‖g‖²: 1 when all agree, and larger the more they cancel. Yin et al. (2018) call this divided by the
   * number of batches the gradient diversity.
   */
  diversity: number;
}

/**
 * Accumulates gradients as they arrive, with the accuracy of two passes, because it takes differences from the first
 * gradient.
 */
export function gradientNoise(): { add(gradient: Float64Array, weight: number): void; result(): GradientNoise } {
  let first: Float64Array | undefined;
  let shift: Float64Array | undefined;
  let total = 0;
  let squares = 0;
  return {
    add(gradient, weight) {
      first ??= gradient.slice();
      shift ??= new Float64Array(gradient.length);
      const difference = gradient.slice();
      for (let i = 0; i < difference.length; i++) {
        difference[i] -= first[i];
        shift[i] += weight * difference[i];
      }
      total += weight;
      squares += weight * dot(difference, difference);
    },
    result() {
      if (!first || !shift) throw new RangeError("found no gradient; expected those of the mini-batches");
      const mean = first.slice();
      for (let i = 0; i < mean.length; i++) mean[i] += shift[i] / total;
      const squaredNorm = dot(mean, mean);
      const variance = Math.max(0, squares / total - dot(shift, shift) / total ** 2);
      return { squaredNorm, variance, diversity: (variance + squaredNorm) / squaredNorm };
    },
  };
}
