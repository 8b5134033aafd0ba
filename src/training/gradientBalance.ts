import type { Evaluate } from "./optimization.js";

/** How the weights of the terms of a loss follow their gradients. */
export interface Balance {
  readonly kind: "gradient-norm";
  /** Iterations between two changes. */
  readonly every: number;
  /** The share of the old weights in the new ones. */
  readonly momentum: number;
}

/** A loss that is the weighted sum of terms, with weights that may change between evaluations. */
export interface WeightedLoss {
  /** The terms in the order of the weights. Those of residuals keep their weights. */
  readonly terms: readonly string[];
  /** The weights that the next evaluation takes. */
  readonly weights: Float64Array | Float32Array;
  readonly evaluate: Evaluate;
}

export interface Balanced {
  readonly evaluate: Evaluate;
  /** Call after each iteration. */
  after(theta: Float64Array, iteration: number): Promise<void>;
  /** The weights of the last evaluation. */
  current(): readonly number[];
}

const isResidual = (term: string) => term.startsWith("residual");

/**
 * Gradient-norm balancing (Wang, Teng & Perdikaris 2021, algorithm 1): the weight of a term moves towards max |∇ᵣ| /
 * mean |∇ᵢ|, where ∇ᵣ is the gradient of the residuals with their weights and ∇ᵢ that of the term without one. It moves
 * every `every` iterations, before iteration `until`; the evaluation after the next one is the first with new weights,
 * so that a run continues from any iteration with the same numbers: `start` are the weights there, and `iteration` its
 * number.
 */
export function gradientBalance(
  { terms, weights, evaluate }: WeightedLoss,
  { every, momentum }: Balance,
  { start, until, iteration: left }: { start: readonly number[]; until: number; iteration?: number },
): Balanced {
  /** In the number type of the weights, so that a run that continues has the same. */
  const rounded = (values: readonly number[]): readonly number[] => {
    weights.set(values);
    return Array.from(weights);
  };
  let current = rounded(start);
  let next: readonly number[] | undefined;
  const isDue = (iteration: number) => iteration % every === 0 && iteration < until;
  /** A run that continues has measured its iteration before, but not kept what follows from it. */
  let isOwed = left !== undefined && isDue(left);

  const gradientOf = async (theta: Float64Array, chosen: (term: string) => boolean) => {
    weights.set(terms.map((term, i) => (chosen(term) ? (isResidual(term) ? current[i] : 1) : 0)));
    return (await evaluate(theta)).gradient.slice();
  };
  const moved = async (theta: Float64Array) => {
    const largest = (await gradientOf(theta, isResidual)).reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    const found: number[] = [];
    for (const [i, term] of terms.entries()) {
      if (isResidual(term)) found.push(current[i]);
      else {
        const gradient = await gradientOf(theta, (other) => other === term);
        const mean = gradient.reduce((sum, g) => sum + Math.abs(g), 0) / gradient.length;
        const wanted = largest / mean;
        // A term without a slope keeps its weight.
        found.push(
          Number.isFinite(wanted) && wanted > 0 ? momentum * current[i] + (1 - momentum) * wanted : current[i],
        );
      }
    }
    const made = rounded(found);
    weights.set(current);
    return made;
  };
  return {
    async evaluate(theta) {
      if (next) {
        current = next;
        next = undefined;
        weights.set(current);
      }
      const { loss, gradient } = await evaluate(theta);
      if (!isOwed) return { loss, gradient };
      isOwed = false;
      const kept = gradient.slice();
      next = await moved(theta);
      return { loss, gradient: kept };
    },
    async after(theta, iteration) {
      if (isDue(iteration)) next = await moved(theta);
    },
    current: () => current,
  };
}
