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

/** A program as an ONNX model. Inputs, outputs and constants have the given element type; shapes are static. */
export async function toOnnx(
  program: Program,
  { dtype, fusedMatMul = false, fixed = {}, optimize }: OnnxOptions,
): Promise<Uint8Array> {
  const { onnx } = (await import("onnx-proto")).default;
  const { DataType } = onnx.TensorProto;
  const { AttributeType } = onnx.AttributeProto;
  const real = dtype === "f64" ? DataType.DOUBLE : DataType.FLOAT;
  const nodes: InstanceType<typeof onnx.NodeProto>[] = [];
  const initializers: InstanceType<typeof onnx.TensorProto>[] = [];
  const integerLists = new Map<string, string>();

  const initializer = (
    dataType: number,
    dims: Shape,
    rawData: Uint8Array,
    name = `/c${initializers.length}`,
  ): string => {
    initializers.push(onnx.TensorProto.create({ name, dataType, dims: [...dims], rawData }));
    return name;
  };

  const rounded = (values: Float64Array) => littleEndian(dtype === "f64" ? values : Float32Array.from(values));

  const writer: OnnxWriter = {
    fusedMatMul,
    node(opType, inputs, attributes = {}, domain = "") {
      const name = `/t${nodes.length}`;
      const attribute = Object.entries(attributes).map(([key, value]) =>
        Array.isArray(value)
          ? { name: key, type: AttributeType.INTS, ints: value }
          : typeof value === "string"
            ? { name: key, type: AttributeType.STRING, s: Buffer.from(value) }
            : { name: key, type: AttributeType.INT, i: value },
      );
      nodes.push(onnx.NodeProto.create({ opType, domain, name, input: [...inputs], output: [name], attribute }));
      return name;
    },
    real: (values, shape) => initializer(real, shape, rounded(values)),
    integers(values) {
      const key = values.join();
      const known = integerLists.get(key);
      if (known) return known;
      const bytes = littleEndian(BigInt64Array.from(values, BigInt));
      const name = initializer(DataType.INT64, [values.length], bytes);
      integerLists.set(key, name);
      return name;
    },
    toIntegers: (name) => writer.node("Cast", [name], { to: DataType.INT64 }),
    toReal: (name) => writer.node("Cast", [name], { to: real }),
  };

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
    const node = onnx.NodeProto.create({ opType: "Identity", input: [names.get(tensor)!], output: [name] });
    nodes.push(node);
  }

  for (const [name, values] of Object.entries(fixed)) {
    initializer(real, program.inputs[name].shape, rounded(values), name);
  }

  const describe = (name: string, { shape }: Tensor) => ({
    name,
    type: { tensorType: { elemType: real, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
  });
  const graph = {
    name: "cirque",
    node: nodes,
    initializer: initializers,
    input: Object.entries(program.inputs).flatMap(([name, tensor]) =>
      Object.hasOwn(fixed, name) ? [] : [describe(name, tensor)],
    ),
    output: Object.entries(outputs).map(([name, tensor]) => describe(name, tensor)),
  };
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
