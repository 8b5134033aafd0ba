import { randomStream } from "../../linalg/random.js";
import type { Dataset } from "../dataset.js";
import type { GeneratorOptions } from "./options.js";
import { planar } from "./plane.js";

/**
 * An artificial tree grown by diffusion-limited aggregation (Moon et al. 2019). Each branch is a random walk of
 * `length` steps, uniform on [−1, multiplier − 1] in every coordinate. The first branch starts at the origin, the
 * others at a random point of the first. A sample is a random point of a branch, with normal noise of standard
 * deviation `noise` on each coordinate; the label is the branch. Splits share the tree.
 */
export function artificialTree(
  options: GeneratorOptions & {
    readonly noise: number;
    readonly classes: number;
    readonly features: number;
    readonly length: number;
    readonly multiplier: number;
  },
): Dataset {
  const { classes, features, length, multiplier, noise, seed } = options;
  const branches: Float64Array[] = []; // length × features
  for (let label = 0; label < classes; label++) {
    const random = randomStream(seed, "branch", label);
    const walk = new Float64Array(length * features);
    const from = label === 0 ? 0 : random.integer(length) * features;
    for (let at = 0; at < walk.length; at++) {
      const before = at >= features ? walk[at - features] : label === 0 ? 0 : branches[0][from + at];
      walk[at] = before - 1 + multiplier * random.uniform();
    }
    branches.push(walk);
  }
  return planar(
    options,
    "branch",
    classes,
    (label, random) => {
      const from = random.integer(length) * features;
      return Array.from(branches[label].subarray(from, from + features), (x) => x + noise * random.normal());
    },
    features,
  );
}
