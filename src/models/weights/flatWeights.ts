import type { NamedArray } from "../../files/namedArrays.js";

/**
 * The parameters of T checkpoints, [T × size], from an array of shape [size] (one checkpoint) or [T, size]; `name` begins
 * the message. Throws Error for another shape.
 */
export function flatWeights({ shape, values }: NamedArray, size: number, name: string): Float64Array {
  const isVector = shape.length === 1 && shape[0] === size;
  const isTrajectory = shape.length === 2 && shape[0] > 0 && shape[1] === size;
  if (!isVector && !isTrajectory) {
    throw new Error(
      `${name} has shape [${shape.join(", ")}]; expected [${size}], the parameters of the network in the order of its ` +
        `layers, or [T, ${size}], a row for each of T checkpoints`,
    );
  }
  return Float64Array.from(values);
}
