import { randomStream } from "../linalg/random.js";
import { sobolPoints } from "../linalg/sobol.js";

/** How scattered points are drawn: within a range on each axis, or around zero with a standard deviation on each. */
export type Scatter =
  | { distribution: "sobol" | "uniform"; ranges: readonly (readonly [number, number])[]; seed: number }
  | { distribution: "gaussian"; scales: readonly number[]; seed: number };

/**
 * Coefficients of scattered points: a function that gives points start … start + count − 1, [count × axes], row major.
 * A point depends on its number and the seed alone, so more points are the same ones and further ones.
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
