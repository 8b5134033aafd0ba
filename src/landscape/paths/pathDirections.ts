import type { Values } from "../../graph/backend.js";
import { allFinite } from "../../linalg/vectors.js";

/** The direction in which a point of a path moves: its last gradient, or Adam's combination of its gradients. */
export type PathOptimizer = "sgd" | "adam";

/** Adam's memory for a point. */
export interface PointMemory {
  readonly mean: Float64Array;
  readonly meanSquare: Float64Array;
  steps: number;
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.99, 1e-8];

/**
 * Replaces the gradients of the points between the ends. The component along the path is removed afterwards, so points
 * do not move along their path. Adam (Kingma & Ba 2015) divides by the root of the mean square, entry by entry, so that
 * in deep networks, whose layers have gradients of very different sizes, all layers move. `memory` has one entry per
 * point; missing entries are created. A gradient that is not finite is returned unchanged and not remembered.
 */
export function pathDirections(
  optimizer: PathOptimizer,
  gradients: readonly Values[],
  memory: PointMemory[],
): readonly Values[] {
  if (optimizer === "sgd") return gradients;
  return gradients.map((gradient, k) => {
    memory[k] ??= emptyMemory(gradient.length);
    return allFinite(gradient) ? adamDirection(gradient, memory[k]) : gradient;
  });
}

/** The memories after points were inserted at positions of the path. The new ones are empty. */
export function withMemories(memory: readonly PointMemory[], places: readonly number[]): PointMemory[] {
  if (memory.length === 0) return [];
  const size = memory[0].mean.length;
  const inGap = (gap: number) => places.filter((place) => Math.floor(place) === gap).map(() => emptyMemory(size));
  return [...inGap(0), ...memory.flatMap((own, k) => [own, ...inGap(k + 1)])];
}

function emptyMemory(size: number): PointMemory {
  return { mean: new Float64Array(size), meanSquare: new Float64Array(size), steps: 0 };
}

/** Overwrites the gradient. */
function adamDirection(gradient: Values, memory: PointMemory): Values {
  const { mean, meanSquare } = memory;
  memory.steps++;
  const scale = 1 / (1 - BETA1 ** memory.steps);
  const correction = 1 / Math.sqrt(1 - BETA2 ** memory.steps);
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i];
    const m = mean[i] + (1 - BETA1) * (g - mean[i]);
    const v = BETA2 * meanSquare[i] + (1 - BETA2) * g * g;
    mean[i] = m;
    meanSquare[i] = v;
    gradient[i] = (scale * m) / (Math.sqrt(v) * correction + EPSILON);
  }
  return gradient;
}
