/** An ONNX graph as plain JSON data: the result of reading a model file, and the form that is stored with a network. */

/** The number types of this project: real, integer, or boolean. All are real tensors in the graph's own operators. */
export type NumberKind = "real" | "int" | "bool";

export interface OnnxTensor {
  readonly kind: NumberKind;
  readonly shape: readonly number[];
  /** The values, row-major, as little-endian f64 in base64. */
  readonly base64: string;
}

export type OnnxAttribute = number | readonly number[] | string | readonly string[] | OnnxTensor | OnnxGraph;

export interface OnnxNode {
  readonly operator: string;
  /** "" for the standard operators. */
  readonly domain: string;
  readonly name: string;
  /** The names of values; "" for an omitted input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

interface OnnxInput {
  readonly name: string;
  readonly kind: NumberKind;
  /** The lengths; a text for a free length. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
  /** Tensors of the file by name, including those of Constant nodes. */
  readonly constants: Readonly<Record<string, OnnxTensor>>;
}

/** Values as a tensor of an ONNX graph. */
export function onnxTensor(kind: NumberKind, shape: readonly number[], values: Float64Array): OnnxTensor {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [i, value] of values.entries()) bytes.writeDoubleLE(value, i * 8);
  return { kind, shape, base64: bytes.toString("base64") };
}

export function tensorValues({ base64 }: OnnxTensor): Float64Array {
  const bytes = Buffer.from(base64, "base64");
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(i * 8));
}

export const isGraph = (attribute: OnnxAttribute): attribute is OnnxGraph =>
  typeof attribute === "object" && "nodes" in attribute;

export const isTensor = (attribute: OnnxAttribute): attribute is OnnxTensor =>
  typeof attribute === "object" && "base64" in attribute;
