/**
 * Rewrites convolution networks for ONNX Runtime's blocked kernels. Images stay in blocks of channels from one
 * convolution to the next. Operators that act element by element, on pixels or on whole blocks, work on them directly.
 */
import { expand, expandOperator, reduceSum, reduceSumOperator, reshape } from "../../operators/broadcast.js";
import { convInputOperator, convOperator, convWeightOperator } from "../../operators/convolution.js";
import {
  binaryOperators,
  neg,
  stopGradientOperator,
  unaryOperators,
  whereOperator,
} from "../../operators/elementwise.js";
import {
  concat,
  concatOperator,
  type PadAttributes,
  pad,
  padOperator,
  type SliceAttributes,
  sliceOperator,
  sliceRanges,
} from "../../operators/movement.js";
import { type Program, schedule } from "../../program.js";
import { padRank, type Shape, sameShape, sizeOf } from "../../shape.js";
import { constant, constantValues, isConstant, type Operator, type Tensor } from "../../tensor.js";
import {
  type BlockedConvolution,
  blockedConvolution,
  blockedConvolutionOperator,
  blockedShape,
  fromBlocked,
  masked,
  rotatedConvolution,
  scaledChannels,
  toBlocked,
} from "./blockedOperators.js";
import { stridedInputGradient } from "./stridedInputGradient.js";
import { turnedWeightGradient, weightGradient } from "./weightGradient.js";

