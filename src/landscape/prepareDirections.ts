import { norm } from "../linalg/vectors.js";
import { type TensorLayout, tensorView } from "../models/networks/layout.js";
import { type NormalizationOptions, normalizeDirection, type TensorNorms, withoutRoles } from "./normalization.js";
import { cosines, orthogonalize, requireIndependent } from "./orthogonalize.js";

export interface PreparedDirections {
  directions: Float64Array[];
  /** For each direction and tensor: its norms in the weights and in the direction, before and after. */
  tensors: TensorNorms[][];
  /** The cosines of the result, count × count, row-major. */
  cosines: Float64Array;
}

/**
 * Prepares drawn or computed directions for a landscape: sets ignored roles to zero, orthogonalizes, then normalizes.
 *
 * Orthogonalization comes before normalization, because the norms make landscapes comparable (Li et al. 2018) and
 * subtracting components afterwards would change them. With `none` and `model` the directions stay orthogonal. `filter`
 * and `layer` bring back cosines of the order of 1/√size, which are reported.
 *
 * @throws Error when a resulting direction is zero, or depends linearly on earlier ones, because they span no
 * landscape.
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
  requireIndependent(directions);
  const tensors = normalized.map(({ tensors }, k) =>
    tensors.map((norms, i) => ({ ...norms, before: norm(tensorView(raw[k], layout[i])) })),
  );
  return { directions, tensors, cosines: cosines(directions) };
}
