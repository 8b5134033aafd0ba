import { allFinite, norm } from "../linalg/vectors.js";

/** A loss with its gradient at a weight vector. */
export type LossAndGradient = (theta: Float64Array) => Promise<{ loss: number; gradient: Float64Array }>;

/** A set of displacements around the weights, in which a measure searches for the highest loss. */
export interface Neighborhood {
  /** The displacement in the set that goes farthest along a gradient, which gives the largest rise to first order. */
  farthest(gradient: Float64Array): Float64Array;
  /** The displacement in the set that replaces one outside, on the same ray or in the same box. */
  project(displacement: Float64Array): Float64Array;
}

/** |δᵢ| ≤ ε(|θᵢ| + 1): the box of Keskar et al. (2017). */
export function box(weights: Float64Array, epsilon: number): Neighborhood {
  const bound = weights.map((w) => epsilon * (Math.abs(w) + 1));
  return {
    farthest: (gradient) => bound.map((b, i) => b * Math.sign(gradient[i])),
    project: (displacement) => displacement.map((d, i) => Math.max(-bound[i], Math.min(bound[i], d))),
  };
}

/** ‖δ‖ ≤ ρ: the ball of SAM (Foret et al. 2021). */
export function ball(rho: number): Neighborhood {
  const scaled = (vector: Float64Array, length: number) => vector.map((x) => x * (length / norm(vector)));
  return {
    farthest: (gradient) => (norm(gradient) === 0 ? gradient : scaled(gradient, rho)),
    project: (displacement) => (norm(displacement) > rho ? scaled(displacement, rho) : displacement),
  };
}

/**
 * ‖δ / |θ|‖ ≤ ρ: the ellipsoid of adaptive SAM (Kwon et al. 2021), which is invariant under rescaling of the weights.
 */
export function ellipsoid(weights: Float64Array, rho: number): Neighborhood {
  const size = weights.map(Math.abs);
  const length = (displacement: Float64Array) =>
    norm(displacement.map((d, i) => (size[i] === 0 ? (d === 0 ? 0 : Infinity) : d / size[i])));
  return {
    farthest(gradient) {
      const stretched = gradient.map((g, i) => g * size[i]);
      const unit = norm(stretched);
      return stretched.map((s, i) => (unit === 0 ? 0 : (rho * s * size[i]) / unit));
    },
    project(displacement) {
      const within = displacement.map((d, i) => (size[i] === 0 ? 0 : d));
      const found = length(within);
      return found > rho ? within.map((d) => (d * rho) / found) : within;
    },
  };
}

export interface Ascent {
  /** L(θ + δ) − L(θ) at δ of the first step, as in SAM. 0 if the gradient is zero, because SAM does not move then. */
  firstStep: number;
  /** The highest rise that the ascent reached, at least 0: a lower bound of the maximum over the neighbourhood. */
  highest: number;
  /** The displacement there. */
  displacement: Float64Array;
}

/**
 * The rise of the loss within a neighbourhood, by projected gradient ascent. The first step follows the gradient at the
 * weights. Each further step goes part of the way from the current point to the point that the gradient there selects
 * (conditional gradients, Frank & Wolfe 1956), and half as far after a step that did not rise.
 * If the gradient at the weights is zero, the first step follows `otherwise`, which should be random.
 *
 * @throws Error when the loss at the weights is not finite.
 */
export async function ascent(
  lossAndGradient: LossAndGradient,
  weights: Float64Array,
  { farthest, project }: Neighborhood,
  steps: number,
  otherwise: Float64Array,
): Promise<Ascent> {
  const start = await lossAndGradient(weights);
  if (!Number.isFinite(start.loss) || !allFinite(start.gradient)) {
    throw new Error(`the loss at the model is ${start.loss}, or its gradient is not finite, so it has no sharpness`);
  }
  const shifted = (displacement: Float64Array) => weights.map((w, i) => w + displacement[i]);
  const isStationary = norm(start.gradient) === 0;
  let displacement: Float64Array = project(farthest(isStationary ? otherwise : start.gradient));
  let found = await lossAndGradient(shifted(displacement));
  const firstStep = isStationary ? 0 : found.loss - start.loss;
  let best: { loss: number; displacement: Float64Array } = { loss: start.loss, displacement: weights.map(() => 0) };
  if (found.loss > best.loss) best = { loss: found.loss, displacement };
  let share = 0.5;
  for (let k = 1; k < steps && allFinite(found.gradient) && share > 1e-6; k++) {
    const target = farthest(found.gradient);
    const next = project(displacement.map((d, i) => d + share * (target[i] - d)));
    const there = await lossAndGradient(shifted(next));
    if (!(there.loss > found.loss)) {
      share /= 2;
      continue;
    }
    [displacement, found] = [next, there];
    if (there.loss > best.loss) best = { loss: there.loss, displacement: next };
  }
  return { firstStep, highest: best.loss - start.loss, displacement: best.displacement };
}
