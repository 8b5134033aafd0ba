import * as f from "../../graph/functions.js";
import { randomStream } from "../../linalg/random.js";
import { type Activation, activationOf } from "./activations.js";
import { defaultBound, type Initialization, initialKernel } from "./initialization.js";
import { type Layout, layoutOf, layoutSize, tensorSize } from "./layout.js";
import type { Model } from "./model.js";
import { parameterRows } from "./parameterRows.js";

/** Fully connected layers. The activation follows every layer but the last. */
export interface MlpArchitecture {
  readonly kind: "mlp";
  /** Inputs, hidden widths, outputs. An entry may stand for several layers of one width. */
  readonly widths: readonly (number | RepeatedWidth)[];
  readonly activation: Activation;
  /**
   * The factors ω₀ of a SIREN (Sitzmann et al. 2020), whose layers are sin(ω₀(Wx + b)): one for all, or that of the
   * first layer and that of the others. Default: 1.
   */
  readonly omega?: number | SineFactors;
  /** Waves of the inputs x that the first layer takes instead of them. */
  readonly fourierFeatures?: FourierFeatures;
}

/**
 * cos 2πBx and sin 2πBx for a random matrix B with `count` rows (Tancik et al. 2020). Its entries are normal numbers of
 * deviation `scale`, the same for the same seed.
 */
interface FourierFeatures {
  readonly count: number;
  readonly scale: number;
  readonly seed: number;
}

/** The paper takes 30 for both. */
interface SineFactors {
  readonly first: number;
  readonly hidden: number;
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

/** The factors of a SIREN; undefined without omega. */
const sineFactors = ({ omega }: MlpArchitecture): SineFactors | undefined =>
  typeof omega === "number" ? { first: omega, hidden: omega } : omega;

/**
 * A multi-layer perceptron. Parameters are ordered as PyTorch's parameters(): weight [out, in], bias [out], layer by
 * layer.
 */
export function mlp(architecture: MlpArchitecture): Model {
  const { activation, fourierFeatures } = architecture;
  const widths = layerWidths(architecture);
  if (widths.length < 2 || !widths.every((width) => Number.isInteger(width) && width > 0)) {
    throw new RangeError(`an mlp needs two or more widths, whole numbers ≥ 1; found [${widths}]`);
  }
  const factors = sineFactors(architecture);
  if (factors && (activation !== "sin" || widths.length < 3)) {
    const found = activation !== "sin" ? `the activation ${activation}` : "no hidden layer";
    throw new Error(`an mlp with omega has hidden layers of sines, activation: sin; found ${found}`);
  }
  const activate = activationOf(activation);
  const taken = [fourierFeatures ? 2 * fourierFeatures.count : widths[0], ...widths.slice(1)];
  const layers = widths.slice(1).map((out, i) => ({ name: `layer_${i}`, in: taken[i], out }));
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
    initialize: (seed, initialization = "default") => initialize(layout, seed, initialization, factors),
    apply(theta, inputs) {
      const tensors = parameterRows(theta, layout);
      if (inputs.shape.length !== 2 || inputs.shape[0] !== widths[0]) {
        throw new RangeError(`expected inputs of shape [${widths[0]}, N], found [${inputs.shape}]`);
      }
      const features = fourierFeatures ? waves(inputs, fourierFeatures) : inputs;
      // Samples are columns, so weights multiply as they are stored, and the long axis is contiguous.
      return layers.reduce((h, { out }, i) => {
        const [weight, bias] = [tensors[2 * i], f.reshape(tensors[2 * i + 1], [theta.shape[0], out, 1])];
        const z = f.add(f.matmul(weight, h), bias);
        if (i === layers.length - 1) return z;
        return activate(factors ? f.mul(i === 0 ? factors.first : factors.hidden, z) : z);
      }, features);
    },
  };
}

/** Features [2·count, N] of inputs [V, N]. */
function waves(inputs: f.Tensor, { count, scale, seed }: FourierFeatures): f.Tensor {
  const random = randomStream(seed, "Fourier features");
  const frequencies = Float64Array.from(
    { length: count * inputs.shape[0] },
    () => 2 * Math.PI * scale * random.normal(),
  );
  const phases = f.matmul(f.constant(frequencies, [count, inputs.shape[0]]), inputs);
  return f.concat([f.cos(phases), f.sin(phases)], 0);
}

/** Each tensor has its own stream. Biases are 0 except with the default and siren. */
function initialize(
  layout: Layout,
  seed: number,
  initialization: Initialization,
  factors: SineFactors | undefined,
): Float64Array {
  if (initialization === "siren" && !factors) throw new Error("the initialization siren needs sines with omega");
  const theta = new Float64Array(layoutSize(layout));
  let bound = 1;
  for (const [i, tensor] of layout.entries()) {
    const { name, role, shape, offset } = tensor;
    if (initialization !== "default" && initialization !== "siren") {
      if (role === "weight") theta.set(initialKernel(tensor, initialization, seed), offset);
      continue;
    }
    if (role === "weight") bound = defaultBound(shape);
    const random = randomStream(seed, "initialization", name);
    const reach = initialization === "siren" && role === "weight" ? sirenBound(shape[1], i === 0, factors!) : bound;
    for (let k = offset; k < offset + tensorSize(tensor); k++) theta[k] = reach * (2 * random.uniform() - 1);
  }
  return theta;
}

/** The paper's bounds, §3.2 and its supplement: the preactivations of hidden layers are then nearly normal. */
const sirenBound = (fanIn: number, isFirst: boolean, { hidden }: SineFactors): number =>
  isFirst ? 1 / fanIn : Math.sqrt(6 / fanIn) / hidden;
