import { type Artifact, rowCount, vectorAt } from "../../src/artifact/artifact.js";
import type { NetworkState } from "../../src/models/networks/networkState.js";

/** Weights and batch-norm statistics in a row of a model, by default the last. Throws where it has no such row. */
export function storedState(model: Artifact, row = rowCount(model) - 1): NetworkState {
  const rows = rowCount(model);
  if (row < 0 || row >= rows) throw new Error(`the model has ${rows} rows, counted from 0; found row ${row}`);
  return {
    weights: vectorAt(model, "weights", row),
    statistics: model.columns.state ? vectorAt(model, "state", row) : new Float64Array(0),
  };
}
