import type { OnnxNode } from "../../graph/onnx/graph.js";
import type { OnnxFile } from "../../graph/onnx/readOnnx.js";
import { isMadeUp } from "./onnxParameters.js";

/** A tensor of a checkpoint. */
export type Checkpoint = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: ArrayLike<number> }>;

/**
 * A file whose merged tensors are tensors of their own again, and their names.
 *
 * PyTorch's legacy exporter stores one of several parameters with equal values and gives the others as its Identity.
 * Fresh batch norms lose most of their parameters so. A trained ResNet loses the shift of each norm in a shortcut: it
 * has the gradient, and so the values, of the norm that it is added to. A tied weight is one parameter of the module,
 * has one name, and needs no Identity.
 */
export function separateMerged(file: OnnxFile): { file: OnnxFile; separated: string[] } {
  const initializers = new Map(file.initializers);
  const separated: string[] = [];
  const isMerged = ({ operator, domain, inputs: [from], outputs: [name] }: OnnxNode) =>
    operator === "Identity" && domain === "" && initializers.get(from)?.kind === "real" && !isMadeUp(name);
  const nodes = file.graph.nodes.filter((node) => {
    if (!isMerged(node)) return true;
    const [name] = node.outputs;
    initializers.set(name, initializers.get(node.inputs[0])!);
    separated.push(name);
    return false;
  });
  return { file: { ...file, graph: { ...file.graph, nodes }, initializers }, separated };
}
