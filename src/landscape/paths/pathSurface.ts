import type { Values } from "../../graph/backend.js";

/** A loss for the optimisation of paths: its gradient on mini-batches, and its value over all samples. */
export interface PathSurface {
  /** The number of coordinates of a point. */
  readonly size: number;
  /** The number of mini-batches in an epoch; 1 for a loss that always takes all data. */
  readonly batches: number;
  /**
   * Loss and gradient at each point, on mini-batch `batch` (from 0) of an epoch (from 1). The next call may overwrite
   * them.
   */
  gradients(points: readonly Float64Array[], epoch: number, batch: number): Promise<PathGradients>;
  /** The loss over all samples at each point. The result for one point does not depend on the others. */
  losses(points: readonly Float64Array[]): Promise<Float64Array>;
}

export interface PathGradients {
  readonly losses: ArrayLike<number>;
  readonly gradients: readonly Values[];
}
