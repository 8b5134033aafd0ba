import type { ChannelStatistics } from "../../graph/functions.js";
import * as f from "../../graph/functions.js";
import type { NumberKind, OnnxGraph } from "../../graph/onnx/graph.js";
import { translate } from "../../graph/onnx/translate.js";
import type { Value } from "../../graph/onnx/value.js";
import { sizeOf } from "../../graph/shape.js";
import type { Random } from "../../linalg/random.js";
import { defaultBound } from "./initialization.js";
import type { TensorLayout } from "./layout.js";
import type { Model } from "./model.js";
import { networkModel, type Scope } from "./networkModel.js";

/** A network from an ONNX file. */
export interface OnnxArchitecture {
  readonly kind: "onnx";
  readonly path: string;
  /** A checkpoint that gives the values, and determines which tensors are parameters. */
  readonly weights?: string;
  /** The tensors that are parameters, by name or pattern. Default: those that layers multiply by or add. */
  readonly trainable?: readonly string[];
  /** Tensors of the checkpoint that the network does not have. */
  readonly ignore?: readonly string[];
  /** The shape of a sample, if the file leaves it open. */
  readonly inputShape?: readonly number[];
  /** The inputs of the graph that a sample is made of, in order, where there are several. */
  readonly inputs?: readonly string[];
  /** The input of the graph that takes the targets, where its output is the loss. */
  readonly targets?: string;
  /** The output that is the network's, where there are several. */
  readonly output?: string;
  /** The axis of the output that runs over the classes; axis 0 runs over the samples. */
  readonly classAxis?: number;
  /** The content of the files besides the values of the parameters, once read. */
  readonly network?: OnnxNetwork;
}

/** The definition of a network without the values of its parameters and statistics. */
export interface OnnxNetwork {
  readonly opset: number;
  /** The graph, with one output. Its constants do not include parameters and statistics. */
  readonly graph: OnnxGraph;
  readonly input: OnnxNetworkInput;
  /** Further inputs, whose numbers follow in a sample. */
  readonly more?: readonly OnnxNetworkInput[];
  /** The input of the targets; then the output is the loss. */
  readonly targets?: OnnxNetworkInput;
  readonly classAxis: number;
  readonly parameters: readonly OnnxParameter[];
  /** Batch norms by the names of the tensors with their running statistics. */
  readonly norms: readonly { readonly name: string; readonly mean: string; readonly variance: string }[];
}

/** An input of the graph, and its shape for one sample. */
export interface OnnxNetworkInput {
  readonly name: string;
  readonly kind: NumberKind;
  readonly shape: readonly number[];
}

/** A tensor of weights, and what it is in its layer. */
export interface OnnxParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly part: ParameterPart;
}

/** Kernels and biases of layers, scales and shifts of norms, tables of embeddings, and others. */
export type ParameterPart = "kernel" | "bias" | "scale" | "shift" | "table" | "other";

/** Throws an error unless the files of the architecture have been read. */
function requireNetwork({ path, network }: OnnxArchitecture): OnnxNetwork {
  if (network === undefined) throw new Error(`the network in ${path} has not been read`);
  return network;
}

const made = new WeakMap<OnnxNetwork, Model>();

/** The network of an ONNX file as a function of its parameters. */
export function onnxModel(architecture: OnnxArchitecture): Model {
  const network = requireNetwork(architecture);
  const known = made.get(network);
  if (known) return known;
  const { outputShape, outputs } = outputOf(network);
  const model = networkModel({
    inputShape: sampleShape(network),
    outputShape: outputs,
    targetShape: network.targets?.shape,
    forward: (scope, samples, targets) =>
      classesFirst(forward(network, scope, samples, targets), network.classAxis, outputShape),
  });
  made.set(network, model);
  return model;
}

/** A sample of a network with several inputs is the list of all their numbers. */
function sampleShape({ input, more = [] }: OnnxNetwork): readonly number[] {
  return more.length === 0 ? input.shape : [[input, ...more].reduce((sum, { shape }) => sum + sizeOf(shape), 0)];
}

/** The network on samples of which nothing is known but their number. */
export function trial(network: OnnxNetwork, count: number): f.Tensor {
  const { targets } = network;
  const samples = f.input("samples", [count, ...sampleShape(network)]);
  return forward(network, detached(), samples, targets && f.input("targets", [count, ...targets.shape]));
}

