import type { ChannelStatistics } from "../../graph/functions.js";
import * as f from "../../graph/functions.js";
import type { NumberKind, OnnxGraph } from "../../graph/onnx/graph.js";
import { translate } from "../../graph/onnx/translate.js";
import type { Value } from "../../graph/onnx/value.js";
import type { Random } from "../../linalg/random.js";
import { defaultBound } from "./initialization.js";
import type { TensorLayout } from "./layout.js";
import type { Model } from "./model.js";
import { networkModel, type Scope } from "./networkModel.js";

/** A network out of an ONNX file. */
export interface OnnxArchitecture {
  readonly kind: "onnx";
  readonly path: string;
  /** A checkpoint that gives the values, and says which tensors are parameters. */
  readonly weights?: string;
  /** Which tensors are parameters, by name or pattern; by default those that layers multiply by and add. */
  readonly trainable?: readonly string[];
  /** Tensors of the checkpoint that the network has no place for. */
  readonly ignore?: readonly string[];
  /** The shape of a sample, where the file leaves it open. */
  readonly inputShape?: readonly number[];
  /** The output that is the network's, where there are several. */
  readonly output?: string;
  /** The axis of the output that counts classes; that of the samples is 0. */
  readonly classAxis?: number;
  /** What the files hold beside the values of the parameters, once they are read. */
  readonly network?: OnnxNetwork;
}

/** What a network is beside the values of its parameters and statistics. */
export interface OnnxNetwork {
  readonly opset: number;
  /** With one output. Parameters and statistics are none of its constants. */
  readonly graph: OnnxGraph;
  readonly input: { readonly name: string; readonly kind: NumberKind; readonly shape: readonly number[] };
  readonly classAxis: number;
  readonly parameters: readonly OnnxParameter[];
  /** Batch norms by the names of the tensors that hold their running statistics. */
  readonly norms: readonly { readonly name: string; readonly mean: string; readonly variance: string }[];
}

/** A tensor of weights, and what it is in its layer. */
export interface OnnxParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly part: ParameterPart;
}

/** Kernels and biases of layers, scales and shifts of norms, tables of embeddings, and whatever else. */
export type ParameterPart = "kernel" | "bias" | "scale" | "shift" | "table" | "other";

/** Throws unless the files of the architecture have been read. */
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
    inputShape: network.input.shape,
    outputShape: outputs,
    forward: (scope, samples) => classesFirst(forward(network, scope, samples), network.classAxis, outputShape),
  });
  made.set(network, model);
  return model;
}

/** The output of one sample, as the graph gives it, and with the classes in front. */
function outputOf(network: OnnxNetwork): { outputShape: readonly number[]; outputs: readonly number[] } {
  const { shape } = forward(network, detached(), f.input("samples", [1, ...network.input.shape]));
  const outputShape = shape.slice(1);
  if (outputShape.length === 0) return { outputShape: [1], outputs: [1] };
  const axis = network.classAxis - 1;
  return { outputShape, outputs: [outputShape[axis], ...outputShape.filter((_, i) => i !== axis)] };
}

/** Parameters and statistics of which nothing is known but the shapes. */
export function detached(): Scope {
  return {
    parameter: ({ name, shape }) => f.input(name, shape),
    statistics: (_, x) => f.channelStatistics(x),
  };
}

/** Samples [N, …] → what the graph gives for them, [N, …]. */
export function forward(network: OnnxNetwork, scope: Scope, samples: f.Tensor): f.Tensor {
  const { graph, input, norms, opset } = network;
  const given = new Map<string, Value>([[input.name, { tensor: samples, kind: input.kind }]]);
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
  return result.tensor;
}

const roleOf = (part: ParameterPart, shape: readonly number[]): TensorLayout["role"] => {
  if (part === "scale" || part === "shift") return "norm";
  return part === "bias" || shape.length < 2 ? "bias" : "weight";
};

const layerPart = (part: ParameterPart) => (part === "kernel" || part === "bias" ? part : undefined);

/** How a parameter begins, where training does not begin with the file's values. */
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

/** [N, …] with the class axis as the first after the samples; a number a sample becomes [N, 1]. */
function classesFirst(output: f.Tensor, classAxis: number, outputShape: readonly number[]): f.Tensor {
  const [samples] = output.shape;
  if (output.shape.length === 1) return f.reshape(output, [samples, ...outputShape]);
  const others = [...output.shape.keys()].slice(1).filter((axis) => axis !== classAxis);
  return f.transpose(output, [0, classAxis, ...others]);
}
