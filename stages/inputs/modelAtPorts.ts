import { type Artifact, rowCount } from "../../src/artifact/artifact.js";
import { networkSamples } from "../../src/data/dataset.js";
import { type LossFunction, lossFunction, type Problem } from "../../src/models/problems/lossFunction.js";
import { supervisedLoss } from "../../src/models/problems/supervisedLoss.js";
import { requireFit } from "../../src/models/problems/supervisedProblem.js";
import type { StageContext } from "../../src/stage.js";
import { datasetOf } from "../artifacts/dataset.js";
import { modelFacts, statisticsOf, weightsOf } from "../artifacts/model.js";
import { type ExternalLoss, externalLoss } from "./externalLoss.js";

/** How to compute the loss of a model that learnt from samples. The schemas describe the parameters. */
export interface LossOptions {
  statistics: "stored" | "recomputed";
  batchSize: number;
}

interface ModelOptions extends Partial<LossOptions> {
  /** The samples that measure the loss of a supervised problem. */
  data?: Artifact;
  /** The checkpoint; the last by default. */
  row?: number;
}

/**
 * The loss of a model artifact as a function of the weights, and the weights of one of its checkpoints. Throws Error
 * when a dataset is missing or superfluous, or does not fit the network.
 */
export function modelWithLoss(
  model: Artifact,
  { data, row = rowCount(model) - 1, statistics = "stored", batchSize = 128 }: ModelOptions = {},
): { loss: LossFunction; weights: Float64Array } {
  const { architecture, problem } = modelFacts(model);
  const weights = weightsOf(model, row);
  if (problem.kind === "external") {
    throw new Error("an external process computes the loss of the model, and this stage does not support that");
  }
  if (problem.kind !== "supervised") {
    if (data) {
      throw new Error(`the model's problem is ${problem.kind}, which has no samples; remove the input "data"`);
    }
    return { loss: lossFunction(architecture, problem), weights };
  }
  if (data === undefined) {
    throw new Error('the model learnt from samples; connect the samples for its loss to the port "data"');
  }
  const dataset = datasetOf(data);
  requireFit(architecture, problem, dataset);
  const stored = statistics === "stored" ? statisticsOf(model, row) : undefined;
  const options = { ...problem, statistics: stored ?? ("recomputed" as const), batchSize };
  return { loss: supervisedLoss(architecture, networkSamples(dataset), options), weights };
}

/** The model at port `model` of a stage, with its loss on the samples at port `data`, or with that of its process. */
export function modelAtPorts(
  context: Pick<StageContext<unknown>, "input" | "ports" | "folder" | "log" | "progress">,
  options: Partial<LossOptions> & { row?: number },
): { loss: LossFunction | ExternalLoss; weights: Float64Array } {
  const { input, ports } = context;
  const { problem, layout } = modelFacts(input("model"));
  tellPoints(problem, context.log);
  if (problem.kind === "external") {
    if (ports.includes("data")) throw new Error('an external problem has its own samples; remove the input "data"');
    const weights = weightsOf(input("model"), options.row);
    return { loss: externalLoss(problem, layout, weights.length, context), weights };
  }
  return modelWithLoss(input("model"), { data: ports.includes("data") ? input("data") : undefined, ...options });
}

/** Tells where the residual is taken, for points that a training has drawn. */
export function tellPoints(problem: Problem, log: (text: string) => void): void {
  if (problem.kind !== "pinn" || problem.points?.origin === undefined) return;
  const [list = []] = Object.values(problem.points.collocation ?? {});
  log(`the residual is taken at the ${list.length} points ${problem.points.origin}\n`);
}
