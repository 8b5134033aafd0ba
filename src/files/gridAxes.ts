import type { NumberArray } from "./numberArrays.js";

/**
 * The axes of a structured grid of points [count × 3], x fastest: x depends only on the first index, and so on. A sheet
 * of one layer may rise along z, like a surface of losses; its z is not an axis. Throws an Error that begins with
 * `name` for a grid that bends.
 */
export function gridAxes(shape: readonly number[], points: NumberArray, name: string): Float64Array[] {
  const isSheet = shape[2] === 1;
  const strides = [1, shape[0], shape[0] * shape[1]];
  const axes = shape.map((length, k) => Float64Array.from({ length }, (_, i) => points[3 * i * strides[k] + k]));
  const tolerances = axes.map((axis) => 1e-9 * Math.max(...axis.map(Math.abs)));
  for (let point = 0; point < points.length / 3; point++) {
    for (let k = 0; k < (isSheet ? 2 : 3); k++) {
      const expected = axes[k][Math.floor(point / strides[k]) % shape[k]];
      const found = points[3 * point + k];
      if (Math.abs(found - expected) <= tolerances[k]) continue;
      throw new Error(
        `${name} has a point ${point + 1} with ${"xyz"[k]} = ${found}; expected ${expected}, like others of its ` +
          "index have, since a landscape's axes are straight",
      );
    }
  }
  return axes;
}
