import type { Values } from "../graph/backend.js";
import { norm } from "../linalg/vectors.js";

/**
 * Scales a gradient down, in place, to the Euclidean norm `most`, like `torch.nn.utils.clip_grad_norm_`: by most /
 * (norm + 1e-6).
 */
export function clipGradient(gradient: Values, most: number): void {
  const factor = most / (norm(gradient) + 1e-6);
  if (!(factor < 1)) return;
  for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
}
