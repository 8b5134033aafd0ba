import { reduceSum, reduceSumOperator, reshape } from "../../operators/broadcast.js";
import { concat, concatOperator, pad, padOperator, sliceOperator, sliceRanges } from "../../operators/movement.js";
import { type BlockRules, rule } from "./blockForms.js";

/** Sums, pads, slices and concatenations of images, as far as they keep whole blocks of channels. */
export const movementRules: BlockRules = new Map([
  rule(reduceSumOperator, (node, { blocked, isBlocked }) => {
    const [x] = node.inputs;
    if (!isBlocked(x)) return undefined;
    const { axes } = node.attributes;
    // Handles one run of adjacent axes at a time, for which ONNX Runtime has fast kernels.
    const places = reduceSum(
      blocked(x),
      axes.filter((axis) => axis > 1),
    );
    const channels = axes.includes(1) ? reduceSum(places, [1, 4]) : places;
    const total = axes.includes(0) ? reduceSum(channels, [0]) : channels;
    return axes.includes(1) || node.shape[2] * node.shape[3] === 1 ? reshape(total, node.shape) : total;
  }),

  rule(padOperator, (node, { block, blocked, isBlocked }) => {
    const [x] = node.inputs;
    const { before, after, interior } = node.attributes;
    if (!isBlocked(x) || interior[1] !== 0 || !areAligned([before[1], after[1]], block)) return undefined;
    return pad(blocked(x), perBlock(before, block, 0), perBlock(after, block, 0), [...interior, 0]);
  }),

  rule(sliceOperator, (node, { block, blocked, isBlocked }) => {
    const [x] = node.inputs;
    const { starts, ends, steps } = node.attributes;
    if (!isBlocked(x) || steps[1] !== 1 || !areAligned([starts[1], ends[1]], block)) return undefined;
    return sliceRanges(blocked(x), perBlock(starts, block, 0), perBlock(ends, block, block), [...steps, 1]);
  }),

  rule(concatOperator, (node, { blocked, isBlocked, wholeBlocks }) => {
    if (!node.inputs.some(isBlocked) || !node.inputs.every(wholeBlocks)) return undefined;
    return concat(node.inputs.map(blocked), node.attributes.axis);
  }),
]);

const areAligned = (widths: readonly number[], block: number) => widths.every((width) => width % block === 0);

/** Converts widths along [N, C, H, W] to widths along [N, C / B, H, W, B]. */
const perBlock = ([images, channels, height, width]: readonly number[], block: number, within: number) => [
  ...[images, channels / block, height, width, within],
];
