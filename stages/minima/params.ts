import type { PathOptions } from "../../src/landscape/paths/connectPath.js";
import type { PairChoice } from "../../src/landscape/paths/pathPairs.js";
import type { Rows } from "../inputs/checkpoints.js";

/** The parameters of the stage connect-minima. */
export interface ConnectParams extends Omit<PathOptions, "spring"> {
  label: string | number;
  rows: Rows;
  pairs: PairChoice;
  spring?: number;
  batchSize: number;
  evaluationBatchSize: number;
  align: "none" | "weight-matching";
  keep: "none" | "saddles" | "all";
  seed: number;
  dtype: "f32" | "f64";
}
