import { type Artifact, artifact, vectorRows } from "../../src/artifact/artifact.js";
import type { StageContext } from "../../src/stage.js";
import type { TrainingHooks, TrainingState } from "../../src/training/trainingRecord.js";
import { joinedRows } from "../artifacts/joinedRows.js";

/** The state of a training is kept as a table of its vectors, with its facts as metadata. */
export function trainingHooks({ resume, progress }: Pick<StageContext<unknown>, "resume" | "progress">): TrainingHooks {
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
  return artifact("table", { vector: { width: vectors[0].length, values: joinedRows(vectors) } }, facts);
}
