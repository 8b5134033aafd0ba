import { norm } from "../linalg/vectors.js";

/**
 * The meaning of a grid coordinate of 1 along each direction, as a multiple of the stored direction.
 *
 * direction: 1. relative: ‖θ‖/‖d‖, a step as long as the vector of weights.
 *
 * @throws Error under `relative` when a direction, or θ, is zero or not finite.
 */
export function directionScales(
  unit: "direction" | "relative",
  directions: Float64Array[],
  theta: Float64Array,
): Float64Array {
  if (unit === "direction") return new Float64Array(directions.length).fill(1);
  const size = norm(theta);
  return Float64Array.from(directions, (direction, k) => {
    const scale = size / norm(direction);
    if (!(scale > 0 && scale < Infinity)) {
      throw new Error(
        `direction ${k + 1} has norm ${norm(direction)}, the weights ${size}; unit "relative" needs both above 0`,
      );
    }
    return scale;
  });
}
