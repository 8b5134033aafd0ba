import { randomStream } from "../linalg/random.js";

export interface RandomDirectionsOptions {
  /** Entries of a direction. */
  size: number;
  count: number;
  seed: number;
  /**
   * normal: standard normal entries. uniform: on [−1, 1), so that the mean is 0 (on [0, 1), which loss-landscapes draws
   * from, all directions lean towards (1, …, 1) and have cosines of 3/4 with each other).
   */
  distribution: "normal" | "uniform";
}

/** Random directions, each from a stream of its own: direction k does not depend on `count`. */
export function randomDirections({ size, count, seed, distribution }: RandomDirectionsOptions): Float64Array[] {
  return Array.from({ length: count }, (_, k) => {
    const random = randomStream(seed, "direction", k);
    const draw = distribution === "normal" ? random.normal : () => 2 * random.uniform() - 1;
    const direction = new Float64Array(size);
    for (let i = 0; i < size; i++) direction[i] = draw();
    return direction;
  });
}
