/** A table: any named columns. The tables that have a picture say in their metadata which, and what it draws. */
import { type Artifact, artifact, type Column, type Summary } from "../../src/artifact/artifact.js";
import type { ConfusionData } from "../../src/figures/confusion.js";
import type { DatasetMetadata } from "./dataset.js";
import { factsOf } from "./factsOf.js";

/**
 * The column for messages of failed matrix points. The other columns of a gathered table are matrix axes, and
 * `stage.column`, so none of an input can have this name.
 */
export const FAILURE = "failure";

/** The table of an evaluate stage: counts of labels by prediction, at the last checkpoint. */
type ConfusionMetadata = { plot: "confusion"; confusion: Omit<ConfusionData, "title"> };

/** The table of a predict stage for a differential equation: u on a grid. */
type SolutionMetadata = {
  plot: "solution";
  solution: { variables: readonly string[]; shape: readonly number[] };
  errors: { relativeL2?: number };
};

/** The table of a predict stage for segmented images. */
type SegmentationMetadata = { plot: "segmentation"; segmentation: DatasetMetadata };

/** The table of a compare stage: distances between all pairs, and a map. */
export type ComparisonMetadata = {
  plot: "comparison";
  /** The columns of distances. */
  labels: readonly string[];
  /** The columns that name a row. */
  axes: readonly string[];
  distance: "bottleneck" | "wasserstein" | "merge-tree";
  /** The share of the squared distances that the map keeps. */
  explained: number;
};

type Drawn = ConfusionMetadata | SolutionMetadata | SegmentationMetadata | ComparisonMetadata;

/** A table without a picture of its own, and with any facts. */
type Plain = { plot?: undefined; [fact: string]: unknown };

export function tableArtifact<M extends Drawn | Plain>(
  columns: Record<string, Column>,
  metadata?: M,
  summary?: Summary,
): Artifact {
  return artifact("table", columns, metadata, summary);
}

/** The facts of a table that the plot of this name draws; undefined for any other table. */
export function drawnFacts<P extends Drawn["plot"]>(of: Artifact, plot: P): Extract<Drawn, { plot: P }> | undefined {
  const facts = factsOf<Drawn>(of);
  return facts.plot === plot ? (facts as Extract<Drawn, { plot: P }>) : undefined;
}
