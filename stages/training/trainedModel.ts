import type { Artifact, Metadata, Summary } from "../../src/artifact/artifact.js";
import { lossNames } from "../../src/models/problems/pinnLoss.js";
import type { Checkpoint, TrainingResult } from "../../src/training/trainingRecord.js";
import { joinedRows } from "../artifacts/joinedRows.js";
import { modelArtifact, type Setting } from "../artifacts/model.js";

/** Metrics in the order of their columns. A restored state has its names in another order. */
const curves = ["learningRate", "trainLoss", "trainAccuracy", "validationLoss", "validationAccuracy"];

/** The checkpoints of a training as a model whose metrics are columns. */
export function trainedModel(
  setting: Setting,
  { checkpoints, history, stopped, warnings }: TrainingResult,
  facts: Metadata,
  summary: Summary,
): Artifact {
  const terms = setting.problem.kind === "pinn" ? lossNames(setting.problem) : [];
  const known = ["epoch", ...curves, ...terms];
  // A command of the user's own names the terms of its loss.
  const others = Object.keys(history).filter((name) => !known.includes(name));
  const names = [...curves, ...terms, ...others.sort()].filter((name) => name in history);
  const column = (of: (checkpoint: Checkpoint) => number) => Float64Array.from(checkpoints, of);
  const metrics = names.map((name) => [name, column(({ metrics }) => metrics[name] ?? Number.NaN)] as const);
  const vectors = (of: (checkpoint: Checkpoint) => Float64Array) => joinedRows(checkpoints.map(of), setting.dtype);
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
