import type { Random } from "./random.js";

/**
 * A Latin hypercube design (McKay, Beckman and Conover 1979): `count` points of the unit cube, [count × dimensions],
 * row-major. Each of the `count` equal intervals of every coordinate holds one of them, at a uniform place.
 */
export function latinHypercube(dimensions: number, count: number, random: Random): Float64Array {
  const points = new Float64Array(count * dimensions);
  for (let axis = 0; axis < dimensions; axis++) {
    for (const [row, interval] of random.sample(count, count).entries()) {
      points[row * dimensions + axis] = (interval + random.uniform()) / count;
    }
  }
  return points;
}
