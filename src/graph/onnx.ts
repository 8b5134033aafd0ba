import { endianness } from "node:os";
import { lower } from "./lower.js";
import { type Dtype, type Program, schedule } from "./program.js";
import type { Shape } from "./shape.js";
import type { OnnxWriter, Tensor } from "./tensor.js";

export interface OnnxOptions {
  dtype: Dtype;
  /**
   * Writes transposed matrix products as com.microsoft.FusedMatMul (ONNX Runtime only) instead of Transpose and MatMul.
   */
  fusedMatMul?: boolean;
  /** Values of inputs to store in the file instead, such as weights. */
  fixed?: Readonly<Record<string, Float64Array>>;
  /** Replaces the outputs by equal ones in operators that suit the runtime better. */
  optimize?: (program: Program) => Program["outputs"];
}

/**
 * The version of the standard operators in the files: the first one in which every reduction takes its axes as an
 * input.
 */
export const ONNX_OPSET = 18;
const IR_VERSION = 8;

type Onnx = typeof import("onnx-proto")["onnx"];

/** The nodes and tensors of a file while it is written. */
interface Draft {
  readonly onnx: Onnx;
  readonly dtype: Dtype;
  readonly nodes: InstanceType<Onnx["NodeProto"]>[];
  readonly initializers: InstanceType<Onnx["TensorProto"]>[];
}

/** A program as an ONNX model. Inputs, outputs and constants have the given element type; shapes are static. */
export async function toOnnx(
  program: Program,
  { dtype, fusedMatMul = false, fixed = {}, optimize }: OnnxOptions,
): Promise<Uint8Array> {
  const { onnx } = (await import("onnx-proto")).default;
  const draft: Draft = { onnx, dtype, nodes: [], initializers: [] };
  const writer = writerOf(draft, fusedMatMul);
  const optimized = optimize ? optimize(program) : program.outputs;
  const { order, outputs } = schedule({ inputs: program.inputs, outputs: lower(optimized, dtype) });
  const names = new Map<Tensor, string>();
  for (const [name, tensor] of Object.entries(program.inputs)) names.set(tensor, name);
  for (const tensor of order) {
    if (names.has(tensor)) continue;
    const operands = tensor.inputs.map((operand) => names.get(operand)!);
    const { name, onnx: write } = tensor.operator;
    if (!write) throw new Error(`operator ${name} has no ONNX form in ${dtype}`);
    names.set(tensor, write(tensor, operands, writer));
  }
  for (const [name, tensor] of Object.entries(outputs)) {
    draft.nodes.push(onnx.NodeProto.create({ opType: "Identity", input: [names.get(tensor)!], output: [name] }));
  }
  for (const [name, values] of Object.entries(fixed)) {
    addInitializer(draft, realType(draft), program.inputs[name].shape, rounded(draft, values), name);
  }
  const isInput = ([name]: [string, Tensor]) => !Object.hasOwn(fixed, name);
  return encoded(draft, Object.fromEntries(Object.entries(program.inputs).filter(isInput)), outputs);
}

const realType = ({ onnx: { TensorProto }, dtype }: Draft) =>
  dtype === "f64" ? TensorProto.DataType.DOUBLE : TensorProto.DataType.FLOAT;

const rounded = ({ dtype }: Draft, values: Float64Array) =>
  littleEndian(dtype === "f64" ? values : Float32Array.from(values));

function addInitializer(
  { onnx, initializers }: Draft,
  dataType: number,
  dims: Shape,
  rawData: Uint8Array,
  name = `/c${initializers.length}`,
): string {
  initializers.push(onnx.TensorProto.create({ name, dataType, dims: [...dims], rawData }));
  return name;
}

/** Writes operators into a draft. Equal lists of whole numbers are one tensor. */
function writerOf(draft: Draft, fusedMatMul: boolean): OnnxWriter {
  const { onnx, nodes } = draft;
  const { INT64 } = onnx.TensorProto.DataType;
  const real = realType(draft);
  const integerLists = new Map<string, string>();
  const writer: OnnxWriter = {
    fusedMatMul,
    node(opType, inputs, attributes = {}, domain = "") {
      const name = `/t${nodes.length}`;
      const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(onnx, key, value));
      nodes.push(onnx.NodeProto.create({ opType, domain, name, input: [...inputs], output: [name], attribute }));
      return name;
    },
    real: (values, shape) => addInitializer(draft, real, shape, rounded(draft, values)),
    integers(values) {
      const key = values.join();
      const known = integerLists.get(key);
      if (known) return known;
      const bytes = littleEndian(BigInt64Array.from(values, BigInt));
      const name = addInitializer(draft, INT64, [values.length], bytes);
      integerLists.set(key, name);
      return name;
    },
    toIntegers: (name) => writer.node("Cast", [name], { to: INT64 }),
    toReal: (name) => writer.node("Cast", [name], { to: real }),
  };
  return writer;
}

type Attributes = NonNullable<Parameters<OnnxWriter["node"]>[2]>;

function attributeOf({ AttributeProto: { AttributeType } }: Onnx, name: string, value: Attributes[string]) {
  if (Array.isArray(value)) return { name, type: AttributeType.INTS, ints: value };
  if (typeof value === "string") return { name, type: AttributeType.STRING, s: Buffer.from(value) };
  return { name, type: AttributeType.INT, i: value as number };
}

/** The bytes of the finished model. */
function encoded(draft: Draft, inputs: Program["inputs"], outputs: Program["outputs"]): Uint8Array {
  const { onnx, nodes, initializers } = draft;
  const elemType = realType(draft);
  const described = (tensors: Readonly<Record<string, Tensor>>) =>
    Object.entries(tensors).map(([name, { shape }]) => ({
      name,
      type: { tensorType: { elemType, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
    }));
  const [input, output] = [described(inputs), described(outputs)];
  const graph = { name: "cirque", node: nodes, initializer: initializers, input, output };
  const opsetImport = [{ domain: "", version: ONNX_OPSET }];
  for (const domain of new Set(nodes.flatMap((node) => node.domain || []))) opsetImport.push({ domain, version: 1 });
  const model = onnx.ModelProto.create({ irVersion: IR_VERSION, producerName: "cirque", opsetImport, graph });
  return onnx.ModelProto.encode(model).finish();
}

/** The bytes of a typed array in ONNX's byte order. */
function littleEndian(values: Float64Array | Float32Array | BigInt64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (endianness() === "LE") return bytes;
  const swapped = Buffer.from(bytes);
  return values.BYTES_PER_ELEMENT === 4 ? swapped.swap32() : swapped.swap64();
}
