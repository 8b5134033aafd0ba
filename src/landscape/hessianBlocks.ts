import { type Layout, type TensorLayout, tensorSize } from "../models/networks/layout.js";
import type { Multiply } from "./symmetricOperator.js";

/** A diagonal block of the Hessian: the rows and columns of some tensors. */
export interface HessianBlock {
  name: string;
  tensors: readonly TensorLayout[];
  /** The number of rows of the block. */
  size: number;
}

/**
 * The diagonal blocks, in the order of the layout: a single one that is the whole Hessian, called "model"; or one per
 * tensor; or one per layer. A layer consists of the tensors whose names agree up to the last dot, such as
 * layer_0.weight and layer_0.bias. The blocks of a kind cover the diagonal, so their traces add up to the Hessian's.
 */
export function hessianBlocks(layout: Layout, of: "model" | "layer" | "tensor"): HessianBlock[] {
  const names = {
    model: () => "model",
    layer: ({ name }: TensorLayout) => name.replace(/\.[^.]*$/, ""),
    tensor: ({ name }: TensorLayout) => name,
  };
  const groups = new Map<string, TensorLayout[]>();
  for (const tensor of layout) {
    const name = names[of](tensor);
    groups.set(name, [...(groups.get(name) ?? []), tensor]);
  }
  return Array.from(groups, ([name, tensors]) => ({
    name,
    tensors,
    size: tensors.reduce((size, tensor) => size + tensorSize(tensor), 0),
  }));
}

/**
 * The tensors that match patterns, in the order of the layout. A pattern is a name in which * stands for any
 * characters.
 *
 * @throws Error that lists the tensors, for a pattern that matches none.
 */
export function chosenTensors<T extends { name: string }>(layout: readonly T[], patterns: readonly string[]): T[] {
  const tests = patterns.map((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    const test = new RegExp(`^${parts.join(".*")}$`);
    if (!layout.some(({ name }) => test.test(name))) {
      const names = layout.map(({ name }) => name).join(", ");
      throw new Error(`no tensor of the network matches "${pattern}"; it has ${names}`);
    }
    return test;
  });
  return layout.filter(({ name }) => tests.some((test) => test.test(name)));
}

/** The product with a block, on vectors of its size, from the product with the whole matrix of `size` rows. */
export function blockMultiply(multiply: Multiply, size: number, block: HessianBlock): Multiply {
  return async (v) => inBlock(await multiply(intoWhole(v, size, block)), block);
}

/** The entries of a block in a vector of all weights. */
export function inBlock(vector: Float64Array, { tensors, size }: Pick<HessianBlock, "tensors" | "size">): Float64Array {
  const result = new Float64Array(size);
  let at = 0;
  for (const tensor of tensors) {
    const length = tensorSize(tensor);
    result.set(vector.subarray(tensor.offset, tensor.offset + length), at);
    at += length;
  }
  return result;
}

/** A vector of `size` weights with the entries of a block, and zeros elsewhere. */
export function intoWhole(v: Float64Array, size: number, { tensors }: Pick<HessianBlock, "tensors">): Float64Array {
  const padded = new Float64Array(size);
  let at = 0;
  for (const tensor of tensors) {
    const length = tensorSize(tensor);
    padded.set(v.subarray(at, at + length), tensor.offset);
    at += length;
  }
  return padded;
}
