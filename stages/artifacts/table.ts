/** A table: any named columns. A table with a picture names the picture in its metadata, with the facts to draw. */
import { type Artifact, artifact, type Column, type Summary } from "../../src/artifact/artifact.js";
import type { ConfusionData } from "../../src/figures/confusion.js";
import type { DatasetMetadata } from "./dataset.js";
import { factsOf } from "./factsOf.js";

/**
 * The column for messages of failed matrix points. The other columns of a gathered table are matrix axes and
 * `stage.column`, so no column of an input can have this name.
 */
export const FAILURE = "failure";

/** The table of an evaluate stage: counts of labels by prediction, at the last checkpoint. */
type ConfusionMetadata = { plot: "confusion"; confusion: Omit<ConfusionData, "title"> };

/** The table of a predict stage for a differential equation: u on a grid, or several outputs. */
type SolutionMetadata = {
  plot: "solution";
  solution: {
    variables: readonly string[];
    shape: readonly number[];
    outputs?: readonly string[];
    /** The number of grid points where the equation does not hold; their values are NaN. */
    outside?: number;
    /** True when `exact` holds a reference solution, such as one of a numerical method, and no closed form. */
    isReference?: boolean;
  };
  errors: Readonly<Record<string, number>>;
};

/** The columns and facts of the exact solution of an output, which several outputs tell apart. */
export function solutionNames(output: string, outputs: readonly string[]) {
  const suffix = outputs.length > 1 ? `_${output}` : "";
  return { exact: `exact${suffix}`, error: `error${suffix}`, relativeL2: `relativeL2${suffix}` };
}

/** The table of a predict stage for segmented images. */
type SegmentationMetadata = { plot: "segmentation"; segmentation: DatasetMetadata };

/** The table of a compare stage: distances between all pairs, and a map. */
export type ComparisonMetadata = {
  plot: "comparison";
  /** The columns that hold distances. */
  labels: readonly string[];
  /** The columns that name a row. */
  axes: readonly string[];
  distance: "bottleneck" | "wasserstein" | "merge-tree";
  /** The share of the squared distances that the map keeps. */
  explained: number;
};

type Drawn = ConfusionMetadata | SolutionMetadata | SegmentationMetadata | ComparisonMetadata;

/** A table without its own picture, with any facts. */
type Plain = { plot?: undefined; [fact: string]: unknown };

export function tableArtifact<M extends Drawn | Plain>(
  columns: Record<string, Column>,
  metadata?: M,
  summary?: Summary,
): Artifact {
  return artifact("table", columns, metadata, summary);
}

/** The facts that the plot of this name draws; undefined for any other table. */
export function drawnFacts<P extends Drawn["plot"]>(of: Artifact, plot: P): Extract<Drawn, { plot: P }> | undefined {
  const facts = factsOf<Drawn>(of);
  return facts.plot === plot ? (facts as Extract<Drawn, { plot: P }>) : undefined;
}
