/** The common part of the methods of compute-directions. */
import type { Artifact, Column, Metadata } from "../../src/artifact/artifact.js";
import { type Layout, requireSameShapes } from "../../src/models/networks/layout.js";
import type { Objective } from "../../src/models/problems/objective.js";
import type { StageContext } from "../../src/stage.js";
import { modelLayout } from "../artifacts/model.js";
import { type LossOptions, modelAtPorts } from "../inputs/modelAtPorts.js";
import { withObjective } from "../inputs/withObjective.js";

type Role = "weight" | "bias" | "norm";

/** Parameters of every method. */
export interface Shared extends Partial<LossOptions> {
  normalize?: "none" | "filter" | "layer" | "model";
  ignore?: Role[];
  orthogonalize: boolean;
  seed: number;
  dtype: "f32" | "f64";
}

/** The model around which to find directions, and the stage that needs them. */
export interface Around {
  weights: Float64Array;
  layout: Layout;
  ignore: readonly Role[];
  context: StageContext<unknown>;
}

/** Directions before normalisation, and facts about them. */
export interface Found {
  vectors: Float64Array[];
  /** One per vector. */
  labels: string[];
  /** The meaning of a coefficient of 1. */
  unit: string;
  columns?: Record<string, Column>;
  metadata?: Metadata;
  summary?: Record<string, number>;
}

export const unitLength = "a step of length 1 in weight space";

/** The loss of the model at port `model`, compiled while `use` runs. */
export function withLoss<T>(
  { dtype, statistics, batchSize }: Shared,
  { context }: Around,
  use: (objective: Objective) => Promise<T>,
): Promise<T> {
  return withObjective(modelAtPorts(context, { statistics, batchSize }).loss, dtype, use);
}

/** How derivatives were approximated, as metadata. Empty when they are exact. */
export function approximation({ differences }: Objective): Metadata {
  const used = differences?.() ?? {};
  return Object.keys(used).length > 0 ? { differences: used } : {};
}

/** The models at port `to`. Throws Error when one has other tensors. */
export function otherModels({ layout, context }: Around): Artifact[] {
  return context.sources("to").map((source, k) => {
    const model = source.artifact();
    requireSameShapes(modelLayout(model), layout, `model ${k + 1} at "to"`);
    return model;
  });
}

export function requireCount(count: number, weights: Float64Array): void {
  if (count > weights.length)
    throw new Error(`count is ${count}; expected at most ${weights.length}, the number of weights`);
}
