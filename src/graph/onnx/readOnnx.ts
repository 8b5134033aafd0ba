import { inlineFunctions, type OnnxFunction } from "./functions.js";
import {
  type NumberKind,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  onnxTensor,
  tensorValues,
} from "./graph.js";
import { type Message, readMessage } from "./protobuf.js";
import { type FileTensor, fileTensor, numberKind, type ReadExternal, type TensorMessage } from "./readTensor.js";
import { modelFields } from "./schema.js";
import { unrounded } from "./unrounded.js";

/** An ONNX file: its graph, and its tensors, which are not part of the graph. */
export interface OnnxFile {
  readonly producer: string;
  /** The version of the standard operators. */
  readonly opset: number;
  /** Without initializers. Tensors of Constant nodes are among its constants. */
  readonly graph: OnnxGraph;
  readonly initializers: ReadonlyMap<string, FileTensor>;
}

const OPSETS = { first: 9, last: 23 };

/**
 * Reads an ONNX file of opset 9 to 23. `name` begins each message. Expands model-local functions. Throws Error for
 * damaged files, other opsets, sparse initializers and tensors of texts.
 */
export function readOnnx(bytes: Uint8Array, name: string, readExternal: ReadExternal): OnnxFile {
  const model = readMessage(bytes, modelFields, name) as Message & {
    producer?: string;
    graph?: Message;
    operatorSets: { domain?: string; version?: number }[];
    functions: Message[];
  };
  if (model.graph === undefined) throw new Error(`${name} is not an ONNX model: it has no graph`);
  const sets = model.operatorSets.filter(({ domain = "" }) => domain === "" || domain === "ai.onnx");
  const opset = sets[0]?.version ?? 1;
  if (opset < OPSETS.first || opset > OPSETS.last) {
    throw new Error(`${name} has opset ${opset}; expected ${OPSETS.first} to ${OPSETS.last}: export it again`);
  }
  const context = { name, readExternal };
  const functions = model.functions.map((own) => readFunction(own, context));
  const initializers = new Map<string, FileTensor>();
  const graph = readGraph(model.graph, context, initializers);
  return { producer: model.producer ?? "", opset, graph: inlineFunctions(graph, functions, name), initializers };
}

/** The files beside the model that hold its tensors. */
export function externalFiles(bytes: Uint8Array, name: string): string[] {
  const model = readMessage(bytes, modelFields, name) as { graph?: { initializers: TensorMessage[] } };
  const entries = model.graph?.initializers.flatMap(({ external }) => external) ?? [];
  return [...new Set(entries.flatMap(({ key, value }) => (key === "location" && value ? [value] : [])))];
}

interface Context {
  name: string;
  readExternal: ReadExternal;
}

/** The graph. Its initializers go to the map, or to its constants when there is none. */
function readGraph(message: Message, context: Context, initializers?: Map<string, FileTensor>): OnnxGraph {
  const { nodes, inputs, outputs, sparse } = message as Record<string, Message[]>;
  if (sparse.length > 0) throw new Error(`${context.name} has sparse initializers, which are not supported`);
  const constants: Record<string, OnnxTensor> = {};
  const own = new Set<string>();
  for (const tensor of message.initializers as TensorMessage[]) {
    const key = tensor.name ?? "";
    own.add(key);
    const read = fileTensor(tensor, context.readExternal, `${context.name}: ${key}`);
    if (initializers) initializers.set(key, read);
    else constants[key] = stored(read);
  }
  const kept: OnnxNode[] = [];
  for (const node of nodes) {
    const read = readNode(node, context);
    const constant = read.operator === "Constant" && read.domain === "" ? constantOf(read) : undefined;
    if (constant) constants[read.outputs[0]] = constant;
    else kept.push(read);
  }
  return {
    nodes: kept,
    // Before IR version 4, initializers were inputs too.
    inputs: inputs.map(readInput).filter(({ name }) => !own.has(name)),
    outputs: outputs.map(({ name }) => name as string),
    constants,
  };
}

const stored = ({ kind, shape, values }: FileTensor) => onnxTensor(kind, shape, values());

function readInput({ name, type }: Message) {
  const { element = 1, shape } = ((type as Message | undefined)?.tensor ?? {}) as { element?: number; shape?: Message };
  const dims = (shape?.dims ?? []) as { value?: number; parameter?: string }[];
  return {
    name: name as string,
    kind: numberKind(element) ?? ("real" as NumberKind),
    shape: dims.map(({ value, parameter }) => (value !== undefined && value > 0 ? value : (parameter ?? ""))),
  };
}

function readNode(message: Message, context: Context): OnnxNode {
  const { name = "", operator = "", domain = "" } = message as Record<string, string>;
  const attributes = (message.attributes as Message[]).map((own) => [own.name as string, readAttribute(own, context)]);
  return {
    operator,
    domain: domain === "ai.onnx" ? "" : domain,
    name,
    inputs: message.inputs as string[],
    outputs: message.outputs as string[],
    attributes: Object.fromEntries(attributes.filter(([, value]) => value !== undefined)),
  };
}

/** AttributeProto.AttributeType → the field with the value, and the default for an empty one. */
const attributeFields: Readonly<Record<number, [string, OnnxAttribute?]>> = {
  1: ["f", 0],
  2: ["i", 0],
  3: ["s", ""],
  4: ["t"],
  5: ["g"],
  6: ["floats"],
  7: ["ints"],
  8: ["strings"],
};

/** The value of an attribute. A reference to a function's parameter is a text after "@". */
function readAttribute(message: Message, context: Context): OnnxAttribute | undefined {
  if (message.reference) return `@${message.reference}`;
  const found = Object.entries(attributeFields).find(([type]) => Number(type) === message.type)?.[1];
  const [field, fallback] = found ?? ["", undefined];
  const value = message[field] ?? fallback;
  if (field === "t") {
    return stored(fileTensor(value as TensorMessage, context.readExternal, `${context.name}: a tensor of a node`));
  }
  if (field === "f") return unrounded(value as number);
  return field === "g" ? readGraph(value as Message, context) : (value as OnnxAttribute | undefined);
}

/** The tensor of a Constant node; undefined when it refers to a function's parameter or holds no numbers. */
export function constantOf({ attributes }: OnnxNode): OnnxTensor | undefined {
  const { value, value_float: float, value_floats: floats, value_int: int, value_ints: ints } = attributes;
  if (typeof value === "object" && "base64" in value) return value.kind === "real" ? unroundedScalar(value) : value;
  if (typeof float === "number") return onnxTensor("real", [], Float64Array.of(float));
  if (typeof int === "number") return onnxTensor("int", [], Float64Array.of(int));
  const list = floats ?? ints;
  if (!Array.isArray(list)) return undefined;
  return onnxTensor(floats ? "real" : "int", [list.length], Float64Array.from(list as number[]));
}

/** A single number without its f32 rounding; others unchanged. */
function unroundedScalar(tensor: OnnxTensor): OnnxTensor {
  const values = tensorValues(tensor);
  return values.length === 1 ? onnxTensor("real", tensor.shape, values.map(unrounded)) : tensor;
}

function readFunction(message: Message, context: Context): OnnxFunction {
  const { name = "", domain = "" } = message as Record<string, string>;
  const defaults = (message.defaults as Message[]).map((own) => [own.name, readAttribute(own, context)]);
  return {
    name,
    domain,
    inputs: message.inputs as string[],
    outputs: message.outputs as string[],
    nodes: (message.nodes as Message[]).map((node) => readNode(node, context)),
    defaults: Object.fromEntries(defaults),
  };
}
