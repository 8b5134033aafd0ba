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
import type { Stage } from "../src/stage.js";
import { factsOf } from "./artifacts/factsOf.js";
import { type ModelMetadata, modelFacts, modelLayout, storedState, type TrainingSettings } from "./artifacts/model.js";
import { columnsTogether, withColumns } from "./inputs/joinModels.js";
import { sameNetwork } from "./outlooks/network.js";
import { checkRetraining } from "./training/checkRetraining.js";
import { retrained } from "./training/retraining.js";
import { trainedModel } from "./training/trainedModel.js";

interface Params extends Partial<TrainingSettings> {
  seeds: number[];
  steps: number[];
  epochs: number;
  iterationsPerEpoch: number;
  includeJump: boolean;
}

/** The outcome of one jump. */
interface Trajectory extends Jump {
  rows: number;
  stopped: string;
}

/** The facts of one jump, or of all jumps. */
type JumpMetadata = ModelMetadata & {
  trajectories: readonly Trajectory[];
  /** The model that the jumps start from. */
  start: { loss: number };
};

export const jumpAndRetrainStage: Stage<Params> = {
  name: "jump-and-retrain",
  version: 2,
  inputs: {
    model: { kinds: ["model"] },
    data: { kinds: ["dataset"], optional: true },
    validation: { kinds: ["dataset"], optional: true },
  },
  output: "model",
  checkInputs: checkRetraining,
  outlook({ seeds, steps, epochs, includeJump }, { model: [{ columns, ...model }] }) {
    const { parameters } = model;
    const amount = seeds.length * steps.length * (epochs + (includeJump ? 1 : 0));
    return {
      ...(columns && { columns: [...columns, "trajectory", "seed", "jump"] }),
      headlines: ["trajectories", "rows", "startLoss", "warning"],
      ...{ ...sameNetwork(model), amount, unit: "checkpoints", decidedBy: ["with", "epochs"] },
      ...(parameters !== undefined && { bytes: 8 * parameters * amount }),
    };
  },
  parts: ({ params }) => params.seeds.length * params.steps.length,
  async run(context) {
    const { params, part } = context;
    const model = context.input("model");
    const { architecture, problem, dtype } = modelFacts(model);
    const setting = { architecture, problem, dtype };
    const jump = jumps(params.seeds, params.steps)[part.index];
    const { weights, statistics } = storedState(model);
    const settings = settingsOf(model, params);
    const start = { weights: jumped(weights, modelLayout(model), jump), statistics };
    const isWanted = (epoch: number) => epoch > 0 || params.includeJump;
    const result = await retrained(setting, { settings, start, seed: retrainingSeed(jump), isWanted }, context);
    const checkpoints = result.checkpoints.filter(({ loss, epoch }) => Number.isFinite(loss) && isWanted(epoch));
    const { columns, metadata } = trainedModel(setting, { ...result, checkpoints }, {}, {});
    const { history: _, stopped: __, warnings: ___, ...facts } = metadata;
    const rows = checkpoints.length;
    const trajectory: Trajectory = { ...jump, rows, stopped: result.stopped };
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
        training: settings,
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
  const trajectories = heads.flatMap((head) => factsOf<JumpMetadata>(head, "trajectories").trajectories);
  const { provenance: _, ...facts } = factsOf<JumpMetadata & { provenance?: unknown }>(heads[0], "start");
  const names = columnsTogether(heads);
  const rows = trajectories.reduce((sum, trajectory) => sum + trajectory.rows, 0);
  if (rows === 0) throw new Error("no jump ended at a finite loss; try smaller steps or a lower learning rate");
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
      startLoss: facts.start.loss,
      ...(warnings.length > 0 && { warning: warnings.join("; ") }),
    },
  };
}

/** A piece without its rows, because all pieces together may exceed the memory. */
function withoutRows({ columns, ...rest }: Artifact): Artifact {
  const empty = (column: Column): Column => (column instanceof Float64Array ? new Float64Array(0) : []);
  return {
    ...rest,
    columns: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, empty(column)])),
  };
}

/** The training settings of the model, with the changes that the parameters make. */
function settingsOf(model: Artifact, params: Params): TrainingSettings {
  const known = modelFacts(model).training;
  const { optimizer = known?.optimizer, schedule = known?.schedule } = params;
  if (optimizer === undefined) {
    throw new Error(
      'the model does not state its training settings, because it is not from the stage "train"; set optimizer',
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
