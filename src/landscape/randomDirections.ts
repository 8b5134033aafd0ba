import { randomStream } from "../linalg/random.js";

export interface RandomDirectionsOptions {
  /** The number of entries of a direction. */
  size: number;
  count: number;
  seed: number;
  /**
   * normal: standard normal entries. uniform: entries on [−1, 1), so that the mean is 0. loss-landscapes draws from [0,
   * 1) instead, where all directions lean towards (1, …, 1) and have cosines of 3/4 with each other.
   */
  distribution: "normal" | "uniform";
}

/** Random directions, each from its own stream, so direction k does not depend on `count`. */
export function randomDirections({ size, count, seed, distribution }: RandomDirectionsOptions): Float64Array[] {
  return Array.from({ length: count }, (_, k) => {
    const random = randomStream(seed, "direction", k);
    const draw = distribution === "normal" ? random.normal : () => 2 * random.uniform() - 1;
    const direction = new Float64Array(size);
    for (let i = 0; i < size; i++) direction[i] = draw();
    return direction;
  });
}
