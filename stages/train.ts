import { type Artifact, artifact, type Metadata, type Summary, vectorRows } from "../src/artifact.js";
import type { Augmentation } from "../src/data/augment.js";
import type { Schedule } from "../src/landscape/learningRate.js";
import type { Optimizer } from "../src/landscape/optimizer.js";
import type {
  Checkpoint,
  EarlyStop,
  TrainingHooks,
  TrainingResult,
  TrainingState,
} from "../src/landscape/trainingRecord.js";
import { trainSolution } from "../src/landscape/trainSolution.js";
import { trainSupervised } from "../src/landscape/trainSupervised.js";
import type { Initialization } from "../src/models/initialization.js";
import { lossFunction, type Problem } from "../src/models/lossFunction.js";
import { type Architecture, createModel } from "../src/models/model.js";
import { createObjective } from "../src/models/objective.js";
import type { PinnProblem } from "../src/models/pinn.js";
import type { SupervisedProblem } from "../src/models/supervisedProblem.js";
import { validateModel } from "../src/models/validateModel.js";
import type { Stage, StageContext } from "../src/stage.js";
import { datasetOf } from "./dataset.js";
import { modelArtifact, solutionFacts } from "./modelArtifact.js";
import { readProblem } from "./readProblem.js";

interface Params {
  architecture: Architecture;
  problem: Problem;
  optimizer: Optimizer;
  initialization: Initialization;
  epochs?: number;
  batchSize?: number;
  dropLast?: boolean;
  schedule: Schedule;
  clipGradient?: number;
  augment?: Augmentation;
  earlyStop?: EarlyStop;
  checkpoints: { every?: number; epochs: number[] };
  seed: number;
  dtype?: "f32" | "f64";
}

type Complaint = { path: (string | number)[]; message: string };

