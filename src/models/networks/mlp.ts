import * as f from "../../graph/functions.js";
import { randomStream } from "../../linalg/random.js";
import { type Activation, activationOf } from "./activations.js";
import { defaultBound, type Initialization, initialKernel } from "./initialization.js";
import { type Layout, layoutOf, layoutSize } from "./layout.js";
import type { Model } from "./model.js";
import { parameterRows } from "./parameterRows.js";

/** Fully connected layers. The activation follows every layer but the last. */
export interface MlpArchitecture {
  readonly kind: "mlp";
  /** Inputs, hidden widths, outputs. An entry may stand for several layers of one width. */
  readonly widths: readonly (number | RepeatedWidth)[];
  readonly activation: Activation;
}

interface RepeatedWidth {
  readonly width: number;
  readonly times: number;
}

/** One number per layer. */
export const layerWidths = ({ widths }: MlpArchitecture): number[] =>
  widths.flatMap((entry) =>
    typeof entry === "number" ? [entry] : Array.from({ length: entry.times }, () => entry.width),
  );

/**
 * A multi-layer perceptron. Parameters are ordered as PyTorch's parameters(): weight [out, in], bias [out], layer by
 * layer.
 */
export function mlp(architecture: MlpArchitecture): Model {
  const { activation } = architecture;
  const widths = layerWidths(architecture);
  if (widths.length < 2 || !widths.every((width) => Number.isInteger(width) && width > 0)) {
    throw new RangeError(`an mlp needs two or more widths, whole numbers ≥ 1; found [${widths}]`);
  }
  const activate = activationOf(activation);
  const layers = widths.slice(1).map((out, i) => ({ name: `layer_${i}`, in: widths[i], out }));
  const layout = layoutOf(
    layers.flatMap((layer) => [
      { name: `${layer.name}.weight`, role: "weight", shape: [layer.out, layer.in] },
      { name: `${layer.name}.bias`, role: "bias", shape: [layer.out] },
    ]),
  );
  return {
    layout,
    size: layoutSize(layout),
    inputs: widths[0],
    outputs: widths[widths.length - 1],
    inputShape: widths.slice(0, 1),
    outputShape: widths.slice(-1),
    initialize: (seed, initialization = "default") => initialize(layout, seed, initialization),
    apply(theta, inputs) {
      const tensors = parameterRows(theta, layout);
      if (inputs.shape.length !== 2 || inputs.shape[0] !== widths[0]) {
        throw new RangeError(`expected inputs of shape [${widths[0]}, N], found [${inputs.shape}]`);
      }
      // Samples are columns, so weights multiply as they are stored, and the long axis is contiguous.
      return layers.reduce((h, { out }, i) => {
        const [weight, bias] = [tensors[2 * i], f.reshape(tensors[2 * i + 1], [theta.shape[0], out, 1])];
        const z = f.add(f.matmul(weight, h), bias);
        return i < layers.length - 1 ? activate(z) : z;
      }, inputs);
    },
  };
}

/** Each tensor has its own stream. Biases are 0 except with the default. */
function initialize(layout: Layout, seed: number, initialization: Initialization): Float64Array {
  const theta = new Float64Array(layoutSize(layout));
  let bound = 1;
  for (const tensor of layout) {
    const { name, role, shape, offset } = tensor;
    if (initialization !== "default") {
      if (role === "weight") theta.set(initialKernel(tensor, initialization, seed), offset);
      continue;
    }
    if (role === "weight") bound = defaultBound(shape);
    const random = randomStream(seed, "initialization", name);
    const end = offset + shape.reduce((product, length) => product * length, 1);
    for (let i = offset; i < end; i++) theta[i] = bound * (2 * random.uniform() - 1);
  }
  return theta;
}
