import { randomStream } from "../linalg/random.js";
import { sobolPoints } from "../linalg/sobol.js";

/** The distribution of scattered points: a range on each axis, or a standard deviation on each axis around zero. */
export type Scatter =
  | { distribution: "sobol" | "uniform"; ranges: readonly (readonly [number, number])[]; seed: number }
  | { distribution: "gaussian"; scales: readonly number[]; seed: number };

/**
 * Coefficients of scattered points: a function that gives the points start … start + count − 1, [count × axes],
 * row-major. A point depends only on its index and the seed, so a larger number adds points to the same ones.
 */
export function scatteredPoints(scatter: Scatter): (start: number, count: number) => Float64Array {
  const { seed } = scatter;
  if (scatter.distribution === "gaussian") {
    const { scales } = scatter;
    return perPoint(scales.length, seed, (random, axis) => scales[axis] * random.normal());
  }
  const { ranges } = scatter;
  const axes = ranges.length;
  const place = (u: number, axis: number) => ranges[axis][0] * (1 - u) + ranges[axis][1] * u;
  if (scatter.distribution === "uniform") return perPoint(axes, seed, (random, axis) => place(random.uniform(), axis));
  const points = sobolPoints(axes, seed);
  return (start, count) => points(start, count).map((u, i) => place(u, i % axes));
}

function perPoint(axes: number, seed: number, draw: (random: ReturnType<typeof randomStream>, axis: number) => number) {
  return (start: number, count: number): Float64Array => {
    const points = new Float64Array(count * axes);
    for (let row = 0; row < count; row++) {
      const random = randomStream(seed, "scattered point", start + row);
      for (let axis = 0; axis < axes; axis++) points[row * axes + axis] = draw(random, axis);
    }
    return points;
  };
}
