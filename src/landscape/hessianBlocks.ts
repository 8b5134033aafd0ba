import { type Layout, type TensorLayout, tensorSize } from "../models/networks/layout.js";
import type { Multiply } from "./symmetricOperator.js";

/** A diagonal block of the Hessian: the rows and columns of some tensors. */
export interface HessianBlock {
  name: string;
  tensors: readonly TensorLayout[];
  /** Rows of the block. */
  size: number;
}

/**
 * The diagonal blocks, in the order of the layout: one that is the whole Hessian, called "model"; or one for each tensor;
 * or one for each layer, that is for the tensors whose names agree up to the last dot, such as layer_0.weight and
 * layer_0.bias. Blocks of a kind cover the diagonal, so their traces add up to the Hessian's.
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

/** The product with a block, on vectors of its size, from the product with the whole Hessian of `size` rows. */
export function blockMultiply(multiply: Multiply, size: number, { tensors, size: rows }: HessianBlock): Multiply {
  return async (v) => {
    const padded = new Float64Array(size);
    let at = 0;
    for (const tensor of tensors) {
      const length = tensorSize(tensor);
      padded.set(v.subarray(at, at + length), tensor.offset);
      at += length;
    }
    const product = await multiply(padded);
    const result = new Float64Array(rows);
    at = 0;
    for (const tensor of tensors) {
      const length = tensorSize(tensor);
      result.set(product.subarray(tensor.offset, tensor.offset + length), at);
      at += length;
    }
    return result;
  };
}
