import type { Tensor } from "../../graph/tensor.js";
import type { Initialization } from "./initialization.js";
import type { Layout } from "./layout.js";

/** A network as a function of its flat parameter vector. */
export interface Model {
  readonly layout: Layout;
  /** Number of parameters. */
  readonly size: number;
  /** How many numbers a sample has, and how many come out. Images are channels of rows: [C, H, W], flattened. */
  readonly inputs: number;
  readonly outputs: number;
  /** How the numbers of a sample are arranged. */
  readonly inputShape: readonly number[];
  /** How the numbers that come out are arranged: classes first, then (for each pixel or token) the place. */
  readonly outputShape: readonly number[];
  /** What its output, a loss, is compared with: the shape of the targets of a sample, which follow it in `inputs`. */
  readonly targetShape?: readonly number[];
  /** The channel statistics of batch norms, where the network has any. */
  readonly state?: ModelState;
  /** Fresh parameters, the same for the same seed. Default initialization: "default". */
  initialize(seed: number, initialization?: Initialization): Float64Array;
  /**
   * Outputs [P, outputs, N] at P points of parameters `theta` [P, size] for N samples, the columns of `inputs` [inputs,
   * N]; where it has a `targetShape`, they go on with the targets. Batch norms use the statistics in `state` ([1,
   * state.size], or a row for each point: stored ones); without it, those of these samples at each point (recomputed
   * ones, as in training).
   */
  apply(theta: Tensor, inputs: Tensor, state?: Tensor): Tensor;
}

/** What batch norms know of their channels beside the parameters: mean and variance, one flat vector. */
export interface ModelState {
  readonly layout: Layout;
  readonly size: number;
  /** For each tensor of the layout the places of a sample (pixels) that a channel's statistics are taken over. */
  readonly places: readonly number[];
  /**
   * The statistics [P, size] of N samples, the columns of `inputs`, at P points. The variance divides by their number.
   */
  recompute(theta: Tensor, inputs: Tensor): Tensor;
}
