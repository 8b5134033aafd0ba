import { type Architecture, createModel } from "./architecture.js";
import type { Initialization } from "./initialization.js";
import { initialStatistics } from "./runningStatistics.js";

/** The part of a network that changes during training. */
export interface NetworkState {
  readonly weights: Float64Array;
  /** The running statistics of batch norms; empty when there are none. */
  readonly statistics: Float64Array;
}

/** A network before training. */
export function initialState(architecture: Architecture, seed: number, initialization: Initialization): NetworkState {
  const model = createModel(architecture);
  return {
    weights: model.initialize(seed, initialization),
    statistics: model.state ? initialStatistics(model.state) : new Float64Array(0),
  };
}
