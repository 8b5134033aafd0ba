import { add, div } from "../operators/elementwise.js";
import { matmul } from "../operators/matmul.js";
import { constant, type Tensor } from "../tensor.js";
import { softmax } from "./reductions.js";

/**
 * Scaled dot-product attention softmax(q·kᵀ/√d)·v, with queries […, T, d], keys […, S, d] and values […, S, e]. With
 * causal attention (T = S), each position sees itself and the positions before it.
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, { causal = false } = {}): Tensor {
  const [length, width] = q.shape.slice(-2);
  const scores = div(matmul(q, k, { transposeB: true }), Math.sqrt(width));
  if (!causal) return matmul(softmax(scores, -1), v);
  if (k.shape.at(-2) !== length) {
    throw new RangeError(
      `attention: ${length} queries and ${k.shape.at(-2)} keys; causal attention needs as many of both`,
    );
  }
  return matmul(softmax(add(scores, future(length)), -1), v);
}

/** 0 on and below the diagonal, −∞ above. */
function future(length: number): Tensor {
  const mask = Float64Array.from({ length: length ** 2 }, (_, i) =>
    i % length > Math.floor(i / length) ? -Infinity : 0,
  );
  return constant(mask, [length, length]);
}
