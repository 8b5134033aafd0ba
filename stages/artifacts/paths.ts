/** Paths between minima: one row per point of a path, with the columns `from`, `to`, `position`, `loss`, `path`. */
import { type Artifact, artifact, concatenate, type ListColumn, type Metadata } from "../../src/artifact/artifact.js";
import { factsOf } from "./factsOf.js";

/** The minima that the paths join. */
type MinimaFacts = {
  /** The weights of each minimum. */
  weights: number;
  label: readonly string[];
  /** The loss on the data at the port, and the loss stored with the model. */
  loss: readonly number[];
  stored: readonly number[];
};

type PathFacts = {
  from: number;
  to: number;
  /** The highest loss on the path, and its position as a share of the length. */
  barrier: number;
  barrierPosition: number;
  converged: boolean;
};

/** A piece has either the minima or one path. A whole artifact has both. */
export type PathsMetadata = {
  label?: string | number;
  minima: MinimaFacts & Metadata;
  paths: readonly (PathFacts & Metadata)[];
};

export interface PathRow {
  path: number;
  from: number;
  to: number;
  /** A share of the length of the path. */
  position: number;
  loss: number;
  /** 1 between two points of the path. */
  interpolant: 0 | 1;
  weights?: Float64Array;
}

export function pathsArtifact(
  rows: readonly PathRow[],
  metadata: Partial<PathsMetadata> & Metadata,
  keepsWeights = false,
): Artifact {
  const whole = (name: "from" | "to" | "path" | "interpolant") => Int32Array.from(rows, (row) => row[name]);
  return artifact(
    "paths",
    {
      from: whole("from"),
      to: whole("to"),
      position: Float64Array.from(rows, ({ position }) => position),
      loss: Float64Array.from(rows, ({ loss }) => loss),
      path: whole("path"),
      interpolant: whole("interpolant"),
      ...(keepsWeights && { weights: listColumn(rows.map(({ weights }) => weights ?? new Float64Array(0))) }),
    },
    metadata,
  );
}

function listColumn(rows: readonly Float64Array[]): ListColumn {
  const offsets = new Int32Array(rows.length + 1);
  for (const [k, row] of rows.entries()) offsets[k + 1] = offsets[k] + row.length;
  const values = new Float64Array(offsets[rows.length]);
  for (const [k, row] of rows.entries()) values.set(row, offsets[k]);
  return { offsets, values };
}

/** The minima come from the first piece. The paths follow. */
export function joinedPaths(pieces: Artifact[]): Artifact {
  const whole = concatenate(pieces);
  const paths = pieces.flatMap((piece) => factsOf<PathsMetadata>(piece, "paths").paths);
  const { minima } = factsOf<PathsMetadata>(whole, "minima");
  const barriers = paths.map(({ barrier }) => barrier);
  return {
    ...whole,
    metadata: { ...whole.metadata, paths },
    summary: {
      weights: minima.weights,
      minima: minima.loss.length,
      paths: paths.length,
      lowestBarrier: Math.min(...barriers),
      highestBarrier: Math.max(...barriers),
      unconverged: paths.filter(({ converged }) => !converged).length,
    },
  };
}

export function pathsFacts(of: Artifact): PathsMetadata {
  return factsOf<PathsMetadata>(of, "minima", "paths");
}
