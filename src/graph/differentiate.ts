import { expand } from "./operators/broadcast.js";
import { add } from "./operators/elementwise.js";
import { concat, type PadAttributes, zeros } from "./operators/movement.js";
import { operators } from "./operators.js";
import { constant, requireReal, requireShape, type Tensor, topologicalOrder } from "./tensor.js";

/**
 * Reverse mode: the gradient of the sum of an output's elements with respect to each of `wrt`, in its shape. An output
 * of shape [P] whose element p depends only on row p thus gives P gradients at once. Gradients without a dependency are
 * zero.
 */
export function gradient(output: Tensor, wrt: readonly Tensor[]): Tensor[] {
  return vjp(output, wrt, expand(constant(1), output.shape));
}

/** Reverse mode with weights: the gradient of Σ weightᵢ outputᵢ. The weights count as constants. */
export function vjp(output: Tensor, wrt: readonly Tensor[], weights: Tensor): Tensor[] {
  requireReal("gradient", [output]);
  requireShape("vjp: weights", weights, output.shape);
  const order = topologicalOrder([output]);
  const active = dependents(order, wrt);
  const contributions = new Map<Tensor, Tensor[]>([[output, [weights]]]);
  const cotangents = new Map<Tensor, Tensor>();
  for (const node of order.reverse()) {
    const parts = contributions.get(node);
    if (!parts || !active.has(node)) continue;
    const cotangent = sumOf(parts);
    cotangents.set(node, cotangent);
    for (const [index, operand] of node.inputs.entries()) {
      if (!active.has(operand)) continue;
      const part = node.operator.vjp(node, cotangent, index);
      if (!part) continue;
      requireShape(`the reverse rule of ${node.operator.name}`, part, operand.shape);
      const known = contributions.get(operand);
      if (known) known.push(part);
      else contributions.set(operand, [part]);
    }
  }
  return wrt.map((tensor) => cotangents.get(tensor) ?? zeros(tensor.shape));
}

/**
 * Forward mode: the directional derivative of each output when each of `wrt` moves along its tangent (of equal shape).
 * Derivatives without a dependency are zero.
 */
export function jvp(outputs: readonly Tensor[], wrt: readonly Tensor[], tangents: readonly Tensor[]): Tensor[] {
  requireReal("jvp", outputs);
  if (wrt.length !== tangents.length)
    throw new RangeError(`jvp: ${wrt.length} tensors but ${tangents.length} tangents`);
  const known = new Map<Tensor, Tensor>();
  for (const [i, tensor] of wrt.entries()) {
    requireShape(`jvp: tangent ${i}`, tangents[i], tensor.shape);
    known.set(tensor, tangents[i]);
  }
  for (const node of topologicalOrder(outputs)) {
    if (known.has(node)) continue;
    const own = node.inputs.map((operand) => known.get(operand));
    if (own.every((tangent) => tangent === undefined)) continue;
    const tangent = node.operator.jvp(node, own);
    if (!tangent) continue;
    requireShape(`the forward rule of ${node.operator.name}`, tangent, node.shape);
    known.set(node, tangent);
  }
  return outputs.map((output) => known.get(output) ?? zeros(output.shape));
}

/** H·v of the sum of an output's elements: the forward derivative, along v, of the gradient (forward over reverse). */
export function hessianVectorProduct(output: Tensor, wrt: Tensor, v: Tensor): Tensor {
  return jvp(gradient(output, [wrt]), [wrt], [v])[0];
}

/** The tensors through which an output depends on `wrt`. */
function dependents(order: readonly Tensor[], wrt: readonly Tensor[]): Set<Tensor> {
  const active = new Set<Tensor>(wrt);
  for (const node of order) {
    if (node.inputs.some((operand) => active.has(operand))) active.add(node);
  }
  return active;
}

type Pad = Tensor<PadAttributes>;

/** The sum of contributions. Slices of one tensor return padded pieces; pieces that do not overlap are joined. */
function sumOf(parts: readonly Tensor[]): Tensor {
  const { shape } = parts[0];
  for (const axis of shape.keys()) {
    const pieces = parts.filter((part): part is Pad => part.operator === operators.pad && padsOnly(part as Pad, axis));
    pieces.sort((a, b) => a.attributes.before[axis] - b.attributes.before[axis]);
    const chain: Pad[] = [];
    let end = 0;
    const blocks: Tensor[] = [];
    const gap = (to: number) => {
      if (to > end) blocks.push(zeros(shape.map((length, i) => (i === axis ? to - end : length))));
    };
    for (const piece of pieces) {
      const start = piece.attributes.before[axis];
      if (start < end) continue;
      gap(start);
      blocks.push(piece.inputs[0]);
      chain.push(piece);
      end = start + piece.inputs[0].shape[axis];
    }
    if (chain.length < 2) continue;
    gap(shape[axis]);
    const rest = parts.filter((part) => !chain.includes(part as Pad));
    return sumOf([concat(blocks, axis), ...rest]);
  }
  return parts.reduce((total, part) => add(total, part));
}

/** True when a tensor is padded around one axis only. */
function padsOnly({ attributes: { before, after, interior } }: Pad, axis: number): boolean {
  return before.every((width, i) => interior[i] === 0 && (i === axis || (width === 0 && after[i] === 0)));
}
