import { type Architecture, createModel } from "./architecture.js";
import type { Initialization } from "./initialization.js";
import { initialStatistics } from "./runningStatistics.js";

/** The part of a network that changes during training. */
export interface NetworkState {
  readonly weights: Float64Array;
  /** The running statistics of batch norms; empty when there are none. */
  readonly statistics: Float64Array;
}

/** Weights followed by statistics, as in files of weights. */
export function inOneVector(weights: Float64Array, statistics: Float64Array): Float64Array {
  const all = new Float64Array(weights.length + statistics.length);
  all.set(weights);
  all.set(statistics, weights.length);
  return all;
}

/** A network before training. */
export function initialState(architecture: Architecture, seed: number, initialization: Initialization): NetworkState {
  const model = createModel(architecture);
  return {
    weights: model.initialize(seed, initialization),
    statistics: model.statistics ? initialStatistics(model.statistics) : new Float64Array(0),
  };
}
