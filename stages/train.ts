import type { Artifact } from "../src/artifact/artifact.js";
import { canonicalJson } from "../src/artifact/canonicalJson.js";
import { type Architecture, createModel } from "../src/models/networks/architecture.js";
import type { Initialization } from "../src/models/networks/initialization.js";
import { initialState, type NetworkState } from "../src/models/networks/networkState.js";
import { lossFunction, type Problem, type ProblemWithoutData } from "../src/models/problems/lossFunction.js";
import { createObjective } from "../src/models/problems/objective.js";
import type { SupervisedProblem } from "../src/models/problems/supervisedProblem.js";
import { validateModel } from "../src/models/problems/validateModel.js";
import type { Stage, StageContext } from "../src/stage.js";
import type { Optimizer } from "../src/training/optimizer.js";
import type { EarlyStop } from "../src/training/trainingRecord.js";
import { trainSolution } from "../src/training/trainSolution.js";
import { trainSupervised } from "../src/training/trainSupervised.js";
import { datasetOf } from "./artifacts/dataset.js";
import { type Setting, solutionFacts } from "./artifacts/model.js";
import { readProblem } from "./inputs/readProblem.js";
import { storedState } from "./inputs/storedState.js";
import { trainingHooks } from "./inputs/trainingHooks.js";
import { type TrainingSettings, trained } from "./inputs/trainingRun.js";