/** The output of one sample, as the graph gives it, and with the classes in front. */
function outputOf(network: OnnxNetwork): { outputShape: readonly number[]; outputs: readonly number[] } {
  const { shape } = trial(network, 1);
  const outputShape = shape.slice(1);
  if (outputShape.length === 0) return { outputShape: [1], outputs: [1] };
  const axis = network.classAxis - 1;
  return { outputShape, outputs: [outputShape[axis], ...outputShape.filter((_, i) => i !== axis)] };
}

/** Parameters and statistics of which nothing is known but the shapes. */
function detached(): Scope {
  return {
    parameter: ({ name, shape }) => f.input(name, shape),
    statistics: (_, x) => f.channelStatistics(x),
  };
}

/**
 * Samples [N, …] → what the graph gives for them, [N, …]. A loss is [N, 1]: the mean over what it gives for a sample,
 * or the mean over all samples, repeated.
 */
function forward(network: OnnxNetwork, scope: Scope, samples: f.Tensor, targets?: f.Tensor): f.Tensor {
  const { graph, norms, opset } = network;
  const given = fed(network, samples, targets);
  let bound = 1;
  for (const { name, shape, part } of network.parameters) {
    if (part === "kernel" && shape.length > 1) bound = defaultBound(shape);
    const tensor = scope.parameter({ name, role: roleOf(part, shape), shape }, start(part, bound), layerPart(part));
    given.set(name, { tensor, kind: "real" });
  }
  const used = new Map<string, ChannelStatistics>();
  const [result] = translate(graph, given, {
    opset,
    statistics(node, x) {
      const norm = norms.find(({ mean }) => mean === node.inputs[3]);
      if (norm === undefined) {
        throw new Error("its mean and variance are not tensors of the file; expected those of a batch norm");
      }
      if (used.has(norm.name)) throw new Error(`its statistics "${norm.mean}" are those of another batch norm, too`);
      const own = scope.statistics(norm.name, x);
      used.set(norm.name, own);
      return own;
    },
  });
  return targets ? perSample(result.tensor, samples.shape[0]) : result.tensor;
}

/** The inputs of the graph, cut from the samples. */
function fed({ input, more = [], targets: wanted }: OnnxNetwork, samples: f.Tensor, targets?: f.Tensor) {
  const given = new Map<string, Value>();
  const count = samples.shape[0];
  let start = 0;
  for (const { name, kind, shape } of [input, ...more]) {
    const part = more.length === 0 ? samples : f.slice(samples, 1, start, (start += sizeOf(shape)));
    given.set(name, { tensor: f.reshape(part, [count, ...shape]), kind });
  }
  if (wanted && targets) given.set(wanted.name, { tensor: targets, kind: wanted.kind });
  return given;
}

function perSample(loss: f.Tensor, count: number): f.Tensor {
  if (sizeOf(loss.shape) === 1) return f.expand(f.reshape(loss, [1, 1]), [count, 1]);
  if (loss.shape[0] !== count) {
    throw new Error(
      `its loss has the shape [${loss.shape}] for ${count} samples; expected one number, or one a sample`,
    );
  }
  return f.mean(f.reshape(loss, [count, sizeOf(loss.shape) / count]), [1], { keepdims: true });
}

const roleOf = (part: ParameterPart, shape: readonly number[]): TensorLayout["role"] => {
  if (part === "scale" || part === "shift") return "norm";
  return part === "bias" || shape.length < 2 ? "bias" : "weight";
};

const layerPart = (part: ParameterPart) => (part === "kernel" || part === "bias" ? part : undefined);

/** The initial values of a parameter, when training does not start from the file's values. */
function start(part: ParameterPart, bound: number): (random: Random) => number {
  switch (part) {
    case "kernel":
    case "bias":
      return (random) => bound * (2 * random.uniform() - 1);
    case "scale":
      return () => 1;
    case "shift":
      return () => 0;
    case "table":
    case "other":
      return (random) => 0.02 * random.normal();
    default:
      return part satisfies never;
  }
}

/** [N, …] with the class axis right after the samples. A single number per sample becomes [N, 1]. */
function classesFirst(output: f.Tensor, classAxis: number, outputShape: readonly number[]): f.Tensor {
  const [samples] = output.shape;
  if (output.shape.length === 1) return f.reshape(output, [samples, ...outputShape]);
  const others = [...output.shape.keys()].slice(1).filter((axis) => axis !== classAxis);
  return f.transpose(output, [0, classAxis, ...others]);
}
