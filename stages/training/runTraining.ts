/** How a training runs: what the stage `train` does once its parameters are checked. */
import type { Artifact } from "../../src/artifact/artifact.js";
import { canonicalJson } from "../../src/artifact/canonicalJson.js";
import { type Architecture, withoutStart } from "../../src/models/networks/architecture.js";
import type { Initialization } from "../../src/models/networks/initialization.js";
import { initialState, type NetworkState } from "../../src/models/networks/networkState.js";
import type { ExternalProblem } from "../../src/models/problems/externalProblem.js";
import {
  equationLoss,
  type LossFunction,
  lossFunction,
  type Problem,
  type ProblemWithoutData,
} from "../../src/models/problems/lossFunction.js";
import type { Objective } from "../../src/models/problems/objective.js";
import type { SupervisedProblem } from "../../src/models/problems/supervisedProblem.js";
import { withUnknowns } from "../../src/models/problems/trainedLayout.js";
import type { StageContext } from "../../src/stage.js";
import type { Balanced } from "../../src/training/movingWeights.js";
import type { Optimizer } from "../../src/training/optimizer.js";
import type { EarlyStop, TrainingHooks } from "../../src/training/trainingRecord.js";
import { trainSolution } from "../../src/training/trainSolution.js";
import { trainSupervised } from "../../src/training/trainSupervised.js";
import { modelFacts, type Setting, storedState, type TrainingSettings } from "../artifacts/model.js";
import type { ExternalLoss } from "../inputs/externalLoss.js";
import { externalSetting } from "../inputs/externalSetting.js";
import { readNetwork } from "../inputs/readNetwork.js";
import { readProblem } from "../inputs/readProblem.js";
import { refuseSamples, samplesAtPorts } from "../inputs/samplesAtPorts.js";
import { solutionFacts } from "../inputs/solutionFacts.js";
import { trainingHooks } from "../inputs/trainingHooks.js";
import { withObjective } from "../inputs/withObjective.js";
import { balancedTraining, type TermBalance } from "./balancedTraining.js";
import { defaultOptimizer } from "./defaultOptimizer.js";
import { drawsBeside, type Resample, type Resampling, withResampling } from "./resampling.js";
import { type SelfAdaptiveBalance, selfAdaptiveTraining } from "./selfAdaptiveTraining.js";
import { trainedModel } from "./trainedModel.js";

/** How the weights of a loss move. */
export type Balance = TermBalance | SelfAdaptiveBalance;

/** The parameters as they are given: the optimizer may be the default. */
export interface GivenTraining extends Omit<TrainingSettings, "optimizer" | "earlier"> {
  /** One, or several that run one after another. */
  optimizer?: Optimizer | Optimizer[];
  terms?: boolean;
  balance?: Balance;
  resample?: Resample;
  architecture: Architecture;
  problem: Problem;
  initialization: Initialization;
  startRow?: number;
  epochs?: number;
  earlyStop?: EarlyStop;
  checkpoints: { every?: number; epochs: number[] };
  seed: number;
  dtype?: "f32" | "f64";
}

/** The parameters with an optimizer in any case. */
type Params = Omit<GivenTraining, "optimizer"> & TrainingSettings;

/** Trains the network that the parameters describe, on their problem. */
export async function runTraining(given: StageContext<GivenTraining>): Promise<Artifact> {
  const context = withOptimizer(given);
  const problem = readProblem(context.params.problem, context.file);
  if (problem.kind === "external") return solveExternally(problem, context);
  const { architecture, state, notes } = await readNetwork(context.params.architecture, context.file);
  for (const note of notes) context.log(`${note}\n`);
  const own = withArchitecture(architecture, context);
  const begun = startOf(own, () => state);
  const start = { ...begun, weights: withUnknowns(begun.weights, architecture, problem) };
  switch (problem.kind) {
    case "pinn":
    case "function":
      return solve(settingOf(problem, own), lossFunction(architecture, problem), own, start);
    case "supervised":
      return learn(problem, own, start);
    default:
      return problem satisfies never;
  }
}

