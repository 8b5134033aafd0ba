import { type Artifact, artifact, vectorRows } from "../../src/artifact/artifact.js";
import type { StageContext } from "../../src/stage.js";
import type { TrainingHooks, TrainingState } from "../../src/training/trainingRecord.js";

/** A state is kept as a table of its vectors, with its facts as metadata. */
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

/** Vectors of one length, one after the other. */
export function joinedRows(
  vectors: readonly Float64Array[],
  dtype: "f32" | "f64" = "f64",
): Float32Array | Float64Array {
  const width = vectors[0]?.length ?? 0;
  const all = new (dtype === "f32" ? Float32Array : Float64Array)(vectors.length * width);
  for (const [k, vector] of vectors.entries()) all.set(vector, k * width);
  return all;
}
