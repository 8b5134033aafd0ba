/** A dataset: one row per sample, with the columns `input` and `target`. */
import { type Artifact, artifact, type Metadata, type VectorColumn } from "../../src/artifact/artifact.js";
import { type Dataset, inputSize, sampleCount, targetSize } from "../../src/data/dataset.js";
import { isKnownName } from "../../src/data/knownSets.js";
import { factsOf } from "./factsOf.js";

/** Everything about a dataset except its samples. `name`, `split` and more facts may follow. */
export type DatasetMetadata = Omit<Dataset, "inputs" | "targets">;

/** A dataset as an artifact. `facts` (name, split, …) are added to its metadata. */
export function datasetArtifact(dataset: Dataset, facts: Metadata): Artifact {
  const { inputs, targets, ...rest } = dataset;
  return artifact(
    "dataset",
    {
      input: { width: inputSize(dataset), values: inputs },
      target: { width: targetSize(dataset), values: targets },
    },
    { ...facts, ...rest } satisfies DatasetMetadata,
    { samples: sampleCount(dataset), classes: dataset.classes.length },
  );
}

/** True for samples of the user's own file that `load-data` standardises, as it does by default. */
export function isOwnStandardized(name: unknown, parameters: unknown): boolean {
  const isOwn = typeof name === "string" && !isKnownName(name) && name !== "images";
  return isOwn && (parameters as { standardize?: boolean } | undefined)?.standardize === true;
}

/** The dataset that an artifact holds. */
export function datasetOf(of: Artifact): Dataset {
  const { task, inputShape, targetShape, classes, offset, scale } = datasetFacts(of);
  const inputs = (of.columns.input as VectorColumn).values as Dataset["inputs"];
  const targets = (of.columns.target as VectorColumn).values as Dataset["targets"];
  return { task, inputShape, targetShape, classes, offset, scale, inputs, targets };
}

export function datasetFacts(of: Artifact): DatasetMetadata {
  return factsOf<DatasetMetadata>(of, "task", "inputShape", "targetShape", "classes");
}
