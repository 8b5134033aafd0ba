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
