import { randomStream } from "../linalg/random.js";
import { axpy } from "../linalg/vectors.js";
import { type Layout, tensorView } from "../models/networks/layout.js";
import { normalizeDirection } from "./normalization.js";
import { randomDirections } from "./randomDirections.js";

/** A jump away from trained weights: its direction, and its length. */
export interface Jump {
  readonly seed: number;
  readonly step: number;
}

/** Every seed with every step. The steps of one seed follow each other. */
export function jumps(seeds: readonly number[], steps: readonly number[]): Jump[] {
  return seeds.flatMap((seed) => steps.map((step) => ({ seed, step })));
}

/**
 * θ + step·v. The vector v is Gaussian, depends only on the seed, is filter-normalized against θ, and is 0 in
 * one-dimensional tensors (Horoi et al., Exploring the Geometry and Topology of Neural Network Loss Landscapes, 2022).
 * Throws Error when all tensors are one-dimensional, because nothing would move.
 */
export function jumped(weights: Float64Array, layout: Layout, { seed, step }: Jump): Float64Array {
  if (layout.every(({ shape }) => shape.length <= 1)) {
    const found = layout.map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
    const told = found.length > 4 ? [...found.slice(0, 4), "…"] : found;
    throw new Error(
      `a jump moves tensors of two or more dimensions; the model only has ${told.join(", ")}. ` +
        "The command of an external problem describes its tensors in the layout of its hello",
    );
  }
  const [drawn] = randomDirections({ size: weights.length, count: 1, seed, distribution: "normal" });
  for (const tensor of layout) if (tensor.shape.length <= 1) tensorView(drawn, tensor).fill(0);
  const { direction } = normalizeDirection(drawn, weights, layout, { method: "filter", ignore: [] });
  const result = weights.slice();
  axpy(step, direction, result);
  return result;
}

/** The seed of the batches after a jump. It differs for each jump and does not depend on other jumps. */
export function retrainingSeed({ seed, step }: Jump): number {
  return randomStream(seed, "retraining", step).uint32();
}
