/** Training on from weights that were moved, as the model was trained before. */
import { createModel } from "../../src/models/networks/architecture.js";
import type { NetworkState } from "../../src/models/networks/networkState.js";
import type { ExternalProblem } from "../../src/models/problems/externalProblem.js";
import { lossFunction, type ProblemWithoutData } from "../../src/models/problems/lossFunction.js";
import type { SupervisedProblem } from "../../src/models/problems/supervisedProblem.js";
import type { StageContext } from "../../src/stage.js";
import type { Optimizer } from "../../src/training/optimizer.js";
import type { Checkpoint, TrainingResult } from "../../src/training/trainingRecord.js";
import { trainSolution } from "../../src/training/trainSolution.js";
import { trainSupervised } from "../../src/training/trainSupervised.js";
import type { Setting, TrainingSettings } from "../artifacts/model.js";
import { externalLoss } from "../inputs/externalLoss.js";
import { refuseSamples, samplesAtPorts } from "../inputs/samplesAtPorts.js";
import { trainingHooks } from "../inputs/trainingHooks.js";
import { withObjective } from "../inputs/withObjective.js";

export interface Retraining {
  settings: TrainingSettings;
  start: NetworkState;
  seed: number;
  /** True when the checkpoint of an epoch is kept. */
  isWanted(epoch: number): boolean;
}

type Context = StageContext<{ epochs: number; iterationsPerEpoch: number }>;

export function retrained(setting: Setting, retraining: Retraining, context: Context): Promise<TrainingResult> {
  const { problem } = setting;
  return problem.kind === "supervised"
    ? learnAgain({ ...setting, problem }, retraining, context)
    : solveAgain({ ...setting, problem }, retraining, context);
}

async function solveAgain(
  setting: Setting<ProblemWithoutData | ExternalProblem>,
  retraining: Retraining,
  context: Context,
) {
  refuseSamples(setting.problem.kind, "model", context);
  const { settings, start } = retraining;
  const { architecture, problem } = setting;
  const loss =
    problem.kind === "external"
      ? externalLoss(problem, createModel(architecture).layout, start.weights.length, context)
      : lossFunction(architecture, problem);
  return withObjective(loss, setting.dtype, async ({ lossAndGradient }) => {
    const training = {
      ...settings,
      optimizer: withIterations(settings.optimizer, context),
      isWanted: inIterations(retraining, context),
    };
    return asEpochs(await trainSolution(lossAndGradient, start.weights, training, trainingHooks(context)), context);
  });
}

async function learnAgain(setting: Setting<SupervisedProblem>, retraining: Retraining, context: Context) {
  const { params } = context;
  const samples = samplesAtPorts(context);
  const { settings, isWanted, ...rest } = retraining;
  const { batchSize = 128, dropLast = false } = settings;
  const training = { ...setting, ...settings, ...rest, ...samples, batchSize, dropLast, epochs: params.epochs };
  if (settings.optimizer.kind === "lbfgs") {
    const optimizer = withIterations(settings.optimizer, context);
    const inSteps = { ...training, optimizer, isWanted: inIterations(retraining, context) };
    return asEpochs(await trainSupervised(inSteps, trainingHooks(context)), context);
  }
  if (params.iterationsPerEpoch !== 1) {
    throw new Error("iterationsPerEpoch needs iterations that each use all data; leave it out");
  }
  return trainSupervised({ ...training, isWanted }, trainingHooks(context));
}

/** One iteration per step of each epoch. A line search may evaluate the loss as often as it needs. */
function withIterations(optimizer: Optimizer, { params }: Context) {
  const iterations = params.epochs * params.iterationsPerEpoch;
  return optimizer.kind === "lbfgs"
    ? { ...optimizer, maxIterations: iterations, maxEvaluations: Number.POSITIVE_INFINITY }
    : { ...optimizer, iterations };
}

function inIterations({ isWanted }: Retraining, { params: { iterationsPerEpoch } }: Context) {
  return (iteration: number) => iteration % iterationsPerEpoch === 0 && isWanted(iteration / iterationsPerEpoch);
}

/** A training that counts iterations as epochs. Its epochs become groups of several iterations. */
function asEpochs(result: TrainingResult, { params }: Context): TrainingResult {
  const inEpochs = (checkpoint: Checkpoint) => ({ ...checkpoint, epoch: checkpoint.step / params.iterationsPerEpoch });
  return { ...result, checkpoints: result.checkpoints.map(inEpochs) };
}
