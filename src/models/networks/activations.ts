import * as f from "../../graph/functions.js";

/** The functions that may follow a layer. */
const activations = {
  tanh: f.tanh,
  relu: f.relu,
  sigmoid: f.sigmoid,
  sin: f.sin,
  gelu: f.gelu,
  silu: f.silu,
  softplus: f.softplus,
};

export type Activation = keyof typeof activations;

/** The activation of this name; an error lists those there are. */
export function activationOf(name: Activation): (x: f.Tensor) => f.Tensor {
  if (!Object.hasOwn(activations, name)) {
    throw new Error(`unknown activation "${name}"; expected ${Object.keys(activations).join(", ")}`);
  }
  return activations[name];
}
