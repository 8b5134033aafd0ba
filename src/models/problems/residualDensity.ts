/**
 * The residual-based adaptive distribution: points are drawn more often where the residual is large (Wu, Zhu, Tan,
 * Kartha & Lu 2023, algorithm 2).
 */
import type { Random } from "../../linalg/random.js";

/** The shape of the density |r|ᵏ / mean |r|ᵏ + c: large k draw to the largest residuals, large c spread out. */
export interface DensityShape {
  readonly k: number;
  readonly c: number;
}

/**
 * The probabilities of candidates with residuals of these sizes; they add up to 1. Candidates whose residual is not
 * finite have 0. All candidates are alike when all residuals are 0.
 *
 * @throws Error when no residual is finite.
 */
export function residualDensity(sizes: Float64Array, { k, c }: DensityShape): Float64Array {
  const finite = sizes.filter(Number.isFinite);
  if (finite.length === 0) throw new Error(`none of ${sizes.length} candidates has a finite residual`);
  const largest = finite.reduce((most, size) => Math.max(most, Math.abs(size)), 0);
  // Powers of shares of the largest cannot overflow.
  const power = (size: number) => (largest === 0 ? 1 : (Math.abs(size) / largest) ** k);
  const mean = finite.reduce((sum, size) => sum + power(size), 0) / finite.length;
  const density = sizes.map((size) => (Number.isFinite(size) ? power(size) / mean + c : 0));
  const total = density.reduce((sum, p) => sum + p, 0);
  return density.map((p) => p / total);
}

/** Kish's effective number of candidates, 1 / Σp²: that of equally likely ones, as spread out as these. */
export const effectiveNumber = (density: Float64Array): number => 1 / density.reduce((sum, p) => sum + p * p, 0);

/**
 * The numbers of `count` different candidates in ascending order, drawn one after another with these probabilities
 * among those that are left (by exponential keys: Efraimidis & Spirakis 2006).
 *
 * @throws Error when fewer candidates have a probability above 0.
 */
export function drawByDensity(density: Float64Array, count: number, random: Random): Int32Array {
  const keys = density.map((p) => -Math.log(1 - random.uniform()) / p);
  const possible = Int32Array.from(density.keys()).filter((i) => density[i] > 0);
  if (possible.length < count) {
    throw new Error(`only ${possible.length} candidates have a probability above 0; expected at least ${count}`);
  }
  return possible
    .sort((i, j) => keys[i] - keys[j])
    .subarray(0, count)
    .sort();
}
