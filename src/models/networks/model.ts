import type { Tensor } from "../../graph/tensor.js";
import { type CnnArchitecture, cnn } from "./cnn.js";
import type { Initialization } from "./initialization.js";
import type { Layout } from "./layout.js";
import { type MlpArchitecture, mlp } from "./mlp.js";
import { type ParametersArchitecture, parameters } from "./parameters.js";
import { type ResnetArchitecture, resnet } from "./resnet.js";
import { type TransformerArchitecture, transformer } from "./transformer.js";
import { type UnetArchitecture, unet } from "./unet.js";

/** A network as a recipe: what its file calls it, how wide it is. */
export type Architecture =
  | MlpArchitecture
  | CnnArchitecture
  | ResnetArchitecture
  | UnetArchitecture
  | TransformerArchitecture
  | ParametersArchitecture;

/** A network as a function of its flat parameter vector. */
export interface Model {
  readonly layout: Layout;
  /** Number of parameters. */
  readonly size: number;
  /** How many numbers a sample has, and how many come out. Images are channels of rows: [C, H, W], flattened. */
  readonly inputs: number;
  readonly outputs: number;
  /** How the numbers that come out are arranged: classes first, then (for each pixel or token) the place. */
  readonly outputShape: readonly number[];
  /** The channel statistics of batch norms, where the network has any. */
  readonly state?: ModelState;
  /** Fresh parameters, the same for the same seed. Default initialization: "default". */
  initialize(seed: number, initialization?: Initialization): Float64Array;
  /**
   * Outputs [P, outputs, N] at P points of parameters `theta` [P, size] for N samples, the columns of `inputs`
   * [inputs, N]. Batch norms use the statistics in `state` ([1, state.size], or a row for each point: stored ones);
   * without it, those of these samples at each point (recomputed ones, as in training).
   */
  apply(theta: Tensor, inputs: Tensor, state?: Tensor): Tensor;
}

/** What batch norms know of their channels beside the parameters: mean and variance, one flat vector. */
export interface ModelState {
  readonly layout: Layout;
  readonly size: number;
  /** For each tensor of the layout the places of a sample (pixels) that a channel's statistics are taken over. */
  readonly places: readonly number[];
  /** The statistics [P, size] of N samples, the columns of `inputs`, at P points. The variance divides by their number. */
  recompute(theta: Tensor, inputs: Tensor): Tensor;
}

type Kind = Architecture["kind"];
type Makers = { readonly [K in Kind]: (architecture: Extract<Architecture, { kind: K }>) => Model };

const models: Makers = { mlp, cnn, resnet, unet, transformer, parameters };

/** The network that an architecture describes. */
export function createModel(architecture: Architecture): Model {
  if (!Object.hasOwn(models, architecture.kind)) {
    throw new Error(`unknown architecture "${architecture.kind}"; expected ${Object.keys(models).join(" or ")}`);
  }
  return (models[architecture.kind] as (architecture: Architecture) => Model)(architecture);
}