export const trainStage: Stage<Params> = {
  name: "train",
  version: 3,
  inputs: { data: { kinds: ["dataset"], optional: true }, validation: { kinds: ["dataset"], optional: true } },
  output: "model",
  check(params) {
    const { architecture, problem, optimizer } = params;
    const faults = validateModel(architecture, problem);
    const isMade = !faults.some(({ path }) => path[0] === "architecture");
    return [
      ...faults,
      ...(optimizer.kind === "lbfgs" && isMade && createModel(architecture).state
        ? [
            {
              path: ["optimizer", "kind"],
              message: "is lbfgs, which is not for networks with batch norm: set batchNorm: false",
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
        return solve(problem, context);
      case "supervised":
        return learn(problem, context);
      default:
        return problem satisfies never;
    }
  },
};

/** Parameters that this kind of training has no use for. */
function uselessParameters(params: Params): Complaint[] {
  const { problem, optimizer, schedule } = params;
  const isFullBatch = problem.kind === "pinn" || optimizer.kind === "lbfgs";
  const complaints: Complaint[] = [];
  const refuse = (names: readonly (keyof Params)[], why: string) => {
    for (const name of names) if (params[name] !== undefined) complaints.push({ path: [name], message: why });
  };
  if (isFullBatch)
    refuse(["epochs", "dropLast", "augment"], "is of use for a supervised problem by mini-batches only; leave it out");
  if (problem.kind === "pinn") refuse(["batchSize"], "is of use for a supervised problem only; leave it out");
  if (optimizer.kind === "lbfgs") {
    refuse(["clipGradient"], "is of no use with lbfgs; leave it out");
    if (schedule.kind !== "constant" || schedule.warmup > 0) {
      complaints.push({
        path: ["schedule"],
        message: "is of no use with lbfgs, whose steps a line search finds; leave it out",
      });
    }
  } else if (!isFullBatch && optimizer.iterations !== undefined) {
    complaints.push({
      path: ["optimizer", "iterations"],
      message: "is for pinn problems; a supervised one has epochs",
    });
  }
  const unmeasured = params.earlyStop && problem.kind === "pinn" && params.earlyStop.metric !== "trainLoss";
  if (unmeasured)
    complaints.push({
      path: ["earlyStop", "metric"],
      message: "expected trainLoss: nothing else is measured for a pinn",
    });
  return complaints;
}

async function solve(problem: PinnProblem, context: StageContext<Params>): Promise<Artifact> {
  const { params, ports } = context;
  if (ports.length > 0)
    throw new Error(`a pinn problem needs no samples; leave out ${ports.map((port) => `"${port}"`).join(", ")}`);
  const { architecture, optimizer, seed, initialization, dtype = "f64" } = params;
  const objective = await createObjective(lossFunction(architecture, problem), { dtype });
  try {
    const start = createModel(architecture).initialize(seed, initialization);
    const training = { ...params, optimizer: withIterations(optimizer), isWanted: wanted(params) };
    const result = await trainSolution(objective.lossAndGradient, start, training, hooksOf(context));
    const last = result.checkpoints[result.checkpoints.length - 1];
    const found = await solutionFacts({ architecture, problem, dtype }, last.weights, objective);
    const facts = { ...found, evaluations: result.evaluations };
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
  const training = { ...params, problem, data, validation, epochs, batchSize, dropLast, dtype, isWanted };
  const result = await trainSupervised(training, hooksOf(context));
  const { epoch, metrics } = result.checkpoints[result.checkpoints.length - 1];
  const shown = ["trainAccuracy", "validationLoss", "validationAccuracy"].filter((name) => name in metrics);
  const headline = Object.fromEntries(shown.map((name) => [name, metrics[name]]));
  return trained({ architecture, problem, dtype }, result, {}, { ...headline, epochs: epoch });
}

/** The default is not in the schema, since only some problems have iterations. */
function withIterations(optimizer: Optimizer) {
  return optimizer.kind === "lbfgs" ? optimizer : { ...optimizer, iterations: optimizer.iterations ?? 10000 };
}

function wanted({ checkpoints: { every, epochs } }: Params): (epoch: number) => boolean {
  return (epoch) => epochs.includes(epoch) || (every !== undefined && epoch % every === 0);
}

/** A state is kept as a table of its vectors, with its facts as metadata. */
function hooksOf({ resume, progress }: StageContext<Params>): TrainingHooks {
  const left = resume.load();
  return {
    resume: left && {
      facts: left.metadata,
      vectors: vectorRows(left, "vector").map((vector) => Float64Array.from(vector)),
    },
    save: (state) => resume.save(() => stateArtifact(state())),
    progress,
  };
}

function stateArtifact({ facts, vectors }: TrainingState): Artifact {
  return artifact("table", { vector: { width: vectors[0].length, values: rows(vectors) } }, facts);
}

/** In the order of the columns: a state that is read back has its names in another. */
const curves = ["learningRate", "trainLoss", "trainAccuracy", "validationLoss", "validationAccuracy"];

function trained(
  setting: Parameters<typeof modelArtifact>[0],
  { checkpoints, history, stopped, warnings }: TrainingResult,
  facts: Metadata,
  summary: Summary,
): Artifact {
  const names = curves.filter((name) => name in history);
  const column = (of: (checkpoint: Checkpoint) => number) => Float64Array.from(checkpoints, of);
  const metrics = names.map((name) => [name, column(({ metrics }) => metrics[name] ?? Number.NaN)] as const);
  return modelArtifact(
    setting,
    {
      step: Int32Array.from(checkpoints, ({ step }) => step),
      loss: column(({ loss }) => loss),
      weights: rows(checkpoints.map(({ weights }) => weights)),
      statistics: rows(checkpoints.map(({ statistics }) => statistics)),
      metrics: { epoch: column(({ epoch }) => epoch), ...Object.fromEntries(metrics) },
    },
    { ...facts, history, stopped, warnings },
    { ...summary, stopped, ...(warnings.length > 0 && { warning: warnings.join("; ") }) },
  );
}

function rows(vectors: readonly Float64Array[]): Float64Array {
  const width = vectors[0].length;
  const all = new Float64Array(vectors.length * width);
  for (const [k, vector] of vectors.entries()) all.set(vector, k * width);
  return all;
}
