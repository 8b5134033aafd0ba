import { type Artifact, rowCount } from "../../src/artifact/artifact.js";
import type { Dataset } from "../../src/data/dataset.js";
import type { Dtype } from "../../src/graph/program.js";
import type { PredictionOptions } from "../../src/models/evaluation/predictBatches.js";
import type { PinnProblem } from "../../src/models/problems/pinn.js";
import { requireFit, type SupervisedProblem } from "../../src/models/problems/supervisedProblem.js";
import type { StageContext } from "../../src/stage.js";
import { datasetOf } from "../artifacts/dataset.js";
import { modelFacts, type Setting, statisticsOf, weightsOf } from "../artifacts/model.js";
import { type ReferenceGrid, referenceOf } from "./referenceOf.js";

/** Parameters of the stages that apply a network to samples. */
export interface ApplyParams {
  batchSize?: number;
  statistics: "stored" | "recomputed";
  dtype?: Dtype;
}

export interface AppliedPinn extends Setting<PinnProblem> {
  dataset?: undefined;
  /** The solution to measure against, at port `reference`. */
  reference?: ReferenceGrid;
}

export interface AppliedToData extends Setting<SupervisedProblem> {
  dataset: Dataset;
}

/** A network, with the samples or the equation to apply it to. */
export type Applied = AppliedPinn | AppliedToData;

/** The weights of a checkpoint, and a function that applies them. */
export interface Checkpoint {
  theta: Float64Array;
  options: PredictionOptions;
}

/**
 * The network at port `model` and the samples at port `data`. Throws Error when samples are given for a differential
 * equation, and when samples are missing or do not fit the network otherwise; the same for a reference solution.
 */
export function appliedModel({ params, ports, input }: StageContext<ApplyParams>): Applied {
  const facts = modelFacts(input("model"));
  const { architecture, problem } = facts;
  const dtype = params.dtype ?? facts.dtype;
  const hasData = ports.includes("data");
  if (problem.kind === "external") {
    throw new Error("the model holds the parameters of an external process, which only has a loss and no predictions");
  }
  if (problem.kind === "function") {
    throw new Error("the model holds the parameters of a function, which only has a loss and no predictions");
  }
  if (problem.kind === "pinn") {
    if (hasData) throw new Error("the model solves a differential equation, which has no data; remove the input data");
    const reference = ports.includes("reference") ? referenceOf(input("reference"), problem) : undefined;
    return { architecture, dtype, problem, reference };
  }
  if (ports.includes("reference")) {
    throw new Error("the model was trained on data; a reference is for a differential equation; remove it");
  }
  if (problem.loss === "output") {
    throw new Error("the output of the model is its loss, and it predicts nothing; name another output of the graph");
  }
  if (!hasData) throw new Error("the model was trained on data; expected a dataset at the input data");
  const dataset = datasetOf(input("data"));
  requireFit(architecture, problem, dataset);
  return { architecture, dtype, problem, dataset };
}

/** The rows of a model that parameters select. */
export type Rows = "last" | "all" | readonly number[];

/** Row numbers from 0. Throws Error when the model has fewer rows. */
export function checkpointRows(model: Artifact, rows: Rows): number[] {
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
  const options = { batchSize, statistics: statistics === "recomputed" ? statistics : statisticsOf(model, row) };
  return { theta: weightsOf(model, row), options };
}
