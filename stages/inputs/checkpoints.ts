import { type Artifact, rowCount, vectorAt } from "../../src/artifact/artifact.js";
import type { Dataset } from "../../src/data/dataset.js";
import type { Dtype } from "../../src/graph/program.js";
import type { PredictionOptions } from "../../src/models/evaluation/predictBatches.js";
import type { PinnProblem } from "../../src/models/problems/pinn.js";
import { requireFit, type SupervisedProblem } from "../../src/models/problems/supervisedProblem.js";
import type { StageContext } from "../../src/stage.js";
import { datasetOf } from "../artifacts/dataset.js";
import type { Setting } from "../artifacts/model.js";

/** What the stages that apply a network to samples have in common. */
export interface ApplyParams {
  batchSize?: number;
  statistics: "stored" | "recomputed";
  dtype?: Dtype;
}

export interface AppliedPinn extends Setting<PinnProblem> {
  dataset?: undefined;
}

export interface AppliedToData extends Setting<SupervisedProblem> {
  dataset: Dataset;
}

/** A network and what it is applied to. */
export type Applied = AppliedPinn | AppliedToData;

/** The weights of a checkpoint, and how they are applied. */
export interface Checkpoint {
  theta: Float64Array;
  options: PredictionOptions;
}

/** Throws where a network for a differential equation is given data, or another none or such that does not fit. */
export function appliedModel({ params, ports, input }: StageContext<ApplyParams>): Applied {
  const facts = input("model").metadata as unknown as Setting;
  const { architecture, problem } = facts;
  const dtype = params.dtype ?? facts.dtype;
  const hasData = ports.includes("data");
  if (problem.kind === "function") {
    throw new Error("the model is the parameters of a function, which predicts nothing; its loss is all there is");
  }
  if (problem.kind === "pinn") {
    if (hasData)
      throw new Error("the model solves a differential equation, which has no data; leave out the input data");
    return { architecture, dtype, problem };
  }
  if (!hasData) throw new Error("the model was trained on data; expected a dataset at the input data");
  const dataset = datasetOf(input("data"));
  requireFit(architecture, problem, dataset);
  return { architecture, dtype, problem, dataset };
}

/** Row numbers from 0. Throws where the model has fewer rows. */
export function checkpointRows(model: Artifact, rows: "last" | "all" | readonly number[]): number[] {
  const count = rowCount(model);
  if (rows === "last") return [count - 1];
  if (rows === "all") return Array.from({ length: count }, (_, row) => row);
  const beyond = rows.find((row) => row >= count);
  if (beyond !== undefined) {
    throw new Error(
      `the model has ${count} checkpoint${count === 1 ? "" : "s"}, from 0 to ${count - 1}; found ${beyond}`,
    );
  }
  return [...rows];
}

/** The checkpoint in a row. */
export function checkpoint(model: Artifact, row: number, { batchSize, statistics }: ApplyParams): Checkpoint {
  const stored = Object.hasOwn(model.columns, "state") ? vectorAt(model, "state", row) : undefined;
  const options = { batchSize, statistics: statistics === "recomputed" ? statistics : stored };
  return { theta: vectorAt(model, "weights", row), options };
}