/** The same outputs with convolutions as blocked nodes of B channels per block, if their channels allow it. */
export function blockConvolutions(program: Program, block: number): Program["outputs"] {
  const { order, outputs } = schedule(program);
  const reluOf = new Map(order.filter(({ operator }) => operator === unaryOperators.relu).map((y) => [y.inputs[0], y]));
  const uses = countUses(order, outputs, reluOf);
  const plainForms = new Map<Tensor, Tensor>();
  const blockedForms = new Map<Tensor, Tensor>();

  const isBlocked = (x: Tensor) => blockedForms.has(x) && !plainForms.has(x);

  const plain = (x: Tensor): Tensor => {
    const known = plainForms.get(x);
    if (known) return known;
    const form = fromBlocked(blockedForms.get(x)!, x.shape);
    plainForms.set(x, form);
    return form;
  };

  /** Converts images to blocks. Their channels must fill whole blocks. */
  const blocked = (x: Tensor): Tensor => {
    const known = blockedForms.get(x);
    if (known) return known;
    const form =
      x.operator === expandOperator
        ? expand(stretched(x.inputs[0], x.shape), blockedShape(x.shape, block))
        : toBlocked(plain(x), block);
    blockedForms.set(x, form);
    return form;
  };

  /** Converts an operand that broadcasts to images of a shape, so that it broadcasts to those images in blocks. */
  const stretched = (x: Tensor, shape: Shape): Tensor => {
    if (sameShape(x.shape, shape)) return blocked(x);
    if (sizeOf(x.shape) === 1) return reshape(plain(x), []);
    const [images, channels, height, width] = padRank(x.shape, 4);
    if (channels === 1) return reshape(plain(x), [images, 1, height, width, 1]);
    if (height === 1 && width === 1) return reshape(plain(x), [images, channels / block, 1, 1, block]);
    return toBlocked(reshape(plain(x), [images, channels, height, width]), block);
  };

  const wholeBlocks = ({ shape }: Tensor) => shape.length === 4 && shape[1] % block === 0 && sizeOf(shape) > 0;

  /** A convolution whose result only the next operator reads. */
  const openConvolution = (x: Tensor): Tensor<BlockedConvolution> | undefined => {
    const form = blockedForms.get(x) as Tensor<BlockedConvolution> | undefined;
    const open = isBlocked(x) && form?.operator === blockedConvolutionOperator && uses.get(x) === 1;
    return open && !form.attributes.relu ? form : undefined;
  };

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

  const elementwise = (node: Tensor): Tensor | undefined => {
    if (!wholeBlocks(node) || !node.inputs.some((x) => isBlocked(x) && sameShape(x.shape, node.shape)))
      return undefined;
    // Booleans are not moved between the layouts.
    if (node.inputs.some((x) => x.type === "bool" && !isBlocked(x))) return undefined;
    const inputs = node.inputs.map((x) => stretched(x, node.shape));
    return { ...node, inputs, shape: blockedShape(node.shape, block) };
  };

  /**
   * Each rule returns blocks (5 axes) or plain images (4 axes). Undefined leaves the operator unchanged, on plain
   * operands.
   */
  const rules = new Map<Operator<never>, (node: Tensor) => Tensor | undefined>();
  const rule = <A extends object>(operator: Operator<A>, apply: (node: Tensor<A>) => Tensor | undefined) =>
    rules.set(operator as Operator<never>, apply as (node: Tensor) => Tensor | undefined);
  const tables = [...Object.values(unaryOperators), ...Object.values(binaryOperators)];
  for (const operator of [...tables, whereOperator, stopGradientOperator]) rule(operator as Operator, elementwise);

  rule(whereOperator, (node) => {
    const form = elementwise(node);
    if (!form || !isZero(node.inputs[2])) return form;
    const [mask, x] = form.inputs;
    return sameShape(x.shape, form.shape) ? masked(mask, x) : form;
  });

  /** An operand with one number per channel of images of a shape, as [C]. */
  const perChannel = (x: Tensor, { shape }: Tensor): Tensor | undefined => {
    const [images, channels, height, width] = padRank(x.shape, 4);
    const suits = images === 1 && channels === shape[1] && height === 1 && width === 1;
    return suits && shape[2] * shape[3] > 1 ? reshape(plain(x), [channels]) : undefined;
  };

  const ones = ({ shape }: Tensor) => expand(constant(1), [shape[1]]);

  rule(binaryOperators.mul, (node) => {
    if (!wholeBlocks(node)) return undefined;
    for (const [own, other] of [node.inputs, [...node.inputs].reverse()]) {
      const factors = isBlocked(own) && sameShape(own.shape, node.shape) ? perChannel(other, node) : undefined;
      if (factors) return scaledChannels(blocked(own), factors);
    }
    return elementwise(node);
  });

  rule(binaryOperators.sub, (node) => {
    if (!wholeBlocks(node)) return undefined;
    const [own, other] = node.inputs;
    const terms = isBlocked(own) && sameShape(own.shape, node.shape) ? perChannel(other, node) : undefined;
    return terms ? addBias(scaledChannels(blocked(own), ones(node)), neg(terms)) : elementwise(node);
  });

  rule(unaryOperators.relu, (node) => {
    const convolution = openConvolution(node.inputs[0]);
    if (!convolution) return elementwise(node);
    return { ...convolution, attributes: { ...convolution.attributes, relu: true } };
  });

  // x > 0 holds exactly when relu(x) > 0, so x itself need not be kept.
  rule(binaryOperators.greater, (node) => {
    const relu = isZero(node.inputs[1]) ? reluOf.get(node.inputs[0]) : undefined;
    if (!relu) return elementwise(node);
    rewrite(relu);
    return isBlocked(relu) ? elementwise({ ...node, inputs: [relu, node.inputs[1]] }) : elementwise(node);
  });

  rule(binaryOperators.add, (node) => {
    if (!wholeBlocks(node)) return undefined;
    for (const [own, other] of [node.inputs, [...node.inputs].reverse()]) {
      const convolution = openConvolution(own);
      if (!convolution || !sameShape(own.shape, node.shape)) continue;
      const { bias, sum } = convolution.attributes;
      const terms = bias ? undefined : perChannel(other, node);
      if (terms) return addBias(convolution, terms);
      if (!sum && sameShape(other.shape, node.shape)) return addSum(convolution, blocked(other));
    }
    for (const [own, other] of [node.inputs, [...node.inputs].reverse()]) {
      const terms = isBlocked(own) && sameShape(own.shape, node.shape) ? perChannel(other, node) : undefined;
      if (terms) return addBias(scaledChannels(blocked(own), ones(node)), terms);
    }
    return elementwise(node);
  });

  rule(reduceSumOperator, (node) => {
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
  });

  const aligned = (...widths: number[]) => widths.every((width) => width % block === 0);
  /** Converts widths along [N, C, H, W] to widths along [N, C / B, H, W, B]. */
  const perBlock = ([images, channels, height, width]: readonly number[], within: number) => [
    ...[images, channels / block, height, width, within],
  ];

  rule<PadAttributes>(padOperator, (node) => {
    const [x] = node.inputs;
    const { before, after, interior } = node.attributes;
    if (!isBlocked(x) || interior[1] !== 0 || !aligned(before[1], after[1])) return undefined;
    return pad(blocked(x), perBlock(before, 0), perBlock(after, 0), [...interior, 0]);
  });

  rule<SliceAttributes>(sliceOperator, (node) => {
    const [x] = node.inputs;
    const { starts, ends, steps } = node.attributes;
    if (!isBlocked(x) || steps[1] !== 1 || !aligned(starts[1], ends[1])) return undefined;
    return sliceRanges(blocked(x), perBlock(starts, 0), perBlock(ends, block), [...steps, 1]);
  });

  rule(concatOperator, (node) => {
    if (!node.inputs.some(isBlocked) || !node.inputs.every(wholeBlocks)) return undefined;
    return concat(node.inputs.map(blocked), node.attributes.axis);
  });

  /** Images in the form that a convolution takes: in blocks, or plain when they have fewer channels than a block. */
  const convolved = (x: Tensor): Tensor | undefined => {
    if (wholeBlocks(x)) return blocked(x);
    return x.shape[1] < block ? plain(x) : undefined;
  };

  rule(convOperator, (node) => {
    const { groups, stride, dilation, padding } = node.attributes;
    const x = convolved(node.inputs[0]);
    if (!x || groups !== 1) return undefined;
    const pads = [padding, padding, padding, padding] as const;
    const result = blockedConvolution(x, plain(node.inputs[1]), block, { stride, dilation, pads });
    return wholeBlocks(node) ? result : fromBlocked(result, node.shape);
  });

  rule(convInputOperator, (node) => {
    const { groups, stride, dilation, padding, kernel } = node.attributes;
    const y = convolved(node.inputs[0]);
    if (!y || groups !== 1 || !wholeBlocks(node)) return undefined;
    const w = plain(node.inputs[1]);
    if (stride > 1) return stridedInputGradient(y, w, node.attributes, block);
    const [rows, columns] = kernel.map((taps) => dilation * (taps - 1) - padding);
    if (rows < 0 || columns < 0) return undefined;
    return rotatedConvolution(y, w, block, { stride, dilation, pads: [rows, columns, rows, columns] });
  });

  rule(convWeightOperator, (node) => {
    const [x, y] = node.inputs;
    const { groups, stride, dilation, padding, kernel } = node.attributes;
    if (groups !== 1) return undefined;
    const overlaps = kernel[0] === kernel[1] && dilation * (kernel[0] - 1) >= padding;
    if (stride === 1 && overlaps && x.shape[1] > y.shape[1] && wholeBlocks(x)) {
      return turnedWeightGradient(blocked(x), plain(y), node.attributes, node.shape);
    }
    if (!wholeBlocks(y)) return undefined;
    return weightGradient(plain(x), blocked(y), node.attributes, node.shape);
  });

  const rewrite = (tensor: Tensor) => {
    if (plainForms.has(tensor) || blockedForms.has(tensor)) return;
    const form = rules.get(tensor.operator as Operator<never>)?.(tensor);
    if (form) (form.shape.length === 5 ? blockedForms : plainForms).set(tensor, form);
    else {
      const inputs = tensor.inputs.map(plain);
      const same = inputs.every((own, i) => own === tensor.inputs[i]);
      plainForms.set(tensor, same ? tensor : { ...tensor, inputs });
    }
  };

  for (const tensor of order) rewrite(tensor);
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, plain(tensor)]));
}

/** The number of readers of each tensor. A test x > 0 reads relu(x) if that is computed. */
function countUses(
  order: readonly Tensor[],
  outputs: Program["outputs"],
  reluOf: ReadonlyMap<Tensor, Tensor>,
): ReadonlyMap<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const count = (tensor: Tensor) => uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  for (const tensor of Object.values(outputs)) count(tensor);
  for (const { operator, inputs } of order) {
    for (const operand of inputs) {
      const test = operator === binaryOperators.greater && operand === inputs[0] && isZero(inputs[1]);
      count((test && reluOf.get(operand)) || operand);
    }
  }
  return uses;
}

function isZero(x: Tensor): boolean {
  return isConstant(x) && x.shape.length === 0 && constantValues(x)[0] === 0;
}
