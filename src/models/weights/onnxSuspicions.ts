/** Signs that an export has changed the parameters of a network. */
import { neededNodes } from "../../graph/onnx/translate.js";
import { type Layout, tensorSize, tensorView } from "../networks/layout.js";
import type { OnnxNetwork } from "../networks/onnx.js";
import { isMadeUp } from "./onnxParameters.js";

/**
 * The approximate number of elements that were lost when batch norms were folded into convolutions: a scale and a shift
 * for each channel of a convolution whose kernel has lost its name.
 */
export function foldedAway({ graph, parameters }: OnnxNetwork): number {
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  return neededNodes(graph)
    .filter(({ operator, inputs }) => operator === "Conv" && isMadeUp(inputs[1]))
    .reduce((sum, { inputs }) => sum + 2 * (shapes.get(inputs[1])?.[0] ?? 0), 0);
}

/** Matrices that equal another one, or its transpose: copies of tied weights. */
export function untied(layout: Layout, weights: Float64Array): { name: string; of: string; size: number }[] {
  const matrices = layout.filter(({ shape }) => shape.length === 2);
  return matrices.flatMap((tensor, i) => {
    const own = tensorView(weights, tensor);
    const twin = matrices
      .slice(0, i)
      .find((other) => isTwin(own, tensor.shape, tensorView(weights, other), other.shape));
    return twin && own.some((x) => x !== own[0])
      ? [{ name: tensor.name, of: twin.name, size: tensorSize(tensor) }]
      : [];
  });
}

function isTwin(
  a: Float64Array,
  [rows, columns]: readonly number[],
  b: Float64Array,
  shape: readonly number[],
): boolean {
  if (a.length !== b.length) return false;
  if (shape[0] === rows && a.every((x, i) => x === b[i])) return true;
  return shape[0] === columns && a.every((x, i) => x === b[(i % columns) * rows + Math.floor(i / columns)]);
}
