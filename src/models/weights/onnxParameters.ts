import type { OnnxGraph, OnnxNode } from "../../graph/onnx/graph.js";
import type { FileTensor } from "../../graph/onnx/readTensor.js";
import { neededNodes } from "../../graph/onnx/translate.js";
import type { OnnxParameter, ParameterPart } from "../networks/onnx.js";

/** What a tensor is to the nodes that read it; "control" are sizes, bounds and the like, which nobody trains. */
type Use = ParameterPart | "statistic" | "control";

/** Operator → what its inputs are, by position; those that are not listed are computed with. */
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

/** Operators whose result is the same tensor in another shape: what reads it reads the tensor. */
const passing = new Set(["Identity", "Cast", "Transpose", "Reshape", "Unsqueeze", "Squeeze", "Flatten", "Expand"]);

/** A name that an exporter made up: what the program called the tensor is lost. */
export const isMadeUp = (name: string): boolean => /^(onnx::|\d+$|\/|_?constant|const_|.*const_fold_opt)/i.test(name);

/** How each tensor of the file is used by the nodes of the graph, in the order in which they read it. */
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

/** What a tensor is in its layer: the first thing that it is used for, if that is not mere arithmetic. */
function partOf(uses: readonly Use[]): ParameterPart {
  const parts = uses.filter((use): use is ParameterPart => use !== "control" && use !== "statistic");
  return parts.find((part) => part !== "other") ?? "other";
}

/** The parameters among the tensors of a file, and those that are none though they hold real numbers. */
export interface Classified {
  readonly parameters: OnnxParameter[];
  readonly others: string[];
}

/**
 * The tensors that training changes: real numbers that layers multiply by and add. Those of a name that was made up
 * count where a layer reads them; a single number without a name of its own does not. The names and patterns of
 * `trainable` choose instead.
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

/** A name in which * stands for any text. */
export function patternOf(text: string): RegExp {
  const escaped = text.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`);
}
