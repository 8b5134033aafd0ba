import { type Dtype, type Tensor, topologicalOrder } from "./tensor.js";

/**
 * Rewrites tensors without the operators for which ONNX Runtime has no kernel in this element type. Values stay equal.
 */
export function lower(outputs: Readonly<Record<string, Tensor>>, dtype: Dtype): Record<string, Tensor> {
  const lowered = new Map<Tensor, Tensor>();
  const seen = new Set<Tensor>();
  const visit = (tensors: readonly Tensor[]) => {
    for (const tensor of topologicalOrder(tensors, seen)) {
      const inputs = tensor.inputs.map((operand) => lowered.get(operand)!);
      const own = inputs.every((operand, i) => operand === tensor.inputs[i]) ? tensor : { ...tensor, inputs };
      const simpler = own.operator.lower?.(own, dtype);
      if (simpler) visit([simpler]);
      const result = simpler ? lowered.get(simpler)! : own;
      for (const equal of [tensor, own, result]) {
        lowered.set(equal, result);
        seen.add(equal);
      }
    }
  };
  visit(Object.values(outputs));
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, lowered.get(tensor)!]));
}
