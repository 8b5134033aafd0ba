/** Directions in weight space: one row per direction, with the columns `vector`, `eigenvalue`, `residual`. */
import { type Artifact, artifact, type Column, type Summary, vectorRows } from "../../src/artifact/artifact.js";
import { norm } from "../../src/linalg/vectors.js";
import { factsOf } from "./factsOf.js";
import { joinedRows } from "./joinedRows.js";

export type DirectionsMetadata = {
  method: string;
  normalize: string;
  /** The roles of tensors whose entries are set to zero. */
  ignore: readonly string[];
  orthogonalize: boolean;
  /** One label per direction, for the axes of a figure. */
  labels: readonly string[];
  /** The meaning of a coefficient of 1, in words. */
  unit: string;
  norms: readonly number[];
  /** The norm of each tensor's part, for each direction. */
  tensors: unknown;
  /** [k × k], row-major. */
  cosines: readonly number[];
};

/** Directions before and after normalisation. `columns` replace and follow the leading columns. */
export function directionsArtifact(
  vectors: { found: readonly Float64Array[]; prepared: readonly Float64Array[] },
  columns: Readonly<Record<string, Column>>,
  metadata: Omit<DirectionsMetadata, "norms">,
  summary?: Summary,
): Artifact {
  const { found, prepared } = vectors;
  const none = new Float64Array(found.length).fill(Number.NaN);
  const { method, normalize, ignore, orthogonalize, labels, unit, ...rest } = metadata;
  return artifact(
    "directions",
    {
      vector: { width: prepared[0].length, values: joinedRows(prepared) },
      eigenvalue: none,
      residual: none,
      ...columns,
      normBefore: Float64Array.from(found, norm),
      normAfter: Float64Array.from(prepared, norm),
    },
    { method, normalize, ignore, orthogonalize, labels, unit, norms: prepared.map(norm), ...rest },
    summary,
  );
}

/** The vectors, as f64. */
export function directionVectors(of: Artifact): Float64Array[] {
  return vectorRows(of, "vector").map((vector) => Float64Array.from(vector));
}

/** One label per direction; undefined when a command or module gave none. */
export function directionLabels(of: Artifact): readonly string[] | undefined {
  return factsOf<Partial<DirectionsMetadata>>(of).labels;
}
