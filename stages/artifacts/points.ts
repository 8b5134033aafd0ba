/** Scattered points: one row per point, with the column `loss`, and coordinates or lists of neighbours. */
import {
  type Artifact,
  artifact,
  type Column,
  type ListColumn,
  numbers,
  type Summary,
} from "../../src/artifact/artifact.js";
import { factsOf } from "./factsOf.js";

export type PointsMetadata = {
  /** The columns that hold coordinates. Empty when the neighbours are given. */
  coordinates: readonly string[];
  /** One label per coordinate. */
  labels?: readonly string[];
  unit?: "direction" | "relative" | "coordinate";
  dtype?: "f32" | "f64";
  nonFinite?: number;
};

/** Points in the span of directions. `coefficients` are the columns a1, a2, … */
export function pointsArtifact<M extends PointsMetadata>(
  loss: Float64Array,
  coefficients: Readonly<Record<string, Float64Array>>,
  columns: Readonly<Record<string, Column>>,
  metadata: M,
  summary: Summary,
): Artifact {
  return artifact("points", { loss, ...coefficients, ...columns }, metadata, summary);
}

/** The columns of coordinates. Throws Error when there are none. */
export function pointCoordinates(of: Artifact): Float64Array[] {
  const { coordinates = [] } = factsOf<Partial<PointsMetadata>>(of);
  if (coordinates.length === 0) throw new Error("the points have no coordinates; expected them, or a graph");
  return coordinates.map((name) => numbers(of, name));
}

/** The names of the columns of coordinates. */
export function coordinateNames(of: Artifact): readonly string[] {
  return factsOf<Partial<PointsMetadata>>(of).coordinates ?? [];
}

/** The neighbours of each point, for points or an embedding. Undefined when none are stored. */
export function storedNeighbors(of: Artifact): { offsets: Int32Array; values: Int32Array } | undefined {
  if (!Object.hasOwn(of.columns, "neighbors")) return undefined;
  const { offsets, values } = of.columns.neighbors as ListColumn;
  return { offsets, values: values as Int32Array };
}
