import { type Balanced, type Begun, movingWeights, type Pace, type WeightedLoss } from "./movingWeights.js";

/** How the weights of the terms of a loss follow their gradients. */
export interface GradientBalance extends Pace {
  readonly kind: "gradient-norm";
}

const isResidual = (term: string) => term.startsWith("residual");

/**
 * Gradient-norm balancing (Wang, Teng & Perdikaris 2021, algorithm 1): the weight of a term moves towards max |∇ᵣ| /
 * mean |∇ᵢ|, where ∇ᵣ is the gradient of the residuals with their weights and ∇ᵢ that of the term without one.
 * Residuals keep their weights, and so does a term without a slope.
 */
export function gradientBalance(loss: WeightedLoss, pace: Pace, begun: Begun): Balanced {
  const { terms, weights, evaluate } = loss;
  return movingWeights(loss, pace, begun, async (theta, current) => {
    const gradientOf = async (chosen: (term: string) => boolean) => {
      weights.set(terms.map((term, i) => (chosen(term) ? (isResidual(term) ? current[i] : 1) : 0)));
      return (await evaluate(theta)).gradient.slice();
    };
    const largest = (await gradientOf(isResidual)).reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    const wanted: number[] = [];
    for (const term of terms) {
      if (isResidual(term)) wanted.push(Number.NaN);
      else {
        const gradient = await gradientOf((other) => other === term);
        const mean = gradient.reduce((sum, g) => sum + Math.abs(g), 0) / gradient.length;
        wanted.push(largest / mean);
      }
    }
    return wanted;
  });
}
