import { type Random, randomStream } from "../../linalg/random.js";
import type { Dataset } from "../dataset.js";
import type { GeneratorOptions } from "./options.js";

/** Points of the plane, or of a space with more coordinates, with labels. */
export function planar(
  { count, seed, split }: GeneratorOptions,
  name: string,
  classes: number,
  draw: (label: number, random: Random) => readonly number[],
  features = 2,
): Dataset {
  const inputs = new Float32Array(count * features);
  const targets = new (classes > 256 ? Int32Array : Uint8Array)(count);
  for (let i = 0; i < count; i++) {
    const random = randomStream(seed, name, split, i);
    targets[i] = random.integer(classes);
    inputs.set(draw(targets[i], random), i * features);
  }
  return {
    task: "classification",
    inputShape: [features],
    targetShape: [],
    classes: Array.from({ length: classes }, (_, label) => `${name} ${label + 1}`),
    inputs,
    targets,
    offset: [0],
    scale: [1],
  };
}

/** Two interleaved half circles of radius 1, with normal noise of standard deviation `noise`. */
export function twoMoons(options: GeneratorOptions & { readonly noise: number }): Dataset {
  return planar(options, "moon", 2, (label, random) => {
    const angle = Math.PI * random.uniform();
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    const [cx, cy] = label === 0 ? [x, y] : [1 - x, 0.5 - y];
    return [cx - 0.5 + options.noise * random.normal(), cy - 0.25 + options.noise * random.normal()];
  });
}

/**
 * Arms of an Archimedean spiral that wind `turns` times out to radius 1, with normal noise of standard deviation
 * `noise`.
 */
export function spirals(
  options: GeneratorOptions & { readonly noise: number; readonly classes: number; readonly turns: number },
): Dataset {
  const { classes, turns, noise } = options;
  return planar(options, "arm", classes, (label, random) => {
    const radius = Math.sqrt(random.uniform()); // uniform density along the arm
    const angle = 2 * Math.PI * (turns * radius + label / classes);
    return [radius * Math.cos(angle) + noise * random.normal(), radius * Math.sin(angle) + noise * random.normal()];
  });
}

/**
 * Normal clouds of standard deviation `noise` around centres drawn uniformly from [−1, 1]ᵈ. All splits share the
 * centres.
 */
export function gaussianBlobs(
  options: GeneratorOptions & { readonly noise: number; readonly classes: number; readonly features: number },
): Dataset {
  const { classes, features, noise, seed } = options;
  const centres = Array.from({ length: classes }, (_, label) => {
    const random = randomStream(seed, "blob centre", label);
    return Array.from({ length: features }, () => 2 * random.uniform() - 1);
  });
  return planar(
    options,
    "blob",
    classes,
    (label, random) => centres[label].map((c) => c + noise * random.normal()),
    features,
  );
}
