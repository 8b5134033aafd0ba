import * as f from "../../graph/functions.js";

/** The activation functions of layers. */
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

/** The activation of this name. An error lists the known ones. */
export function activationOf(name: Activation): (x: f.Tensor) => f.Tensor {
  if (!Object.hasOwn(activations, name)) {
    throw new Error(`unknown activation "${name}"; expected ${Object.keys(activations).join(", ")}`);
  }
  return activations[name];
}