interface Params extends TrainingSettings {
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

type Fault = { path: (string | number)[]; message: string };

export const trainStage: Stage<Params> = {
  name: "train",
  version: 6,
  inputs: {
    data: { kinds: ["dataset"], optional: true },
    validation: { kinds: ["dataset"], optional: true },
    start: { kinds: ["model"], optional: true },
  },
  output: "model",
  check(params) {
    const { architecture, problem, optimizer } = params;
    const faults = validateModel(architecture, problem);
    const isMade = !faults.some(({ path }) => path[0] === "architecture");
    return [
      ...faults,
      ...(optimizer.kind === "lbfgs" && isMade && createModel(architecture).state && params.batchSize === undefined
        ? [
            {
              path: ["optimizer", "kind"],
              message:
                "is lbfgs, which with batch norms needs a batch of all samples: set batchSize to their number, or batchNorm: false",
            },
          ]
        : []),
      ...(optimizer.kind === "sgd" && optimizer.nesterov && optimizer.momentum === 0
        ? [{ path: ["optimizer", "nesterov"], message: "needs a momentum above 0" }]
        : []),
      ...uselessParameters(params),
    ];
  },
  async run(context) {
    const problem = readProblem(context.params.problem, context.file);
    switch (problem.kind) {
      case "pinn":
      case "function":
        return solve(problem, context);
      case "supervised":
        return learn(problem, context);
      default:
        return problem satisfies never;
    }
  },
};

/** Parameters that this kind of training has no use for. */
function uselessParameters(params: Params): Fault[] {
  const { problem, optimizer, schedule } = params;
  const hasSamples = problem.kind === "supervised";
  const isFullBatch = !hasSamples || optimizer.kind === "lbfgs";
  const faults: Fault[] = [];
  const refuse = (names: readonly (keyof Params)[], why: string) => {
    for (const name of names) if (params[name] !== undefined) faults.push({ path: [name], message: why });
  };
  if (isFullBatch)
    refuse(["epochs", "dropLast", "augment"], "is of use for a supervised problem by mini-batches only; leave it out");
  if (!hasSamples) refuse(["batchSize"], "is of use for a supervised problem only; leave it out");
  if (optimizer.kind === "lbfgs") {
    refuse(["clipGradient"], "is of no use with lbfgs; leave it out");
    if (schedule.kind !== "constant" || schedule.warmup > 0) {
      faults.push({
        path: ["schedule"],
        message: "is of no use with lbfgs, whose steps a line search finds; leave it out",
      });
    }
  } else if (!isFullBatch && optimizer.iterations !== undefined) {
    faults.push({
      path: ["optimizer", "iterations"],
      message: "is for problems without samples; a supervised one has epochs",
    });
  }
  const unmeasured = params.earlyStop && !hasSamples && params.earlyStop.metric !== "trainLoss";
  if (unmeasured)
    faults.push({
      path: ["earlyStop", "metric"],
      message: "expected trainLoss: nothing else is measured for a problem without samples",
    });
  if (problem.kind === "function" && params.initialization !== "default") {
    const message = "is for the kernels of a network; where parameters begin is architecture.start";
    faults.push({ path: ["initialization"], message });
  }
  return faults;
}

async function solve(problem: ProblemWithoutData, context: StageContext<Params>): Promise<Artifact> {
  const { params, ports } = context;
  const useless = ports.filter((port) => port !== "start");
  if (useless.length > 0)
    throw new Error(
      `a ${problem.kind} problem needs no samples; leave out ${useless.map((port) => `"${port}"`).join(", ")}`,
    );
  const { architecture, dtype = "f64" } = params;
  const start = startOf(context);
  const optimizer = withIterations(params.optimizer);
  const objective = await createObjective(lossFunction(architecture, problem), { dtype });
  try {
    const training = { ...params, optimizer, isWanted: wanted(params) };
    const result = await trainSolution(objective.lossAndGradient, start.weights, training, trainingHooks(context));
    const last = result.checkpoints[result.checkpoints.length - 1];
    const found = await solutionFacts({ architecture, problem, dtype }, last.weights, objective);
    const facts = { training: settingsOf({ ...params, optimizer }), ...found, evaluations: result.evaluations };
    return trained({ architecture, problem, dtype }, result, facts, { ...found.errors, iterations: last.step });
  } finally {
    await objective.release();
  }
}

async function learn(problem: SupervisedProblem, context: StageContext<Params>): Promise<Artifact> {
  const { params, ports, input } = context;
  if (!ports.includes("data"))
    throw new Error('a supervised problem learns from samples; connect them to the port "data"');
  const { architecture, epochs = 10, batchSize = 128, dropLast = false, dtype = "f32" } = params;
  const data = datasetOf(input("data"));
  const validation = ports.includes("validation") ? datasetOf(input("validation")) : undefined;
  const isWanted = wanted(params);
  const start = startOf(context);
  const training = { ...params, problem, data, validation, start, epochs, batchSize, dropLast, dtype, isWanted };
  const result = await trainSupervised(training, trainingHooks(context));
  const { epoch, metrics } = result.checkpoints[result.checkpoints.length - 1];
  const shown = ["trainAccuracy", "validationLoss", "validationAccuracy"].filter((name) => name in metrics);
  const headline = Object.fromEntries(shown.map((name) => [name, metrics[name]]));
  const isFullBatch = params.optimizer.kind === "lbfgs";
  const settings = settingsOf({ ...params, batchSize, ...(!isFullBatch && { epochs, dropLast }) });
  return trained({ architecture, problem, dtype }, result, { training: settings }, { ...headline, epochs: epoch });
}

/** The initial weights, or those at port `start`, which must be of the same network. */
function startOf({ params, ports, input }: StageContext<Params>): NetworkState {
  const { architecture, seed, initialization, startRow } = params;
  if (!ports.includes("start")) {
    if (startRow !== undefined) throw new Error('startRow is of a model at the port "start", where none is connected');
    return initialState(architecture, seed, initialization);
  }
  const model = input("start");
  const other = (model.metadata as unknown as Setting).architecture;
  const [found, wanted] = [canonicalJson(other), canonicalJson(architecture)];
  if (found !== wanted) {
    throw new Error(
      `the model at the port "start" has the architecture ${found}; expected that of this one, ${wanted}`,
    );
  }
  return storedState(model, startRow);
}

/** What `jump-and-retrain` takes over, and what else the course of the training depends on. */
function settingsOf(params: Params) {
  const { optimizer, epochs, batchSize, dropLast, schedule, clipGradient, augment, earlyStop } = params;
  const { seed, initialization } = params;
  return { optimizer, epochs, batchSize, dropLast, schedule, clipGradient, augment, earlyStop, seed, initialization };
}

/** The default is not in the schema, since only some problems have iterations. */
function withIterations(optimizer: Optimizer) {
  return optimizer.kind === "lbfgs" ? optimizer : { ...optimizer, iterations: optimizer.iterations ?? 10000 };
}

function wanted({ checkpoints: { every, epochs } }: Params): (epoch: number) => boolean {
  return (epoch) => epochs.includes(epoch) || (every !== undefined && epoch % every === 0);
}
