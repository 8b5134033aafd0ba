import { type Artifact, artifact, type Metadata, type Summary, vectorRows } from "../src/artifact.js";
import type { Augmentation } from "../src/data/augment.js";
import type { Schedule } from "../src/landscape/learningRate.js";
import type { Optimizer } from "../src/landscape/optimizer.js";
import type { Checkpoint, TrainingHooks, TrainingResult, TrainingState } from "../src/landscape/trainingRecord.js";
import type { StageContext } from "../src/stage.js";
import { modelArtifact, type Setting } from "./modelArtifact.js";

/** How a network is trained, as parameters say it, and as a model's metadata has it under `training`. */
export interface TrainingSettings {
  optimizer: Optimizer;
  batchSize?: number;
  dropLast?: boolean;
  schedule: Schedule;
  clipGradient?: number;
  augment?: Augmentation;
}

/** A stage's context as what surrounds a training. A state is kept as a table of its vectors, with its facts as metadata. */
export function hooksOf({ resume, progress }: Pick<StageContext<unknown>, "resume" | "progress">): TrainingHooks {
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

/** The checkpoints of a training as a model, whose metrics are columns. */
export function trained(
  setting: Setting,
  { checkpoints, history, stopped, warnings }: TrainingResult,
  facts: Metadata,
  summary: Summary,
): Artifact {
  const names = curves.filter((name) => name in history);
  const column = (of: (checkpoint: Checkpoint) => number) => Float64Array.from(checkpoints, of);
  const metrics = names.map((name) => [name, column(({ metrics }) => metrics[name] ?? Number.NaN)] as const);
  const vectors = (of: (checkpoint: Checkpoint) => Float64Array) => rows(checkpoints.map(of), setting.dtype);
  return modelArtifact(
    setting,
    {
      step: Int32Array.from(checkpoints, ({ step }) => step),
      loss: column(({ loss }) => loss),
      weights: vectors(({ weights }) => weights),
      statistics: vectors(({ statistics }) => statistics),
      metrics: { epoch: column(({ epoch }) => epoch), ...Object.fromEntries(metrics) },
    },
    { ...facts, history, stopped, warnings },
    { ...summary, stopped, ...(warnings.length > 0 && { warning: warnings.join("; ") }) },
  );
}

/** Vectors of one length, one after the other. */
function rows(vectors: readonly Float64Array[], dtype: "f32" | "f64" = "f64"): Float32Array | Float64Array {
  const width = vectors[0]?.length ?? 0;
  const all = new (dtype === "f32" ? Float32Array : Float64Array)(vectors.length * width);
  for (const [k, vector] of vectors.entries()) all.set(vector, k * width);
  return all;
}
