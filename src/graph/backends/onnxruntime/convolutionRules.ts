import { convInputOperator, convOperator, convWeightOperator } from "../../operators/convolution.js";
import type { Tensor } from "../../tensor.js";
import { blockedConvolution, fromBlocked, rotatedConvolution } from "./blockedOperators.js";
import { type BlockForms, type BlockRules, rule } from "./blockForms.js";
import { stridedInputGradient } from "./stridedInputGradient.js";
import { turnedWeightGradient, weightGradient } from "./weightGradient.js";

/** Convolutions and their gradients as blocked nodes, if their channels allow it. */
export const convolutionRules: BlockRules = new Map([
  rule(convOperator, (node, forms) => {
    const { groups, stride, dilation, padding } = node.attributes;
    const x = convolved(node.inputs[0], forms);
    if (!x || groups !== 1) return undefined;
    const pads = [padding, padding, padding, padding] as const;
    const result = blockedConvolution(x, forms.plain(node.inputs[1]), forms.block, { stride, dilation, pads });
    return forms.wholeBlocks(node) ? result : fromBlocked(result, node.shape);
  }),

  rule(convInputOperator, (node, forms) => {
    const { groups, stride, dilation, padding, kernel } = node.attributes;
    const y = convolved(node.inputs[0], forms);
    if (!y || groups !== 1 || !forms.wholeBlocks(node)) return undefined;
    const w = forms.plain(node.inputs[1]);
    if (stride > 1) return stridedInputGradient(y, w, node.attributes, forms.block);
    const [rows, columns] = kernel.map((taps) => dilation * (taps - 1) - padding);
    if (rows < 0 || columns < 0) return undefined;
    return rotatedConvolution(y, w, forms.block, { stride, dilation, pads: [rows, columns, rows, columns] });
  }),

  rule(convWeightOperator, (node, { blocked, plain, wholeBlocks }) => {
    const [x, y] = node.inputs;
    const { groups, stride, dilation, padding, kernel } = node.attributes;
    if (groups !== 1) return undefined;
    const overlaps = kernel[0] === kernel[1] && dilation * (kernel[0] - 1) >= padding;
    if (stride === 1 && overlaps && x.shape[1] > y.shape[1] && wholeBlocks(x)) {
      return turnedWeightGradient(blocked(x), plain(y), node.attributes, node.shape);
    }
    if (!wholeBlocks(y)) return undefined;
    return weightGradient(plain(x), blocked(y), node.attributes, node.shape);
  }),
]);

/** Images in the form that a convolution takes: in blocks, or plain when they have fewer channels than a block. */
function convolved(x: Tensor, { block, blocked, plain, wholeBlocks }: BlockForms): Tensor | undefined {
  if (wholeBlocks(x)) return blocked(x);
  return x.shape[1] < block ? plain(x) : undefined;
}
