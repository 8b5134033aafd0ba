import type { Values } from "../../graph/backend.js";

/** A loss as paths are optimised on it: its gradient on mini-batches, and itself over all samples. */
export interface PathSurface {
  /** Numbers in a point. */
  readonly size: number;
  /** Mini-batches in an epoch; 1 for a loss that takes all there is. */
  readonly batches: number;
  /**
   * Loss and gradient at each point, which the next call may write over, on mini-batch `batch` (from 0) of an epoch
   * (from 1).
   */
  gradients(points: readonly Float64Array[], epoch: number, batch: number): Promise<PathGradients>;
  /** The loss over all samples at each point; what one point gives does not depend on the others. */
  losses(points: readonly Float64Array[]): Promise<Float64Array>;
}

export interface PathGradients {
  readonly losses: ArrayLike<number>;
  readonly gradients: readonly Values[];
}
