import type { Tensor } from "../../graph/tensor.js";
import type { Initialization } from "./initialization.js";
import type { Layout } from "./layout.js";

/** A network as a function of its flat parameter vector. */
export interface Model {
  readonly layout: Layout;
  /** The number of parameters. */
  readonly size: number;
  /** The number of values of a sample, and of outputs. Images are [C, H, W], flattened. */
  readonly inputs: number;
  readonly outputs: number;
  /** The shape of a sample. */
  readonly inputShape: readonly number[];
  /** The shape of the outputs: classes first, then the position (for each pixel or token). */
  readonly outputShape: readonly number[];
  /** What its output, a loss, is compared with: the shape of the targets of a sample, which follow it in `inputs`. */
  readonly targetShape?: readonly number[];
  /** The channel statistics of batch norms, where the network has any. */
  readonly statistics?: ModelStatistics;
  /** Initial parameters, the same for the same seed. The initialization is "default" by default. */
  initialize(seed: number, initialization?: Initialization): Float64Array;
  /**
   * Outputs [P, outputs, N] at P points of parameters `theta` [P, size] for N samples, the columns of `inputs` [inputs,
   * N]; where it has a `targetShape`, they go on with the targets. Batch norms use the stored `statistics`, one row [1,
   * size] or a row for each point; without them, those of these samples at each point (recomputed ones, as in
   * training).
   */
  apply(theta: Tensor, inputs: Tensor, statistics?: Tensor): Tensor;
}

/** The channel statistics of batch norms: mean and variance, in one flat vector. */
export interface ModelStatistics {
  readonly layout: Layout;
  readonly size: number;
  /**
   * For each tensor of the layout, the number of positions (pixels) of a sample that the statistics of a channel cover.
   */
  readonly places: readonly number[];
  /**
   * The statistics [P, size] of N samples, the columns of `inputs`, at P points. The variance divides by their number.
   */
  recompute(theta: Tensor, inputs: Tensor): Tensor;
}