/** With the default optimizer where none is given, which the log then tells. */
function withOptimizer(context: StageContext<GivenTraining>): StageContext<Params> {
  const { params, log } = context;
  if (params.optimizer !== undefined) {
    const blocks = [params.optimizer].flat();
    const [optimizer] = blocks.slice(-1);
    const earlier = blocks.length > 1 ? { earlier: blocks.slice(0, -1).map(withIterations) } : {};
    return { ...context, params: { ...params, optimizer, ...earlier } };
  }
  const optimizer = defaultOptimizer(params.problem);
  const why = params.problem.kind === "supervised" ? "problems with samples" : "problems without samples";
  log(`optimizer: ${optimizer.kind} with learningRate ${optimizer.learningRate}, the default for ${why}\n`);
  return { ...context, params: { ...params, optimizer } };
}

const withArchitecture = (architecture: Architecture, context: StageContext<Params>): StageContext<Params> => ({
  ...context,
  params: { ...context.params, architecture },
});

const settingOf = <P extends Problem>(problem: P, { params }: StageContext<Params>): Setting<P> => ({
  architecture: params.architecture,
  problem,
  dtype: params.dtype ?? "f64",
});

/** A problem whose process computes the loss, and gives the weights to begin with. */
async function solveExternally(problem: ExternalProblem, context: StageContext<Params>): Promise<Artifact> {
  const { setting, loss, start } = await externalSetting(settingOf(problem, context), context);
  const own = withArchitecture(setting.architecture, context);
  return solve(
    setting,
    loss,
    own,
    startOf(own, () => ({ weights: start(), statistics: new Float64Array(0) })),
  );
}

async function solve(
  setting: Setting<ProblemWithoutData | ExternalProblem>,
  loss: LossFunction | ExternalLoss,
  context: StageContext<Params>,
  start: NetworkState,
): Promise<Artifact> {
  const { params } = context;
  refuseSamples(setting.problem.kind, "start", context);
  const optimizer = withIterations(params.optimizer);
  const given = trainingHooks(context);
  const { balance, resample, earlier = [] } = params;
  const { problem } = setting;
  const run = async (objective: Objective, { balanced, resampling, ended = () => setting, hooks = given }: Moving) => {
    const measure = async (theta: Float64Array, iteration: number) => {
      const terms = params.terms || balanced ? await termsAt(objective, theta) : {};
      await balanced?.after(theta, iteration);
      return { ...terms, ...(resampling && { resamplings: resampling.draws.length }) };
    };
    const training = {
      ...{ ...params, optimizer, isWanted: wanted(params), rounds: resampling },
      measure: params.terms || balanced || resampling ? measure : undefined,
    };
    const evaluate = balanced?.evaluate ?? objective.lossAndGradient;
    const result = await trainSolution(evaluate, start.weights, training, resampling?.hooks ?? hooks);
    const last = result.checkpoints[result.checkpoints.length - 1];
    const found = await solutionFacts(setting, last.weights, objective);
    const facts = {
      ...{ training: settingsOf({ ...params, optimizer }), ...found, evaluations: result.evaluations },
      ...(resampling && { resampled: drawsBeside(resampling.draws, result.history) }),
    };
    const coefficients = Object.entries(found.terms).filter(([name]) => name.startsWith("coefficient_"));
    const draws = resampling && { resamplings: resampling.draws.length };
    const headline = { ...Object.fromEntries(coefficients), ...found.errors, iterations: last.step, ...draws };
    return trainedModel(ended(), result, facts, headline);
  };
  if (problem.kind !== "pinn" || !(balance || resample)) {
    return withObjective(loss, setting.dtype, (objective) => run(objective, {}));
  }
  const solved = { ...setting, problem };
  const optimizers = [...earlier, optimizer];
  const begin = (resampling?: Resampling) => {
    const { moving, withPoints = (of: typeof solved) => of } = resampling ?? {};
    if (balance?.kind === "self-adaptive") {
      return selfAdaptiveTraining(solved, balance, { optimizers, hooks: given }, run);
    }
    if (balance) {
      const all = { optimizers, resume: given.resume, moving };
      return balancedTraining(solved, balance, all, (objective, balanced, ended) =>
        run(objective, { balanced, resampling, ended: () => withPoints(ended()) }),
      );
    }
    return withObjective(equationLoss(setting.architecture, problem, { moving }), setting.dtype, (objective) =>
      run(objective, { resampling, ended: () => withPoints(solved) }),
    );
  };
  return resample ? withResampling(solved, resample, { hooks: given, log: context.log }, begin) : begin();
}

