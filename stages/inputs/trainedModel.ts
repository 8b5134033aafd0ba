import { type Artifact, rowCount, vectorAt } from "../../src/artifact/artifact.js";
import { networkSamples } from "../../src/data/dataset.js";
import { type LossFunction, lossFunction } from "../../src/models/problems/lossFunction.js";
import { supervisedLoss } from "../../src/models/problems/supervisedLoss.js";
import { requireFit } from "../../src/models/problems/supervisedProblem.js";
import type { StageContext } from "../../src/stage.js";
import { datasetOf } from "../artifacts/dataset.js";
import type { Setting } from "../artifacts/model.js";

/** How the loss of a model that learnt from samples is computed; schemas describe them. */
export interface LossOptions {
  statistics: "stored" | "recomputed";
  batchSize: number;
}

interface TrainedModelOptions extends Partial<LossOptions> {
  /** What the loss of a supervised problem is measured on. */
  data?: Artifact;
  /** Which checkpoint, by default the last. */
  row?: number;
}

/**
 * The loss of a model artifact as a function of the weights, and the weights of one of its checkpoints. Throws where the
 * problem needs a dataset and none is given, or the other way round, or the dataset does not fit the network.
 */
export function trainedModel(
  model: Artifact,
  { data, row = rowCount(model) - 1, statistics = "stored", batchSize = 128 }: TrainedModelOptions = {},
): { loss: LossFunction; weights: Float64Array } {
  const { architecture, problem } = model.metadata as unknown as Setting;
  const weights = vectorAt(model, "weights", row);
  if (problem.kind !== "supervised") {
    if (data)
      throw new Error(`the model's problem is ${problem.kind}, which has no samples; leave out its port "data"`);
    return { loss: lossFunction(architecture, problem), weights };
  }
  if (data === undefined) {
    throw new Error('the model learnt from samples; connect those to measure its loss on to the port "data"');
  }
  const dataset = datasetOf(data);
  requireFit(architecture, problem, dataset);
  const stored =
    model.columns.state && statistics === "stored" ? vectorAt(model, "state", row) : ("recomputed" as const);
  const options = { ...problem, statistics: stored, batchSize };
  return { loss: supervisedLoss(architecture, networkSamples(dataset), options), weights };
}

/** The model at port `model` of a stage, with its loss on what is at port `data`. */
export function modelAtPorts(
  { input, ports }: Pick<StageContext<unknown>, "input" | "ports">,
  options: Partial<LossOptions>,
): ReturnType<typeof trainedModel> {
  return trainedModel(input("model"), { data: ports.includes("data") ? input("data") : undefined, ...options });
}
