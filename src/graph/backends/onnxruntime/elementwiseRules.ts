import { expand, reshape } from "../../operators/broadcast.js";
import {
  binaryOperators,
  neg,
  stopGradientOperator,
  unaryOperators,
  whereOperator,
} from "../../operators/elementwise.js";
import { padRank, sameShape } from "../../shape.js";
import { constant, type Operator, type Tensor } from "../../tensor.js";
import {
  type BlockedConvolution,
  blockedConvolutionOperator,
  blockedShape,
  masked,
  scaledChannels,
} from "./blockedOperators.js";
import { type BlockForms, type BlockRules, rule } from "./blockForms.js";
import { isZero, type Readers } from "./readers.js";

/**
 * Operators that act element by element on images in blocks. A sum, a bias or a relu becomes part of the convolution
 * before it, if nothing else reads that.
 */
export function elementwiseRules(readers: Readers): BlockRules {
  const tables = [...Object.values(unaryOperators), ...Object.values(binaryOperators), stopGradientOperator];
  return new Map([
    ...tables.map((operator) => rule(operator as Operator, elementwise)),
    rule(whereOperator, masking),
    rule(binaryOperators.mul, scaling),
    rule(binaryOperators.sub, subtraction),
    rule(unaryOperators.relu, (node, forms) => {
      const convolution = openConvolution(node.inputs[0], forms, readers);
      if (!convolution) return elementwise(node, forms);
      return { ...convolution, attributes: { ...convolution.attributes, relu: true } };
    }),
    // x > 0 holds exactly when relu(x) > 0, so x itself need not be kept.
    rule(binaryOperators.greater, (node, forms) => {
      const relu = isZero(node.inputs[1]) ? readers.reluOf.get(node.inputs[0]) : undefined;
      if (!relu) return elementwise(node, forms);
      forms.rewrite(relu);
      return elementwise(forms.isBlocked(relu) ? { ...node, inputs: [relu, node.inputs[1]] } : node, forms);
    }),
    rule(binaryOperators.add, (node, forms) => addition(node, forms, readers)),
  ]);
}

function elementwise(node: Tensor, { block, isBlocked, stretched, wholeBlocks }: BlockForms): Tensor | undefined {
  if (!wholeBlocks(node) || !node.inputs.some((x) => isBlocked(x) && sameShape(x.shape, node.shape))) return undefined;
  // Booleans are not moved between the layouts.
  if (node.inputs.some((x) => x.type === "bool" && !isBlocked(x))) return undefined;
  const inputs = node.inputs.map((x) => stretched(x, node.shape));
  return { ...node, inputs, shape: blockedShape(node.shape, block) };
}

/** A choice between images and 0. */
function masking(node: Tensor, forms: BlockForms): Tensor | undefined {
  const form = elementwise(node, forms);
  if (!form || !isZero(node.inputs[2])) return form;
  const [mask, x] = form.inputs;
  return sameShape(x.shape, form.shape) ? masked(mask, x) : form;
}

/** A product of images and a number per channel. */
function scaling(node: Tensor, forms: BlockForms): Tensor | undefined {
  if (!forms.wholeBlocks(node)) return undefined;
  for (const [own, other] of bothOrders(node)) {
    const factors = perChannel(own, other, node, forms);
    if (factors) return scaledChannels(forms.blocked(own), factors);
  }
  return elementwise(node, forms);
}

/** Images minus a number per channel. */
function subtraction(node: Tensor, forms: BlockForms): Tensor | undefined {
  if (!forms.wholeBlocks(node)) return undefined;
  const [own, other] = node.inputs;
  const terms = perChannel(own, other, node, forms);
  return terms ? addBias(scaledChannels(forms.blocked(own), ones(node)), neg(terms)) : elementwise(node, forms);
}

/** Images plus a number per channel, or plus other images. */
function addition(node: Tensor, forms: BlockForms, readers: Readers): Tensor | undefined {
  if (!forms.wholeBlocks(node)) return undefined;
  for (const [own, other] of bothOrders(node)) {
    const convolution = openConvolution(own, forms, readers);
    if (!convolution || !sameShape(own.shape, node.shape)) continue;
    const { bias, sum } = convolution.attributes;
    const terms = bias ? undefined : perChannel(own, other, node, forms);
    if (terms) return addBias(convolution, terms);
    if (!sum && sameShape(other.shape, node.shape)) return addSum(convolution, forms.blocked(other));
  }
  for (const [own, other] of bothOrders(node)) {
    const terms = perChannel(own, other, node, forms);
    if (terms) return addBias(scaledChannels(forms.blocked(own), ones(node)), terms);
  }
  return elementwise(node, forms);
}

const bothOrders = ({ inputs }: Tensor) => [inputs, [...inputs].reverse()];

/** An operand with one number per channel, as [C], beside images in blocks of the shape of the result. */
function perChannel(own: Tensor, other: Tensor, { shape }: Tensor, { isBlocked, plain }: BlockForms) {
  if (!isBlocked(own) || !sameShape(own.shape, shape)) return undefined;
  const [images, channels, height, width] = padRank(other.shape, 4);
  const suits = images === 1 && channels === shape[1] && height === 1 && width === 1;
  return suits && shape[2] * shape[3] > 1 ? reshape(plain(other), [channels]) : undefined;
}

const ones = ({ shape }: Tensor) => expand(constant(1), [shape[1]]);

/** A convolution whose result only the next operator reads. */
function openConvolution(x: Tensor, { blocked, isBlocked }: BlockForms, { uses }: Readers) {
  if (!isBlocked(x) || uses.get(x) !== 1) return undefined;
  const form = blocked(x) as Tensor<BlockedConvolution>;
  return form.operator === blockedConvolutionOperator && !form.attributes.relu ? form : undefined;
}

const addBias = (form: Tensor<BlockedConvolution>, bias: Tensor) => ({
  ...form,
  inputs: [...form.inputs.slice(0, 2), bias, ...form.inputs.slice(2)],
  attributes: { ...form.attributes, bias: true },
});

const addSum = (form: Tensor<BlockedConvolution>, sum: Tensor) => ({
  ...form,
  inputs: [...form.inputs, sum],
  attributes: { ...form.attributes, sum: true },
});
