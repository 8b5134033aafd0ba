import { norm, requireFinite } from "../linalg/vectors.js";

/**
 * The straight lines from a model to others: θₖ − θ, so that coordinate 1 along direction k is the other model.
 *
 * @throws RangeError for different lengths; Error when another model is not finite or equal to the first (models are
 * counted from 1).
 */
export function linesBetween(weights: Float64Array, others: readonly Float64Array[]): Float64Array[] {
  return others.map((other, k) => {
    const name = `the other model ${k + 1}`;
    if (other.length !== weights.length) {
      throw new RangeError(`${name} has ${other.length} weights; expected ${weights.length}`);
    }
    requireFinite(other, name);
    const line = other.map((weight, i) => weight - weights[i]);
    if (norm(line) === 0) throw new Error(`${name} is equal to the first; expected a different model`);
    return line;
  });
}
