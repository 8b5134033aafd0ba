/**
 * A model: one row per checkpoint, with the columns `step`, `loss`, `weights`, and `state` for a network with batch
 * norms.
 */
import {
  type Artifact,
  artifact,
  type Column,
  type Metadata,
  rowCount,
  type Summary,
  vectorAt,
} from "../../src/artifact/artifact.js";
import type { Augmentation } from "../../src/data/augment.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import { type Layout, layoutSize } from "../../src/models/networks/layout.js";
import type { NetworkState } from "../../src/models/networks/networkState.js";
import type { Problem } from "../../src/models/problems/lossFunction.js";
import { trainedLayout } from "../../src/models/problems/trainedLayout.js";
import type { Schedule } from "../../src/training/learningRate.js";
import type { Optimizer } from "../../src/training/optimizer.js";
import { factsOf } from "./factsOf.js";

/** A network, its problem, and the number type of its weights and losses. */
export interface Setting<P = Problem> {
  architecture: Architecture;
  /** All points are numbers, so a reader of the artifact needs no other file. */
  problem: P;
  dtype: "f32" | "f64";
}

/** The training settings, as parameters. */
export interface TrainingSettings {
  optimizer: Optimizer;
  /** The optimizers that ran before it, one after another. */
  earlier?: readonly Optimizer[];
  batchSize?: number;
  dropLast?: boolean;
  schedule: Schedule;
  clipGradient?: number;
  augment?: Augmentation;
}

/** The facts of every model, and facts that only some stages add. */
export type ModelMetadata = {
  architecture: Architecture;
  problem: Problem;
  layout: Layout;
  dtype: "f32" | "f64";
  /** The names and shapes of the running statistics of batch norms. */
  stateLayout?: Layout;
  /** Only for a trained model. */
  training?: TrainingSettings;
  /** One curve per metric, with the epochs of its values. */
  history?: Readonly<Record<string, readonly number[]>>;
  /** Each draw of new residual points during the training, with the loss before and after it. */
  resampled?: readonly { iteration: number; candidates: number; effective: number; before: number; after: number }[];
  stopped?: string;
  warnings?: readonly string[];
  /** For a model whose column `trajectory` numbers several: their names, or the jumps that they start from. */
  trajectories?: readonly (string | { seed: number; step: number })[];
};

/** One row per checkpoint, in order. */
interface Checkpoints {
  step: Int32Array;
  loss: Float64Array;
  /** [T × n] */
  weights: Float64Array | Float32Array;
  /** Running statistics of batch norms, [T × s]. */
  statistics?: Float64Array | Float32Array;
  /** More columns. */
  metrics?: Record<string, Column>;
}

/** A model: its checkpoints, and facts about it. */
export function modelArtifact(
  { architecture, problem, dtype }: Setting,
  { step, loss, weights, statistics, metrics }: Checkpoints,
  facts: Metadata,
  summary: Summary,
): Artifact {
  const { statistics: state } = createModel(architecture);
  const layout = trainedLayout(architecture, problem);
  const stored = dtype === "f32" ? Float32Array : Float64Array;
  const vectors = (values: Float64Array | Float32Array, width: number) => ({
    width,
    values: values instanceof stored ? values : new stored(values),
  });
  return artifact(
    "model",
    {
      step,
      loss,
      weights: vectors(weights, layoutSize(layout)),
      ...(state && statistics && { state: vectors(statistics, state.size) }),
      ...metrics,
    },
    {
      ...{ architecture, problem, layout, ...(state?.layout && { stateLayout: state.layout }), dtype },
      ...facts,
    } satisfies ModelMetadata,
    { loss: loss[loss.length - 1], ...summary },
  );
}

/** The facts of a model. Throws TypeError when a command or module omitted the network or the problem. */
export function modelFacts(of: Artifact): ModelMetadata {
  return factsOf<ModelMetadata>(of, "architecture", "problem");
}

export function modelLayout(of: Artifact): Layout {
  return factsOf<ModelMetadata>(of, "layout").layout;
}

/** The weights in a row as f64; the last row by default. */
export function weightsOf(model: Artifact, row = rowCount(model) - 1): Float64Array {
  return vectorAt(model, "weights", row);
}

/**
 * Weights and batch-norm statistics in a row of a model, the last by default. Throws Error when the row does not exist.
 */
export function storedState(model: Artifact, row = rowCount(model) - 1): NetworkState {
  const rows = rowCount(model);
  if (row < 0 || row >= rows) throw new Error(`the model has ${rows} rows, counted from 0; found row ${row}`);
  return { weights: weightsOf(model, row), statistics: statisticsOf(model, row) ?? new Float64Array(0) };
}

/** The running statistics in a row; undefined for a network without batch norms. */
export function statisticsOf(model: Artifact, row: number): Float64Array | undefined {
  return Object.hasOwn(model.columns, "state") ? vectorAt(model, "state", row) : undefined;
}
