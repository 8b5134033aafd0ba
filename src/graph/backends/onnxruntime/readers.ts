import { binaryOperators, unaryOperators } from "../../operators/elementwise.js";
import type { Program } from "../../program.js";
import { constantValues, isConstant, type Tensor } from "../../tensor.js";

/** The readers of the tensors of a program. */
export interface Readers {
  /** The relu of a tensor, if the program computes it. */
  readonly reluOf: ReadonlyMap<Tensor, Tensor>;
  /** The number of readers of each tensor. A test x > 0 reads relu(x) if that is computed. */
  readonly uses: ReadonlyMap<Tensor, number>;
}

export function readersOf(order: readonly Tensor[], outputs: Program["outputs"]): Readers {
  const reluOf = new Map(order.filter(({ operator }) => operator === unaryOperators.relu).map((y) => [y.inputs[0], y]));
  const uses = new Map<Tensor, number>();
  const count = (tensor: Tensor) => uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  for (const tensor of Object.values(outputs)) count(tensor);
  for (const { operator, inputs } of order) {
    for (const operand of inputs) {
      const test = operator === binaryOperators.greater && operand === inputs[0] && isZero(inputs[1]);
      count((test && reluOf.get(operand)) || operand);
    }
  }
  return { reluOf, uses };
}

/** True for the constant 0. */
export function isZero(x: Tensor): boolean {
  return isConstant(x) && x.shape.length === 0 && constantValues(x)[0] === 0;
}
