import type { NpyArray } from "./npy.js";

/** The numbers of an array [i, j, …] as f64 with the first index fastest: the vertex order of grids. */
export function firstAxisFastest({ shape, values, fortranOrder }: NpyArray): Float64Array {
  if (fortranOrder || shape.length < 2) return Float64Array.from(values);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const index = new Array<number>(shape.length).fill(0);
  const ordered = new Float64Array(values.length);
  let at = 0;
  for (let vertex = 0; vertex < ordered.length; vertex++) {
    ordered[vertex] = values[at];
    // Counts up, first index fastest.
    for (let axis = 0; axis < shape.length; axis++) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return ordered;
}
