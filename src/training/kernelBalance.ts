import { type Balanced, type Begun, movingWeights, type Pace, type WeightedLoss } from "./movingWeights.js";

/** How the weights of the terms of a loss follow the traces of their kernels. */
export interface KernelBalance extends Pace {
  readonly kind: "ntk";
  /** What counts of a term: the sum over its points, or the mean. */
  readonly traces: "sum" | "mean";
}

/**
 * Weights by the neural tangent kernel (Wang, Yu & Perdikaris 2022, algorithm 1): the weight of term i moves towards Σⱼ
 * tr Kⱼⱼ / tr Kᵢᵢ, where tr Kᵢᵢ is the sum of ‖∇r‖² over the points of the term. The mean rates at which the terms fall
 * then agree. All terms count, and all move; a term whose kernel vanishes keeps its weight. The paper has no momentum
 * and takes sums. JAX-PI (Wang et al. 2023) has a momentum of 0.9 and takes means over the points, divided by the
 * number of terms, which only scales the loss. `tracesAt` gives the sum or the mean of each term.
 */
export function kernelBalance(
  loss: Omit<WeightedLoss, "terms">,
  tracesAt: (theta: Float64Array) => Promise<readonly number[]>,
  pace: Pace,
  begun: Begun,
): Balanced {
  return movingWeights(loss, pace, begun, async (theta) => {
    const traces = await tracesAt(theta);
    const total = traces.reduce((sum, trace) => sum + trace, 0);
    return traces.map((trace) => total / trace);
  });
}
