import type { OnnxGraph, OnnxNode } from "../../graph/onnx/graph.js";
import type { FileTensor } from "../../graph/onnx/readTensor.js";
import { neededNodes } from "../../graph/onnx/translate.js";
import type { OnnxParameter, ParameterPart } from "../networks/onnx.js";

/**
 * The role of a tensor in the nodes that read it. "control" are sizes, bounds and the like, which are never trained.
 */
type Use = ParameterPart | "statistic" | "control";

/** Operator → the roles of its inputs, by position. Unlisted inputs are plain operands. */
const uses: Readonly<Record<string, readonly (Use | undefined)[]>> = {
  Conv: [undefined, "kernel", "bias"],
  ConvTranspose: [undefined, "kernel", "bias"],
  Gemm: [undefined, "kernel", "bias"],
  MatMul: ["kernel", "kernel"],
  FusedMatMul: ["kernel", "kernel"],
  Einsum: ["kernel", "kernel", "kernel"],
  Gather: ["table", "control"],
  BatchNormalization: [undefined, "scale", "shift", "statistic", "statistic"],
  LayerNormalization: [undefined, "scale", "shift"],
  SimplifiedLayerNormalization: [undefined, "scale"],
  RMSNormalization: [undefined, "scale"],
  InstanceNormalization: [undefined, "scale", "shift"],
  GroupNormalization: [undefined, "scale", "shift"],
  PRelu: [undefined, "other"],
  LSTM: [undefined, "kernel", "kernel", "bias", "control", "other", "other"],
  GRU: [undefined, "kernel", "kernel", "bias", "control", "other"],
  RNN: [undefined, "kernel", "kernel", "bias", "control", "other"],
  Add: ["bias", "bias"],
  Sub: ["bias", "bias"],
  Mul: ["other", "other"],
  Div: ["other", "other"],
  Concat: Array.from({ length: 16 }, () => "other" as const),
  Pow: [undefined, "control"],
  Resize: [undefined, "control", "control", "control"],
  Upsample: [undefined, "control"],
  Clip: [undefined, "control", "control"],
  Pad: [undefined, "control", "control", "control"],
  Where: ["control", undefined, undefined],
  Dropout: [undefined, "control", "control"],
  Range: ["control", "control", "control"],
  OneHot: ["control", "control", "control"],
  Equal: ["control", "control"],
  Greater: ["control", "control"],
  Less: ["control", "control"],
};

/** Operators that only reshape a tensor: a reader of the result reads the tensor. */
const passing = new Set(["Identity", "Cast", "Transpose", "Reshape", "Unsqueeze", "Squeeze", "Flatten", "Expand"]);

/** A name that an exporter made up, so the name in the original program is lost. */
export const isMadeUp = (name: string): boolean => /^(onnx::|\d+$|\/|_?constant|const_|.*const_fold_opt)/i.test(name);

/** How the nodes of the graph use each tensor of the file, in the order in which they read it. */
function tensorUses(graph: OnnxGraph, names: Iterable<string>): Map<string, Use[]> {
  const found = new Map<string, Use[]>();
  const origin = new Map<string, string>();
  for (const name of names) {
    found.set(name, []);
    origin.set(name, name);
  }
  const visit = (node: OnnxNode) => {
    for (const [i, input] of node.inputs.entries()) {
      const tensor = origin.get(input);
      if (tensor === undefined) continue;
      if (passing.has(node.operator) && i === 0) origin.set(node.outputs[0], tensor);
      else found.get(tensor)!.push(uses[node.operator]?.[i] ?? (passing.has(node.operator) ? "control" : "other"));
    }
    for (const value of Object.values(node.attributes)) {
      if (typeof value === "object" && "nodes" in value) value.nodes.forEach(visit);
    }
  };
  neededNodes(graph).forEach(visit);
  return found;
}

/** The role of a tensor in its layer: its first use that is not mere arithmetic. */
function partOf(uses: readonly Use[]): ParameterPart {
  const parts = uses.filter((use): use is ParameterPart => use !== "control" && use !== "statistic");
  return parts.find((part) => part !== "other") ?? "other";
}

/** The parameters among the tensors of a file, and the real tensors that are not parameters. */
export interface Classified {
  readonly parameters: OnnxParameter[];
  readonly others: string[];
}

/**
 * The tensors that training changes: real numbers that layers multiply by and add. A tensor with a made-up name counts
 * when a layer reads it; a single number without its own name does not. The names and patterns of `trainable` choose
 * instead.
 */
export function classify(
  graph: OnnxGraph,
  tensors: ReadonlyMap<string, Pick<FileTensor, "kind" | "shape">>,
  trainable: readonly string[] | undefined,
): Classified {
  const all = tensorUses(graph, tensors.keys());
  const wanted = trainable?.map(patternOf);
  const parameters: OnnxParameter[] = [];
  const others: string[] = [];
  for (const [name, { kind, shape }] of tensors) {
    const own = all.get(name)!;
    if (kind !== "real" || own.length === 0 || own.includes("statistic")) continue;
    const isChosen = wanted ? wanted.some((pattern) => pattern.test(name)) : isTrained(name, shape, own);
    if (isChosen) parameters.push({ name, shape, part: partOf(own) });
    else others.push(name);
  }
  return { parameters, others };
}

function isTrained(name: string, shape: readonly number[], own: readonly Use[]): boolean {
  if (own.includes("control") || shape.includes(0)) return false;
  if (!isMadeUp(name)) return shape.length > 0 || !name.includes("/");
  return shape.length > 0 && own.some((use) => use !== "other");
}

/** Matches a name with a pattern in which * stands for any text. */
export function patternOf(text: string): RegExp {
  const escaped = text.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`);
}
