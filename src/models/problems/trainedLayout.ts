import * as f from "../../graph/functions.js";
import { type Architecture, createModel } from "../networks/architecture.js";
import { type Layout, layoutOf, layoutSize } from "../networks/layout.js";
import { type Coefficients, constantValue } from "./coefficients.js";

/** A problem with or without unknown coefficients. */
interface WithUnknowns {
  readonly kind: string;
  readonly unknowns?: Coefficients;
}

/**
 * The tensors that are trained: those of the network, then the unknown coefficients of a differential equation, each a
 * scalar.
 */
export function trainedLayout(architecture: Architecture, problem: WithUnknowns): Layout {
  const { layout } = createModel(architecture);
  const names = Object.keys(problem.unknowns ?? {});
  if (names.length === 0) return layout;
  const scalars = names.map((name) => ({ name: `coefficient.${name}`, role: "weight" as const, shape: [] }));
  return layoutOf([...layout, ...scalars]);
}

/** Weights of the network followed by the first values of the unknown coefficients, unless they are there already. */
export function withUnknowns(weights: Float64Array, architecture: Architecture, problem: WithUnknowns): Float64Array {
  const layout = trainedLayout(architecture, problem);
  if (weights.length === layoutSize(layout)) return weights;
  return Float64Array.of(...weights, ...Object.values(problem.unknowns ?? {}).map(constantValue));
}

/** Rows of trained parameters [P, n] as those of the network, and the unknown coefficients, [P, 1, 1] each. */
export function trainedParts(
  theta: f.Tensor,
  size: number,
  { unknowns = {} }: WithUnknowns,
): { weights: f.Tensor; unknowns: Record<string, f.Tensor> } {
  const names = Object.keys(unknowns);
  if (names.length === 0) return { weights: theta, unknowns: {} };
  const values = names.map((name, i) => {
    const at = size + i;
    return [name, f.reshape(f.slice(theta, 1, at, at + 1), [theta.shape[0], 1, 1])];
  });
  return { weights: f.slice(theta, 1, 0, size), unknowns: Object.fromEntries(values) };
}
