import onnxProto from "onnx-proto";

const { onnx } = onnxProto;
const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

export type Numbers = { shape: readonly number[]; values: readonly number[] };
export type Typed = Numbers & { type?: "float" | "int64" | "bool" };
export type Attribute = number | { float: number } | readonly number[] | { floats: number[] } | string | Typed;

export interface Node {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, Attribute>>;
  domain?: string;
}

const elementTypes = { float: DataType.FLOAT, int64: DataType.INT64, bool: DataType.BOOL };

function tensor(name: string, { shape, values, type = "float" }: Typed) {
  const rawData =
    type === "float"
      ? new Uint8Array(Float32Array.from(values).buffer)
      : type === "int64"
        ? new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
        : Uint8Array.from(values);
  return { name, dims: [...shape], dataType: elementTypes[type], rawData };
}

function attribute(name: string, value: Attribute) {
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "string") return { name, type: AttributeType.STRING, s: Buffer.from(value) };
  if (Array.isArray(value)) return { name, type: AttributeType.INTS, ints: [...value] };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ("floats" in value) return { name, type: AttributeType.FLOATS, floats: value.floats };
  return { name, type: AttributeType.TENSOR, t: tensor("", value as Typed) };
}

/** The bytes of an ONNX file. Inputs of samples have a free first axis, named n. */
export function modelFile({
  nodes,
  inputs,
  initializers = {},
  outputs,
  opset = 17,
}: {
  nodes: readonly Node[];
  inputs: Readonly<Record<string, { shape: readonly (number | "n")[]; type?: "float" | "int64" }>>;
  initializers?: Readonly<Record<string, Typed>>;
  outputs: readonly string[];
  opset?: number;
}): Uint8Array {
  const info = (name: string, shape?: readonly (number | "n")[], type: "float" | "int64" = "float") => ({
    name,
    type: {
      tensorType: {
        elemType: elementTypes[type],
        ...(shape && {
          shape: { dim: shape.map((length) => (length === "n" ? { dimParam: "n" } : { dimValue: length })) },
        }),
      },
    },
  });
  const model = onnx.ModelProto.create({
    irVersion: 8,
    opsetImport: [{ domain: "", version: opset }],
    graph: {
      name: "test",
      node: nodes.map(({ op, inputs: from, outputs: to, attributes = {}, domain = "" }) => ({
        opType: op,
        domain,
        input: [...from],
        output: [...to],
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      })),
      input: Object.entries(inputs).map(([name, { shape, type }]) => info(name, shape, type)),
      output: outputs.map((name) => info(name)),
      initializer: Object.entries(initializers).map(([name, own]) => tensor(name, own)),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}
