import { randomStream } from "../linalg/random.js";
import { axpy } from "../linalg/vectors.js";
import { type Layout, tensorView } from "../models/networks/layout.js";
import { normalizeDirection } from "./normalization.js";
import { randomDirections } from "./randomDirections.js";

/** A jump away from trained weights: which direction, and how far along it. */
export interface Jump {
  readonly seed: number;
  readonly step: number;
}

/** Every seed with every step, those of one seed together. */
export function jumps(seeds: readonly number[], steps: readonly number[]): Jump[] {
  return seeds.flatMap((seed) => steps.map((step) => ({ seed, step })));
}

/**
 * θ + step·v, where v is Gaussian, drawn from the seed alone, filter-normalized against θ, and 0 in tensors of one
 * dimension (Horoi et al., Exploring the Geometry and Topology of Neural Network Loss Landscapes, 2022). Throws Error
 * where no tensor has more dimensions: nothing would move.
 */
export function jumped(weights: Float64Array, layout: Layout, { seed, step }: Jump): Float64Array {
  if (layout.every(({ shape }) => shape.length <= 1)) {
    const found = layout.map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
    const told = found.length > 4 ? [...found.slice(0, 4), "…"] : found;
    throw new Error(
      `a jump moves tensors of two or more dimensions; the model has ${told.join(", ")} alone. ` +
        "The command of an external problem tells its tensors in the layout of its hello",
    );
  }
  const [drawn] = randomDirections({ size: weights.length, count: 1, seed, distribution: "normal" });
  for (const tensor of layout) if (tensor.shape.length <= 1) tensorView(drawn, tensor).fill(0);
  const { direction } = normalizeDirection(drawn, weights, layout, { method: "filter", ignore: [] });
  const result = weights.slice();
  axpy(step, direction, result);
  return result;
}

/** The seed of the batches after a jump: another for each one, whatever other jumps there are. */
export function retrainingSeed({ seed, step }: Jump): number {
  return randomStream(seed, "retraining", step).uint32();
}
