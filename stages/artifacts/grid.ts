/** A regular grid: one row per vertex, first axis fastest, with the columns `loss` and a1, a2, …, the coordinates. */
import { type Artifact, artifact, numbers, type Summary } from "../../src/artifact/artifact.js";
import { factsOf } from "./factsOf.js";
import { lossFacts } from "./lossFacts.js";

/** The facts that the stage adds to a grid. */
export type GridDescription = {
  /** direction and relative: see sample-grid. coordinate: the numbers of a file. */
  unit?: "direction" | "relative" | "coordinate";
  /** One label per axis. */
  labels?: readonly string[];
  /** Only for sampled losses. */
  dtype?: "f32" | "f64";
  /**
   * For an automatic range: how far each direction goes, downwards and upwards, until the loss has risen. null means
   * never.
   */
  reach?: readonly (readonly (number | null)[])[];
  /** null when no vertex is known to be a model. */
  center?: null;
  /** The file of an imported grid. */
  source?: string;
};

export type GridMetadata = GridDescription & {
  /** The number of vertices along each axis. */
  shape: readonly number[];
  /** The first and last coordinate along each axis. */
  extent: readonly (readonly [number, number])[];
  nonFinite: number;
};

/**
 * The losses belong to the vertices from `start` on. axes[k] holds the coordinates along direction k. `facts` are added
 * to the metadata.
 */
export function gridArtifact(
  loss: Float64Array,
  axes: readonly Float64Array[],
  facts: GridDescription,
  start = 0,
): Artifact {
  let stride = 1;
  const coefficients = axes.map((axis, k) => {
    const every = stride;
    stride *= axis.length;
    const column = Float64Array.from(loss, (_, row) => axis[Math.floor((start + row) / every) % axis.length]);
    return [`a${k + 1}`, column] as const;
  });
  const { metadata, summary } = gridSummary(loss, axes, facts);
  return artifact("grid", { loss, ...Object.fromEntries(coefficients) }, metadata, summary);
}

/** The metadata and the summary of a grid with these losses. */
export function gridSummary(
  loss: Float64Array,
  axes: readonly Float64Array[],
  facts: GridDescription,
): { metadata: GridMetadata; summary: Summary } {
  const summary = lossFacts(loss);
  return {
    metadata: {
      ...facts,
      shape: axes.map((axis) => axis.length),
      extent: axes.map((axis) => [axis[0], axis[axis.length - 1]] as const),
      nonFinite: summary.nonFinite,
    },
    summary,
  };
}

export function gridFacts(of: Artifact): GridMetadata {
  return factsOf<GridMetadata>(of, "shape");
}

/** The number of vertices along each axis. */
export function gridShape(of: Artifact): readonly number[] {
  return gridFacts(of).shape;
}

/** The coordinates along each axis, from the columns a1, a2, … */
export function gridAxes(of: Artifact): Float64Array[] {
  let stride = 1;
  return gridShape(of).map((length, axis) => {
    const column = numbers(of, `a${axis + 1}`);
    const step = stride;
    stride *= length;
    return Float64Array.from({ length }, (_, i) => column[i * step]);
  });
}