/** The weights and points that change during a training, and the setting with the last ones. */
interface Moving {
  readonly balanced?: Pick<Balanced, "evaluate" | "after">;
  readonly resampling?: Resampling;
  readonly ended?: () => Setting<ProblemWithoutData | ExternalProblem>;
  readonly hooks?: TrainingHooks;
}

/** The terms of the loss and their weights, without the loss. */
async function termsAt(objective: Objective, theta: Float64Array): Promise<Record<string, number>> {
  const { loss: _, ...terms } = await objective.lossTerms(theta);
  return Object.fromEntries(Object.entries(terms).map(([name, [value]]) => [name, value]));
}

async function learn(
  problem: SupervisedProblem,
  context: StageContext<Params>,
  start: NetworkState,
): Promise<Artifact> {
  const { params } = context;
  const { architecture, epochs = 10, batchSize = 128, dropLast = false, dtype = "f32" } = params;
  const samples = samplesAtPorts(context);
  const isWanted = wanted(params);
  const training = { ...params, problem, ...samples, start, epochs, batchSize, dropLast, dtype, isWanted };
  const result = await trainSupervised(training, trainingHooks(context));
  const { epoch, metrics } = result.checkpoints[result.checkpoints.length - 1];
  const shown = ["trainAccuracy", "validationLoss", "validationAccuracy"].filter((name) => name in metrics);
  const headline = Object.fromEntries(shown.map((name) => [name, metrics[name]]));
  const isFullBatch = params.optimizer.kind === "lbfgs";
  const settings = settingsOf({ ...params, batchSize, ...(!isFullBatch && { epochs, dropLast }) });
  return trainedModel({ architecture, problem, dtype }, result, { training: settings }, { ...headline, epochs: epoch });
}

/**
 * The initial weights, those of an ONNX file or an external process, or those at port `start`, which must be of the
 * same network.
 */
function startOf({ params, ports, input }: StageContext<Params>, given: () => NetworkState | undefined): NetworkState {
  const { architecture, seed, initialization, startRow } = params;
  if (!ports.includes("start")) {
    if (startRow !== undefined) throw new Error('startRow is of a model at the port "start", where none is connected');
    const stored = given();
    return stored && initialization === "default" ? stored : initialState(architecture, seed, initialization);
  }
  const model = input("start");
  const [found, wanted] = [modelFacts(model).architecture, architecture].map((of) => canonicalJson(withoutStart(of)));
  if (found !== wanted) {
    throw new Error(
      `the model at the port "start" has the architecture ${found}; expected that of this one, ${wanted}`,
    );
  }
  return storedState(model, startRow);
}

/** The settings that jump-and-retrain takes over, and the others that decide the course of the training. */
function settingsOf(params: Params) {
  const { optimizer, earlier, epochs, batchSize, dropLast, schedule, clipGradient, augment, earlyStop } = params;
  const { seed, initialization } = params;
  return {
    optimizer,
    earlier,
    epochs,
    batchSize,
    dropLast,
    schedule,
    clipGradient,
    augment,
    earlyStop,
    seed,
    initialization,
  };
}

/** The default is not in the schema, since only some problems have iterations. */
function withIterations(optimizer: Optimizer) {
  return optimizer.kind === "lbfgs" ? optimizer : { ...optimizer, iterations: optimizer.iterations ?? 10000 };
}

function wanted({ checkpoints: { every, epochs } }: Params): (epoch: number) => boolean {
  return (epoch) => epochs.includes(epoch) || (every !== undefined && epoch % every === 0);
}
