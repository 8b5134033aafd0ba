import type { VectorArena } from "./vectorArena.js";
import { dot, norm } from "./vectors.js";

/**
 * Makes vectors[k] of the arena orthogonal to the orthonormal vectors[0 … k−1]: modified Gram–Schmidt, twice, which is
 * enough (Giraud, Langou & Rozložník 2005). Returns the norm of the remainder and does not normalize the vector.
 */
export function gramSchmidt({ vectors, axpyDot }: VectorArena, k: number): number {
  const w = vectors[k];
  for (let sweep = 0; sweep < 2 && k > 0; sweep++) {
    let overlap = dot(vectors[0], w);
    for (let i = 0; i < k; i++) overlap = axpyDot(-overlap, vectors[i], w, vectors[i + 1]);
  }
  return norm(w);
}
