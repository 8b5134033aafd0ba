import { firstAxisFastest } from "./firstAxisFastest.js";
import type { NpyArray } from "./npy.js";

/** The numbers of an array as f64 in row-major order, the last index fastest. */
export function rowMajor({ shape, values, fortranOrder }: NpyArray): Float64Array {
  // The same numbers with the axes reversed.
  return firstAxisFastest({ shape: shape.toReversed(), values, fortranOrder: !fortranOrder });
}
