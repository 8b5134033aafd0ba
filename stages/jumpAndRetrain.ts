import {
  type Artifact,
  type ArtifactInPieces,
  artifact,
  type Column,
  lazily,
  numbers,
  rowCount,
} from "../src/artifact/artifact.js";
import { type Jump, jumped, jumps, retrainingSeed } from "../src/landscape/jumpAndRetrain.js";
import type { Layout } from "../src/models/networks/layout.js";
import type { NetworkState } from "../src/models/networks/networkState.js";
import type { ProblemWithoutData } from "../src/models/problems/lossFunction.js";
import { lossFunction } from "../src/models/problems/lossFunction.js";
import { createObjective } from "../src/models/problems/objective.js";
import type { SupervisedProblem } from "../src/models/problems/supervisedProblem.js";
import type { Stage, StageContext } from "../src/stage.js";
import type { Optimizer } from "../src/training/optimizer.js";
import type { Checkpoint, TrainingResult } from "../src/training/trainingRecord.js";
import { trainSolution } from "../src/training/trainSolution.js";
import { trainSupervised } from "../src/training/trainSupervised.js";
import { datasetOf } from "./artifacts/dataset.js";
import type { Setting } from "./artifacts/model.js";
import { columnsTogether, withColumns } from "./inputs/joinModels.js";
import { storedState } from "./inputs/storedState.js";
import { trainingHooks } from "./inputs/trainingHooks.js";
import { type TrainingSettings, trained } from "./inputs/trainingRun.js";

interface Params extends Partial<TrainingSettings> {
  seeds: number[];
  steps: number[];
  epochs: number;
  iterationsPerEpoch: number;
  includeJump: boolean;
}

/** What became of one jump. */
interface Trajectory extends Jump {
  rows: number;
  stopped: string;
}

interface Retraining {
  settings: TrainingSettings;
  start: NetworkState;
  seed: number;
  isWanted(epoch: number): boolean;
}

export const jumpAndRetrainStage: Stage<Params> = {
  name: "jump-and-retrain",
  version: 2,
  inputs: {
    model: { kinds: ["model"] },
    data: { kinds: ["dataset"], optional: true },
    validation: { kinds: ["dataset"], optional: true },
  },
  output: "model",
  parts: ({ params }) => params.seeds.length * params.steps.length,
  async run(context) {
    const { params, part } = context;
    const model = context.input("model");
    const { architecture, problem, dtype, layout } = model.metadata as unknown as Setting & { layout: Layout };
    const jump = jumps(params.seeds, params.steps)[part.index];
    const { weights, statistics } = storedState(model);
    const retraining = {
      settings: settingsOf(model, params),
      start: { weights: jumped(weights, layout, jump), statistics },
      seed: retrainingSeed(jump),
      isWanted: (epoch: number) => epoch > 0 || params.includeJump,
    };
    const result =
      problem.kind === "supervised"
        ? await learnAgain({ architecture, problem, dtype }, retraining, context)
        : await solveAgain({ architecture, problem, dtype }, retraining, context);
    const checkpoints = result.checkpoints.filter(
      ({ loss, epoch }) => Number.isFinite(loss) && retraining.isWanted(epoch),
    );
    const { columns, metadata } = trained({ architecture, problem, dtype }, { ...result, checkpoints }, {}, {});
    const { history: _, stopped, warnings: __, ...facts } = metadata;
    const rows = checkpoints.length;
    const trajectory: Trajectory = { ...jump, rows, stopped: stopped as string };
    const { step, loss, weights: found, state, ...metrics } = columns;
    const own = {
      trajectory: new Int32Array(rows).fill(part.index),
      seed: new Int32Array(rows).fill(jump.seed),
      jump: new Float64Array(rows).fill(jump.step),
    };
    const piece = artifact(
      "model",
      { step, loss, weights: found, ...(state && { state }), ...own, ...metrics },
      {
        ...facts,
        training: retraining.settings,
        start: { loss: numbers(model, "loss")[rowCount(model) - 1] },
        trajectories: [trajectory],
      },
    );
    return part.count === 1 ? joined([() => piece], params) : piece;
  },
  joinInPieces: (pieces, { params }) => joined(pieces, params),
};

