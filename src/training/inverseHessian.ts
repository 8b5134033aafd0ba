import { vectorArena } from "../linalg/vectorArena.js";
import { axpy, dot, scale } from "../linalg/vectors.js";

/** The limited-memory BFGS approximation H of an inverse Hessian. */
export interface InverseHessian {
  /**
   * Adds a step s and the change y of the gradient along it. Returns false when s·y is at most `leastCurvature`, which
   * leaves H unchanged.
   */
  update(step: Float64Array, change: Float64Array): boolean;
  /** out ← −H·gradient. */
  descend(gradient: Float64Array, out: Float64Array): void;
  /**
   * The pairs of H, step and change in turn, oldest first, as views. Added again in this order, they give the same H.
   */
  pairs(): Float64Array[];
}

/** The bound of `torch.optim.LBFGS` on s·y. It is absolute: below a loss of about 1e-6 it refuses good pairs, too. */
export const LEAST_CURVATURE = 1e-10;

/**
 * H from the last `historySize` pairs by the two-loop recursion (Nocedal & Wright, algorithm 7.4), with γ = s·y / y·y
 * of the newest pair as the initial diagonal. Without pairs H is the identity. It stores 2 · historySize + 1 vectors of
 * `size` entries.
 */
export function inverseHessian(
  size: number,
  historySize: number,
  leastCurvature: number = LEAST_CURVATURE,
): InverseHessian {
  const { vectors, axpyDot } = vectorArena(2 * historySize + 1, size);
  const work = vectors[2 * historySize];
  const pairs = Array.from({ length: historySize }, (_, k) => ({
    step: vectors[2 * k],
    change: vectors[2 * k + 1],
    rho: 0,
    alpha: 0,
  }));
  let known = 0;
  let gamma = 1;

  function update(step: Float64Array, change: Float64Array): boolean {
    const curvature = dot(change, step);
    if (!(curvature > leastCurvature)) return false;
    if (known === historySize) pairs.push(pairs.shift()!);
    else known++;
    const newest = pairs[known - 1];
    newest.step.set(step);
    newest.change.set(change);
    newest.rho = 1 / curvature;
    gamma = curvature / dot(change, change);
    return true;
  }

  function descend(gradient: Float64Array, out: Float64Array): void {
    for (let i = 0; i < size; i++) work[i] = -gradient[i];
    if (known > 0) {
      let product = dot(pairs[known - 1].step, work);
      for (let k = known - 1; k >= 0; k--) {
        const pair = pairs[k];
        pair.alpha = pair.rho * product;
        if (k > 0) product = axpyDot(-pair.alpha, pair.change, work, pairs[k - 1].step);
        else axpy(-pair.alpha, pair.change, work);
      }
      scale(gamma, work);
      product = dot(pairs[0].change, work);
      for (let k = 0; k < known; k++) {
        const { step, alpha, rho } = pairs[k];
        if (k + 1 < known) product = axpyDot(alpha - rho * product, step, work, pairs[k + 1].change);
        else axpy(alpha - rho * product, step, work);
      }
    }
    out.set(work.subarray(0, size));
  }

  return {
    update,
    descend,
    pairs: () =>
      pairs.slice(0, known).flatMap(({ step, change }) => [step.subarray(0, size), change.subarray(0, size)]),
  };
}
