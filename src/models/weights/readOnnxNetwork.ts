import { closeSync, fstatSync, openSync, readFileSync, readSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { type OnnxGraph, type OnnxTensor, onnxTensor } from "../../graph/onnx/graph.js";
import { type OnnxFile, readOnnx } from "../../graph/onnx/readOnnx.js";
import type { FileTensor } from "../../graph/onnx/readTensor.js";
import { neededNodes, unsupportedNodes } from "../../graph/onnx/translate.js";
import { suggestion } from "../../text/nearestName.js";
import { tensorSize } from "../networks/layout.js";
import type { NetworkState } from "../networks/networkState.js";
import { type OnnxArchitecture, type OnnxNetwork, type OnnxNetworkInput, onnxModel, trial } from "../networks/onnx.js";
import { initialStatistics } from "../networks/runningStatistics.js";
import { type Checkpoint, separateMerged } from "./mergedTensors.js";
import { classify, isMadeUp, patternOf } from "./onnxParameters.js";
import { foldedAway, untied } from "./onnxSuspicions.js";

/** A network from a file, the values of its parameters there, and remarks for the user. */
export interface ReadNetwork {
  readonly architecture: OnnxArchitecture;
  readonly state: NetworkState;
  readonly notes: readonly string[];
}

/** How to export everything that a landscape needs. */
const REMEDY =
  "export it without optimisation, from PyTorch after model.eval() by torch.onnx.export(model, x, path, " +
  "training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False), with dynamo=True by optimize=False";

/**
 * Reads the network of an ONNX file at `absolute`. A `checkpoint` gives the values of its parameters and determines
 * which tensors are parameters.
 *
 * @throws Error that begins with the path, for a file that is damaged or uses unsupported features, and when
 * `trainable`, `output`, `inputShape` or the checkpoint do not fit it.
 */
export function readOnnxNetwork(
  architecture: OnnxArchitecture,
  absolute: string,
  checkpoint?: Checkpoint,
): ReadNetwork {
  const { path } = architecture;
  const file = readOnnx(readFileSync(absolute), path, externalReader(absolute, path));
  try {
    return assembled(architecture, file, checkpoint);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(message.startsWith(path) ? message : `${path}: ${message}`, { cause: error });
  }
}

function assembled(architecture: OnnxArchitecture, stored: OnnxFile, checkpoint?: Checkpoint): ReadNetwork {
  const { file, separated } = separateMerged(stored);
  const graph = { ...file.graph, outputs: [outputName(architecture, file.graph)] };
  const [unsupported] = unsupportedNodes(graph);
  if (unsupported) throw new Error(unsupported);
  const needed = new Set(neededNodes(graph).flatMap(namesIn));
  const tensors = new Map([...file.initializers].filter(([name]) => needed.has(name)));
  const { parameters, others } = checkpoint
    ? classify(graph, tensors, namesInBoth(graph, tensors, checkpoint, architecture))
    : classify(graph, tensors, architecture.trainable);
  const stray = checkpoint ? undefined : architecture.trainable?.find(isOfNone(parameters.map(({ name }) => name)));
  if (stray !== undefined) {
    throw new Error(`trainable names "${stray}", which is not a tensor${suggestion(stray, tensors.keys())}`);
  }
  if (parameters.length === 0) throw new Error(`it has no parameters; found the tensors ${list([...tensors.keys()])}`);
  const norms = normsOf(graph, tensors);
  const kept = new Set([
    ...parameters.map(({ name }) => name),
    ...norms.flatMap(({ mean, variance }) => [mean, variance]),
  ]);
  const constants = [...tensors].filter(([name]) => !kept.has(name));
  const network = fitted(architecture, {
    opset: file.opset,
    graph: { ...graph, constants: { ...graph.constants, ...Object.fromEntries(constants.map(constant)) } },
    ...inputsOf(architecture, graph),
    classAxis: 1,
    parameters,
    norms,
  });
  const own = { ...architecture, network };
  const state = stateOf(own, tensors, checkpoint);
  return { architecture: own, state, notes: notesOf(own, state, others, separated) };
}

const constant = ([name, { kind, shape, values }]: [string, FileTensor]): [string, OnnxTensor] => [
  name,
  onnxTensor(kind, shape, values()),
];

function namesIn({ inputs, attributes }: { inputs: readonly string[]; attributes: object }): string[] {
  const graphs = Object.values(attributes).filter((value): value is OnnxGraph => value?.nodes !== undefined);
  return [...inputs, ...graphs.flatMap((graph) => [...graph.outputs, ...graph.nodes.flatMap(namesIn)])];
}

const list = (names: readonly string[], most = 12) =>
  names.slice(0, most).join(", ") + (names.length > most ? ", …" : "");

function outputName({ output }: OnnxArchitecture, { outputs }: OnnxGraph): string {
  const own = output ?? outputs[0];
  if (own === undefined) throw new Error("the graph has no output");
  if (!outputs.includes(own)) {
    throw new Error(`the graph has no output "${own}"; it has ${outputs.join(", ")}${suggestion(own, outputs)}`);
  }
  return own;
}

/** The inputs that samples and targets are fed to, and their shapes for one sample. */
function inputsOf(
  { inputs: order, targets: own, inputShape }: OnnxArchitecture,
  graph: OnnxGraph,
): Pick<OnnxNetwork, "input" | "more" | "targets"> {
  const needed = new Set([...neededNodes(graph).flatMap(namesIn), ...graph.outputs]);
  const all = graph.inputs.filter(({ name }) => needed.has(name));
  const names = all.map(({ name }) => name);
  const stray = [...(order ?? []), ...(own === undefined ? [] : [own])].find((name) => !names.includes(name));
  if (stray !== undefined) {
    throw new Error(
      `no input that the output depends on is called "${stray}"${suggestion(stray, names)}; there are ${list(names)}`,
    );
  }
  const wanted = order ?? names.filter((name) => name !== own);
  const [input, ...more] = wanted.map((name) => all.find((other) => other.name === name)!);
  const left = names.filter((name) => name !== own && !wanted.includes(name));
  if (input === undefined || left.length > 0 || (order === undefined && more.length > 0)) {
    const found = all.map(({ name, shape }) => `${name} [${shape.join(", ")}]`).join(", ") || "none";
    throw new Error(
      `the graph has ${all.length} inputs (${found}); expected one, the samples. Name those that a sample is made of under ` +
        "inputs; where the output is a loss, the one of the labels or numbers that it compares with under targets",
    );
  }
  const shaped = (of: OnnxGraph["inputs"][number]) => sampleOf(of, more.length === 0 ? inputShape : undefined);
  return {
    input: shaped(input),
    ...(more.length > 0 && { more: more.map(shaped) }),
    ...(own !== undefined && { targets: sampleOf(all.find(({ name }) => name === own)!, undefined) }),
  };
}

/** An input, and its shape for one sample. */
function sampleOf(input: OnnxGraph["inputs"][number], inputShape: OnnxArchitecture["inputShape"]): OnnxNetworkInput {
  const given = input.shape.slice(1);
  const shape = inputShape ?? given;
  const fits = given.every((length, i) => typeof length === "string" || length === shape[i]);
  if (shape.some((length) => typeof length === "string")) {
    throw new Error(`the samples of ${input.name} have the shape [${given.join(", ")}]; give inputShape, in numbers`);
  }
  if (inputShape && (inputShape.length !== given.length || !fits)) {
    throw new Error(`its samples have the shape [${given.join(", ")}], but inputShape is [${inputShape.join(", ")}]`);
  }
  return { name: input.name, kind: input.kind, shape: shape as number[] };
}

/** Batch norms in order. A name is the common part of the names of mean and variance. */
function normsOf(graph: OnnxGraph, tensors: ReadonlyMap<string, FileTensor>): OnnxNetwork["norms"] {
  const nodes = neededNodes(graph).filter(({ operator }) => operator === "BatchNormalization");
  const names = new Set<string>();
  return nodes.map(({ inputs: [, , , mean, variance], name }, i) => {
    if (!tensors.has(mean) || !tensors.has(variance)) {
      throw new Error(`node "${name}" (BatchNormalization): its mean and variance are not tensors of the file`);
    }
    const base = isMadeUp(mean) ? "" : mean.replace(/[._/]?(running_mean|moving_mean|mean)(:0)?$/, "");
    const own = base === "" || names.has(base) ? `norm_${i}` : base;
    names.add(own);
    return { name: own, mean, variance };
  });
}

/** The network with its class axis, after a trial with two and with three samples. */
function fitted(architecture: OnnxArchitecture, network: OnnxNetwork): OnnxNetwork {
  let shapes: (readonly number[])[];
  try {
    shapes = [2, 3].map((count) => trial(network, count).shape);
  } catch (error) {
    const fixed = network.graph.inputs.find(({ name }) => name === network.input.name)?.shape[0];
    if (typeof fixed !== "number") throw error;
    throw new Error(
      `${(error as Error).message}; the file has a fixed batch size of ${fixed}; export it with a free batch axis ` +
        "(dynamic_axes, or dynamic_shapes with dynamo)",
    );
  }
  const [two, three] = shapes;
  if (two[0] !== 2 || three[0] !== 3 || two.length > 4) {
    throw new Error(
      `its output has the shape [${two}] for 2 samples and [${three}] for 3; expected one row per sample`,
    );
  }
  const rank = two.length;
  // Sequences of logits have the classes last, as in transformers; images have them first.
  const classAxis = architecture.classAxis ?? (rank === 3 ? 2 : 1);
  if (rank > 1 && (classAxis < 1 || classAxis >= rank)) {
    throw new Error(
      `classAxis is ${classAxis}; expected 1 to ${rank - 1}, an axis of the output after that of the samples`,
    );
  }
  return { ...network, classAxis: rank === 1 ? 1 : classAxis };
}

/** The parameters and statistics of the files, in the order of the network. */
function stateOf(
  architecture: OnnxArchitecture,
  tensors: ReadonlyMap<string, FileTensor>,
  checkpoint?: Checkpoint,
): NetworkState {
  const model = onnxModel(architecture);
  const { norms } = architecture.network!;
  const valuesOf = (name: string) => checkpoint?.get(name)?.values ?? tensors.get(name)!.values();
  const weights = new Float64Array(model.size);
  for (const { name, offset } of model.layout) weights.set(valuesOf(name), offset);
  const statistics = model.statistics ? initialStatistics(model.statistics) : new Float64Array(0);
  for (const tensor of model.statistics?.layout ?? []) {
    const norm = norms.find(({ name }) => tensor.name === `${name}.mean` || tensor.name === `${name}.variance`)!;
    statistics.set(valuesOf(tensor.name.endsWith(".mean") ? norm.mean : norm.variance), tensor.offset);
  }
  return { weights, statistics };
}

/** The names of parameters that the checkpoint and the graph share. */
function namesInBoth(
  graph: OnnxGraph,
  tensors: ReadonlyMap<string, FileTensor>,
  checkpoint: Checkpoint,
  { weights, ignore = [], trainable }: OnnxArchitecture,
): string[] {
  const ignored = ignore.map(patternOf);
  const isSpare = (name: string) =>
    name.endsWith("num_batches_tracked") || ignored.some((pattern) => pattern.test(name));
  const missing = [...checkpoint.keys()].filter((name) => !tensors.has(name) && !isSpare(name));
  const copies = missing.filter((name) => isCopy(checkpoint, name));
  const lost = missing.filter((name) => !copies.includes(name));
  if (lost.length > 0) {
    const madeUp = [...tensors].filter(([name, { kind }]) => kind === "real" && isMadeUp(name)).map(([name]) => name);
    const found = `${weights} has ${list(lost)}, which the graph does not have`;
    throw new Error(
      madeUp.length > 0
        ? `${found}; it has ${list(madeUp)} instead: its tensors were folded or renamed. ${capital(REMEDY)}`
        : `${found}; it has ${list([...tensors.keys()])}. Name those that may be dropped under ignore`,
    );
  }
  for (const [name, { shape }] of checkpoint) {
    const own = tensors.get(name);
    if (own && own.shape.join() !== shape.join()) {
      throw new Error(`"${name}" is [${shape.join(", ")}] in ${weights}; expected [${own.shape.join(", ")}]`);
    }
  }
  const wanted = trainable?.map(patternOf);
  const both = classify(graph, tensors, undefined).parameters.map(({ name }) => name);
  const absent = both.filter((name) => !checkpoint.has(name) && !isMadeUp(name));
  if (absent.length > 0) throw new Error(`${weights} lacks ${list(absent)}; expected all parameters of the network`);
  return both.filter((name) => checkpoint.has(name) && (wanted?.some((pattern) => pattern.test(name)) ?? true));
}

/** True when a tensor of a checkpoint is another one under a second name: tied weights. */
function isCopy(checkpoint: Checkpoint, name: string): boolean {
  const own = checkpoint.get(name)!;
  return [...checkpoint].some(
    ([other, { shape, values }]) =>
      other !== name && shape.join() === own.shape.join() && Array.from(values).every((x, i) => x === own.values[i]),
  );
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

const isOfNone = (names: readonly string[]) => (text: string) => !names.some((name) => patternOf(text).test(name));

function notesOf(
  architecture: OnnxArchitecture,
  state: NetworkState,
  others: readonly string[],
  separated: readonly string[],
): string[] {
  const network = architecture.network!;
  const { layout, size } = onnxModel(architecture);
  const folded = foldedAway(network);
  const copies = untied(layout, state.weights);
  const spare = copies.reduce((sum, { size }) => sum + size, 0);
  const own = layout.map(({ name }) => name).filter((name) => separated.includes(name));
  const real = others.filter((name) => tensorSize({ shape: network.graph.constants[name]?.shape ?? [] }) > 1);
  return [
    `${size} trainable elements in ${layout.length} ${layout.length === 1 ? "tensor" : "tensors"}`,
    ...(own.length > 0
      ? [
          `the exporter had merged equal tensors; ${own.length} of them are parameters of their own again: ${list(own, 3)}`,
        ]
      : []),
    ...(real.length > 0 ? [`not trained: ${list(real)}; set trainable: [names] to choose others`] : []),
    ...(folded > 0
      ? [
          `batch norms look folded into convolutions: ${size} elements are left of about ${size + folded} ` +
            `(${size + folded / 2} if the convolutions had no biases); ${REMEDY}`,
        ]
      : []),
    ...(copies.length > 0
      ? [
          `${copies.map(({ name, of }) => `${name} equals ${of}`).join(", ")}: tied weights look copied, ${size} elements ` +
            `for ${size - spare}; ${REMEDY}`,
        ]
      : []),
  ];
}

/** Reads parts of files in the folder of a model, and only there. */
function externalReader(absolute: string, path: string) {
  const folder = realpathSync(dirname(absolute));
  return (location: string, offset: number, length: number): Uint8Array => {
    const label = `${path}: its tensors are in "${location}"`;
    if (isAbsolute(location) || location.split(/[\\/]/).includes("..")) {
      throw new Error(`${label}; expected a file in the folder of the model`);
    }
    let real: string;
    try {
      real = realpathSync(resolve(folder, location));
    } catch {
      throw new Error(`${label}, which does not exist beside it`);
    }
    if (relative(folder, real).split(sep)[0] === "..") throw new Error(`${label}; expected a file in its folder`);
    const file = openSync(real, "r");
    try {
      const { size } = fstatSync(file);
      if (offset + length > size) {
        throw new Error(`${label}, which has ${size} bytes; expected ${length} bytes at ${offset}`);
      }
      const bytes = Buffer.alloc(length);
      for (let read = 0; read < length; ) read += readSync(file, bytes, read, length - read, offset + read);
      return bytes;
    } finally {
      closeSync(file);
    }
  };
}
