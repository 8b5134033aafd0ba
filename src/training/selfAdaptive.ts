import { adam } from "./adam.js";
import type { Evaluate } from "./optimization.js";
import { createUpdate } from "./update.js";

/** How the weights of points move. */
export interface Ascent {
  /** m(λ) = λ^power is the weight of a point, where λ is what is trained. */
  readonly power: number;
  readonly learningRate: number;
  readonly betas: readonly [number, number];
  readonly epsilon: number;
}

/** A loss that weighs its points, with weights that may change between evaluations. */
export interface PointLoss {
  /** The weights that the next evaluation takes. */
  readonly weights: Float64Array | Float32Array;
  /** The loss, its gradient, and its slopes in the weights. */
  readonly evaluate: (theta: Float64Array) => Promise<{ loss: number; gradient: Float64Array; slopes: Float64Array }>;
}

/** The progress of the weights: λ and the two moments of Adam. */
export type PointState = readonly [lambda: Float64Array, mean: Float64Array, meanSquare: Float64Array];

export interface SelfAdaptive {
  readonly evaluate: Evaluate;
  /** Call after each iteration, after its evaluation. */
  after(iteration: number): void;
  /** λ and its moments at the last evaluation, as views. */
  state(): PointState;
}

/**
 * Self-adaptive weights (McClenny & Braga-Neto 2023): while the parameters θ of the network descend the loss, every
 * point's λ ascends it by Adam, so that points whose errors stay large count more and more. Both take the slopes at one
 * place (θ, λ). They move before iteration `until`, then λ stays. A run that continues from iteration `iteration` with
 * the state there has the same numbers.
 */
export function selfAdaptive(
  { weights, evaluate }: PointLoss,
  { power, learningRate, ...options }: Ascent,
  { start, until, iteration: left }: { start: Float64Array | PointState; until: number; iteration?: number },
): SelfAdaptive {
  const count = weights.length;
  const update = createUpdate(adam(options), count);
  const state: PointState = [update.theta, update.memory[0], update.memory[1]];
  const restore = (of: readonly Float64Array[]) => {
    update.goTo(of[0]);
    for (const [k, vector] of of.slice(1).entries()) update.memory[k].set(vector);
    for (let i = 0; i < count; i++) weights[i] = update.theta[i] ** power;
  };
  restore(start instanceof Float64Array ? [start] : start);
  const slopes = new Float64Array(count);
  /** θ of the last evaluation. */
  let last: Float64Array | undefined;
  /** The step that λ takes with the next move of θ. */
  let step: number | undefined;
  let toldOnce = left;

  const stepAfter = (iteration: number) => (iteration < until ? iteration + 1 : undefined);
  const isElsewhere = (theta: Float64Array) => last !== undefined && theta.some((value, i) => value !== last![i]);
  const ascend = (number: number) => {
    const { theta, gradient } = update;
    // Adam descends, so it takes the negative slopes in λ.
    for (let i = 0; i < count; i++) gradient[i] = -power * theta[i] ** (power - 1) * slopes[i];
    update.apply(number, learningRate);
    for (let i = 0; i < count; i++) weights[i] = theta[i] ** power;
  };
  return {
    async evaluate(theta) {
      const before = step !== undefined && isElsewhere(theta) ? state.map((vector) => vector.slice()) : undefined;
      if (before) {
        ascend(step as number);
        step = undefined;
      }
      const found = await evaluate(theta);
      // A training ends with the last parameters whose loss is finite, and so do the weights.
      if (before && !(Number.isFinite(found.loss) && found.gradient.every(Number.isFinite))) restore(before);
      last = theta.slice();
      slopes.set(found.slopes);
      if (toldOnce !== undefined) {
        step = stepAfter(toldOnce);
        toldOnce = undefined;
      }
      return found;
    },
    after(iteration) {
      step = stepAfter(iteration);
    },
    state: () => state,
  };
}
