import { type Artifact, artifact, type VectorColumn } from "../../src/artifact/artifact.js";
import { type Dataset, inputSize, sampleCount, targetSize } from "../../src/data/dataset.js";

/** A dataset as an artifact; `facts` (name, split, …) join its metadata. */
export function datasetArtifact(dataset: Dataset, facts: Record<string, unknown>): Artifact {
  const { inputs, targets, ...rest } = dataset;
  return artifact(
    "dataset",
    {
      input: { width: inputSize(dataset), values: inputs },
      target: { width: targetSize(dataset), values: targets },
    },
    { ...facts, ...rest },
    { samples: sampleCount(dataset), classes: dataset.classes.length },
  );
}

/** The dataset that an artifact holds. */
export function datasetOf(of: Artifact): Dataset {
  const { task, inputShape, targetShape, classes, offset, scale } = of.metadata as unknown as Dataset;
  const inputs = (of.columns.input as VectorColumn).values as Dataset["inputs"];
  const targets = (of.columns.target as VectorColumn).values as Dataset["targets"];
  return { task, inputShape, targetShape, classes, offset, scale, inputs, targets };
}
