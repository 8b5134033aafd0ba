import type { TensorLayout } from "../models/layout.js";
import { type NormalizationOptions, normalizeDirection, type TensorNorms, withoutRoles } from "./normalization.js";
import { cosines, orthogonalize } from "./orthogonalize.js";

export interface PreparedDirections {
  directions: Float64Array[];
  /** For each direction, for each tensor: its norms in weights and direction, before and after. */
  tensors: TensorNorms[][];
  /** Cosines of the result, count × count, row major. */
  cosines: Float64Array;
}

/**
 * Drawn or computed directions made ready for a landscape: ignored roles to zero, then orthogonalization, then
 * normalization.
 *
 * Orthogonalization comes before normalization because the norms are what makes landscapes comparable (Li et al. 2018), and
 * taking components away afterwards would change them. With `none` and `model` the directions stay orthogonal; `filter` and
 * `layer` bring back cosines of the order of 1/√size, which are reported.
 */
export function prepareDirections(
  raw: Float64Array[],
  weights: Float64Array,
  layout: readonly TensorLayout[],
  { orthogonal, ...normalization }: NormalizationOptions & { orthogonal: boolean },
): PreparedDirections {
  const kept = raw.map((direction) => withoutRoles(direction, layout, normalization.ignore));
  const base = orthogonal ? orthogonalize(kept) : kept;
  const normalized = base.map((direction) => normalizeDirection(direction, weights, layout, normalization));
  const directions = normalized.map(({ direction }) => direction);
  return { directions, tensors: normalized.map(({ tensors }) => tensors), cosines: cosines(directions) };
}
