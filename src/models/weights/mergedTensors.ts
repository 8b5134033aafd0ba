import type { OnnxNode } from "../../graph/onnx/graph.js";
import type { OnnxFile } from "../../graph/onnx/readOnnx.js";
import type { FileTensor } from "../../graph/onnx/readTensor.js";
import { isMadeUp } from "./onnxParameters.js";

/** A tensor of a checkpoint. */
export type Checkpoint = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: ArrayLike<number> }>;

/**
 * A file whose merged tensors are tensors of their own again, and their names.
 *
 * PyTorch's legacy exporter stores one of several equal tensors and gives the others as its Identity. Fresh batch
 * norms, whose scales are all 1, lose most of their parameters so. Tied weights look the same in the graph. A tensor of
 * one repeated number was merged by chance; other equal tensors are tied. When a checkpoint holds both, its values
 * decide.
 */
export function separateMerged(file: OnnxFile, checkpoint?: Checkpoint): { file: OnnxFile; separated: string[] } {
  const initializers = new Map(file.initializers);
  const separated: string[] = [];
  const isMerged = ({ operator, domain, inputs: [from], outputs: [name] }: OnnxNode) => {
    const tensor = initializers.get(from);
    if (operator !== "Identity" || domain !== "" || tensor?.kind !== "real" || isMadeUp(name)) return false;
    return areDistinct(tensor, checkpoint?.get(from)?.values, checkpoint?.get(name)?.values);
  };
  const nodes = file.graph.nodes.filter((node) => {
    if (!isMerged(node)) return true;
    const [name] = node.outputs;
    initializers.set(name, initializers.get(node.inputs[0])!);
    separated.push(name);
    return false;
  });
  return { file: { ...file, graph: { ...file.graph, nodes }, initializers }, separated };
}

function areDistinct(tensor: FileTensor, first?: ArrayLike<number>, second?: ArrayLike<number>): boolean {
  if (!first || !second) return isConstant(tensor.values());
  return isConstant(first) || Array.from(first).some((x, i) => x !== second[i]);
}

const isConstant = (values: ArrayLike<number>) => Array.from(values).every((x) => x === values[0]);
