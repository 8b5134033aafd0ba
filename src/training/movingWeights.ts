import type { Evaluate } from "./optimization.js";

/** A loss that is the weighted sum of terms, with weights that may change between evaluations. */
export interface WeightedLoss {
  /** The terms in the order of the weights. */
  readonly terms: readonly string[];
  /** The weights that the next evaluation takes. */
  readonly weights: Float64Array | Float32Array;
  readonly evaluate: Evaluate;
}

/** When and how fast weights move. */
export interface Pace {
  /** Iterations between two changes. */
  readonly every: number;
  /** The share of the old weights in the new ones. */
  readonly momentum: number;
}

/** The start of a run, or of the rest of one that was left. */
export interface Begun {
  readonly start: readonly number[];
  /** The iteration from which on the weights stay. */
  readonly until: number;
  /** The number of the iteration that an earlier run left. */
  readonly iteration?: number;
}

export interface Balanced {
  readonly evaluate: Evaluate;
  /** Call after each iteration. */
  after(theta: Float64Array, iteration: number): Promise<void>;
  /** The weights of the last evaluation. */
  current(): readonly number[];
}

/** The weights that a rule wants at θ. A term whose wanted weight is not a positive number keeps its own. */
export type Wanted = (theta: Float64Array, current: readonly number[]) => Promise<readonly number[]>;

/**
 * Moves the weights of terms towards those that a rule wants, every `every` iterations, before iteration `until`. The
 * evaluation after the next one is the first with new weights, so that a run continues from any iteration with the same
 * numbers: `start` are the weights there, and `iteration` its number. The rule may use the loss; its weights are set
 * again afterwards.
 */
export function movingWeights(
  { weights, evaluate }: Omit<WeightedLoss, "terms">,
  { every, momentum }: Pace,
  { start, until, iteration: left }: Begun,
  wanted: Wanted,
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

  const moved = async (theta: Float64Array) => {
    const goals = await wanted(theta, current);
    const made = rounded(
      current.map((weight, i) => {
        const isGoal = Number.isFinite(goals[i]) && goals[i] > 0;
        return isGoal ? momentum * weight + (1 - momentum) * goals[i] : weight;
      }),
    );
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
