/** An ONNX graph as plain data, which JSON can hold: what a model file becomes, and what is kept with a network. */

/**
 * Numbers as this project has them: real, whole, or truth values. All are real tensors in the graph's own operators.
 */
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
  /** Names of values; "" for an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

interface OnnxInput {
  readonly name: string;
  readonly kind: NumberKind;
  /** Lengths; a text where the length is free. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
  /** Tensors of the file by name, those of Constant nodes among them. */
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
