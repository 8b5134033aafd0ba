import { norm, scale } from "../linalg/vectors.js";
import { checkLayout, type TensorLayout, tensorSize, tensorView } from "../models/networks/layout.js";

export interface NormalizationOptions {
  /**
   * - none: unchanged.
   * - filter: each filter (row of a dense matrix, output channel of a kernel) gets the norm of the same filter of the
   *   weights (Li et al. 2018). A 1-D tensor is one filter.
   * - layer: the same per tensor.
   * - model: the same for the whole vector. Both norms leave out tensors with ignored roles.
   */
  method: "none" | "filter" | "layer" | "model";
  /** Tensors with these roles become 0 in the direction. Li et al. ignore biases and norms. */
  ignore: readonly TensorLayout["role"][];
}

/** The effect of normalization on one tensor, as Euclidean norms. */
export interface TensorNorms {
  name: string;
  weights: number;
  before: number;
  after: number;
}

/** Keeps a filter of zeros in the direction at zero. */
const EPSILON = 1e-10;

/**
 * d ← d · ‖w‖ / (‖d‖ + 1e-10) for each unit of `method`. The result is a new vector.
 *
 * Under `filter` a bias or norm vector that is not ignored counts as one filter. This keeps the drawn direction and
 * gives the vector the norm that it has in the weights. The loss-landscapes library treats each entry as a filter
 * instead, which gives |dᵢ| = |wᵢ| with random signs only, and the code of Li et al. copies the weights.
 *
 * @throws RangeError when lengths and layout disagree; Error when a norm is not finite.
 */
export function normalizeDirection(
  direction: Float64Array,
  weights: Float64Array,
  layout: readonly TensorLayout[],
  { method, ignore }: NormalizationOptions,
): { direction: Float64Array; tensors: TensorNorms[] } {
  checkLayout(layout, weights.length);
  const result = withoutRoles(direction, layout, ignore);

  switch (method) {
    case "none":
      break;
    case "filter":
      for (const tensor of layout) {
        const filters = tensor.shape.length > 1 ? tensor.shape[0] : 1;
        const length = tensorSize(tensor) / filters;
        for (let k = 0; k < filters; k++) {
          const start = tensor.offset + k * length;
          rescale(result.subarray(start, start + length), weights.subarray(start, start + length), tensor.name);
        }
      }
      break;
    case "layer":
      for (const tensor of layout) rescale(tensorView(result, tensor), tensorView(weights, tensor), tensor.name);
      break;
    case "model":
      rescale(result, withoutRoles(weights, layout, ignore), "the whole model");
      break;
    default:
      throw new RangeError(`normalization "${method satisfies never}"; expected none, filter, layer or model`);
  }

  const tensors = layout.map((tensor) => ({
    name: tensor.name,
    weights: norm(tensorView(weights, tensor)),
    before: norm(tensorView(direction, tensor)),
    after: norm(tensorView(result, tensor)),
  }));
  return { direction: result, tensors };
}

/** A copy with the tensors of some roles set to 0. @throws RangeError when the layout does not fit the vector. */
export function withoutRoles(
  vector: Float64Array,
  layout: readonly TensorLayout[],
  ignore: readonly TensorLayout["role"][],
): Float64Array {
  checkLayout(layout, vector.length);
  const copy = vector.slice();
  for (const tensor of layout) if (ignore.includes(tensor.role)) tensorView(copy, tensor).fill(0);
  return copy;
}

function rescale(d: Float64Array, w: Float64Array, place: string): void {
  const factor = norm(w) / (norm(d) + EPSILON);
  if (!Number.isFinite(factor)) {
    throw new Error(
      `cannot normalize ${place}: the norm of the weights is ${norm(w)}, that of the direction ${norm(d)}`,
    );
  }
  scale(factor, d);
}
