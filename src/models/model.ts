import type { Tensor } from "../graph/tensor.js";
import type { Layout } from "./layout.js";
import { type MlpArchitecture, mlp } from "./mlp.js";

/** A network as a recipe: what its file calls it, how wide it is. */
export type Architecture = MlpArchitecture;

/** A network as a function of its flat parameter vector. */
export interface Model {
  readonly layout: Layout;
  /** Number of parameters. */
  readonly size: number;
  /** How many numbers a sample has, and how many come out. */
  readonly inputs: number;
  readonly outputs: number;
  /** Fresh parameters, the same for the same seed. */
  initialize(seed: number): Float64Array;
  /** Outputs [P, outputs, N] at P points of parameters `theta` [P, size] for N samples, the columns of `inputs` [inputs, N]. */
  apply(theta: Tensor, inputs: Tensor): Tensor;
}

const models: Readonly<Record<Architecture["kind"], (architecture: Architecture) => Model>> = { mlp };

/** The network that an architecture describes. */
export function createModel(architecture: Architecture): Model {
  if (!Object.hasOwn(models, architecture.kind)) {
    throw new Error(`unknown architecture "${architecture.kind}"; expected ${Object.keys(models).join(" or ")}`);
  }
  return models[architecture.kind](architecture);
}
