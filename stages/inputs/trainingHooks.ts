import { type Artifact, artifact, vectorRows } from "../../src/artifact/artifact.js";
import type { StageContext } from "../../src/stage.js";
import type { Metrics, TrainingHooks, TrainingState } from "../../src/training/trainingRecord.js";
import { joinedRows } from "../artifacts/joinedRows.js";

/** The state of a training is stored as a table of its vectors, with its facts as metadata. */
export function trainingHooks({
  resume,
  progress,
  log,
}: Pick<StageContext<unknown>, "resume" | "progress" | "log">): TrainingHooks {
  const left = resume.load();
  return {
    resume: left && {
      facts: left.metadata,
      vectors: vectorRows(left, "vector").map((vector) => Float64Array.from(vector)),
    },
    save: (state) => resume.save(() => stateArtifact(state())),
    progress,
    // Every epoch up to a hundred, then every tenth, from a thousand on every hundredth, …
    measured(epoch, metrics) {
      const every = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, epoch)) + 1e-9) - 1);
      if (epoch % every === 0) log(`${lineOf(epoch, metrics)}\n`);
    },
  };
}

/** For example `12: trainLoss 0.5123, validationLoss 0.6021`. */
function lineOf(epoch: number, metrics: Metrics): string {
  return `${epoch}: ${Object.entries(metrics)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(5))}`)
    .join(", ")}`;
}

function stateArtifact({ facts, vectors }: TrainingState): Artifact {
  return artifact("table", { vector: { width: vectors[0].length, values: joinedRows(vectors) } }, facts);
}
