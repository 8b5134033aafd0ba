import { randomDirections } from "../../src/landscape/randomDirections.js";
import { type Around, type Found, requireCount, type Shared } from "./method.js";

export interface RandomParams extends Shared {
  method: "random";
  count: number;
  distribution: "normal" | "uniform";
}

/** Independent random vectors. */
export function random({ count, seed, distribution }: RandomParams, { weights }: Around): Found {
  requireCount(count, weights);
  return {
    vectors: randomDirections({ size: weights.length, count, seed, distribution }),
    labels: Array.from({ length: count }, (_, k) => `random direction ${k + 1}`),
    unit: "the random vector as it is drawn",
  };
}