function joined(pieces: readonly (() => Artifact)[], params: Params): ArtifactInPieces {
  const heads = pieces.map((load) => withoutRows(load()));
  const trajectories = heads.flatMap(({ metadata }) => metadata.trajectories as Trajectory[]);
  const { provenance: _, ...facts } = heads[0].metadata;
  const names = columnsTogether(heads);
  const rows = trajectories.reduce((sum, trajectory) => sum + trajectory.rows, 0);
  if (rows === 0) throw new Error("no jump ended where the loss is finite; try smaller steps or a lower learning rate");
  const wanted = params.epochs + (params.includeJump ? 1 : 0);
  const warnings = trajectories.flatMap(({ seed, step, rows, stopped }, k) =>
    stopped === "non-finite loss"
      ? [`trajectory ${k} (seed ${seed}, step ${step}) has ${rows} of ${wanted} rows: its loss was no longer finite`]
      : [],
  );
  return {
    kind: "model",
    pieces: lazily(pieces, (load) => ({ columns: withColumns(load(), names) })),
    metadata: { ...facts, trajectories, warnings },
    summary: {
      trajectories: trajectories.length,
      rows,
      startLoss: (facts.start as { loss: number }).loss,
      ...(warnings.length > 0 && { warning: warnings.join("; ") }),
    },
  };
}

/** What is known of a piece beside its rows, of which there may be too many for the memory. */
function withoutRows({ columns, ...rest }: Artifact): Artifact {
  const empty = (column: Column): Column => (column instanceof Float64Array ? new Float64Array(0) : []);
  return {
    ...rest,
    columns: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, empty(column)])),
  };
}

/** How the model was trained, and what the parameters change in that. */
function settingsOf(model: Artifact, params: Params): TrainingSettings {
  const known = model.metadata.training as TrainingSettings | undefined;
  const { optimizer = known?.optimizer, schedule = known?.schedule } = params;
  if (optimizer === undefined) {
    throw new Error(
      'the model does not say how it was trained, which only models of the stage "train" do; give optimizer',
    );
  }
  return {
    optimizer,
    batchSize: params.batchSize ?? known?.batchSize,
    dropLast: params.dropLast ?? known?.dropLast,
    schedule: schedule ?? { kind: "constant", warmup: 0 },
    clipGradient: params.clipGradient ?? known?.clipGradient,
    augment: params.augment ?? known?.augment,
  };
}

type Context = StageContext<Params>;

async function solveAgain(setting: Setting<ProblemWithoutData>, retraining: Retraining, context: Context) {
  const useless = context.ports.filter((port) => port !== "model");
  if (useless.length > 0)
    throw new Error(
      `a ${setting.problem.kind} problem needs no samples; leave out ${useless.map((port) => `"${port}"`).join(", ")}`,
    );
  const { settings, start } = retraining;
  const objective = await createObjective(lossFunction(setting.architecture, setting.problem), {
    dtype: setting.dtype,
  });
  try {
    const training = {
      ...settings,
      optimizer: withIterations(settings.optimizer, context),
      isWanted: inIterations(retraining, context),
    };
    return asEpochs(
      await trainSolution(objective.lossAndGradient, start.weights, training, trainingHooks(context)),
      context,
    );
  } finally {
    await objective.release();
  }
}

async function learnAgain(setting: Setting<SupervisedProblem>, retraining: Retraining, context: Context) {
  const { ports, input, params } = context;
  if (!ports.includes("data"))
    throw new Error('a supervised problem learns from samples; connect them to the port "data"');
  const { settings, isWanted, ...rest } = retraining;
  const { batchSize = 128, dropLast = false } = settings;
  const data = datasetOf(input("data"));
  const validation = ports.includes("validation") ? datasetOf(input("validation")) : undefined;
  const training = { ...setting, ...settings, ...rest, data, validation, batchSize, dropLast, epochs: params.epochs };
  if (settings.optimizer.kind === "lbfgs") {
    const optimizer = withIterations(settings.optimizer, context);
    const isKept = inIterations(retraining, context);
    return asEpochs(
      await trainSupervised({ ...training, optimizer, isWanted: isKept }, trainingHooks(context)),
      context,
    );
  }
  if (params.iterationsPerEpoch !== 1)
    throw new Error("iterationsPerEpoch is of use where each iteration takes all data; leave it out");
  return trainSupervised({ ...training, isWanted }, trainingHooks(context));
}

/** As many iterations as the epochs are, and no fewer for the evaluations that line searches take. */
function withIterations(optimizer: Optimizer, { params }: Context) {
  const iterations = params.epochs * params.iterationsPerEpoch;
  return optimizer.kind === "lbfgs"
    ? { ...optimizer, maxIterations: iterations, maxEvaluations: Number.POSITIVE_INFINITY }
    : { ...optimizer, iterations };
}

function inIterations({ isWanted }: Retraining, { params: { iterationsPerEpoch } }: Context) {
  return (iteration: number) => iteration % iterationsPerEpoch === 0 && isWanted(iteration / iterationsPerEpoch);
}

/** A training that counts iterations as epochs, with epochs of several iterations. */
function asEpochs(result: TrainingResult, { params }: Context): TrainingResult {
  const inEpochs = (checkpoint: Checkpoint) => ({ ...checkpoint, epoch: checkpoint.step / params.iterationsPerEpoch });
  return { ...result, checkpoints: result.checkpoints.map(inEpochs) };
}
