/** The artifact of a regular grid: losses with their coefficients, and the facts that every grid tells. */
import { type Artifact, artifact, type Metadata, type Summary } from "../../src/artifact/artifact.js";
import { lossFacts } from "../inputs/lossFacts.js";

/**
 * Columns `loss`, then the coefficient along each direction: a1, a2, … The losses are those of the vertices from `start` on,
 * first axis fastest; axes[k] holds the coordinates along direction k. `facts` (unit, labels, …) join the metadata.
 */
export function gridArtifact(loss: Float64Array, axes: readonly Float64Array[], facts: Metadata, start = 0): Artifact {
  let stride = 1;
  const coefficients = axes.map((axis, k) => {
    const every = stride;
    stride *= axis.length;
    const column = Float64Array.from(loss, (_, row) => axis[Math.floor((start + row) / every) % axis.length]);
    return [`a${k + 1}`, column] as const;
  });
  const { metadata, summary } = gridFacts(loss, axes, facts);
  return artifact("grid", { loss, ...Object.fromEntries(coefficients) }, metadata, summary);
}

/** The metadata and the summary of a grid with these losses. */
export function gridFacts(
  loss: Float64Array,
  axes: readonly Float64Array[],
  facts: Metadata,
): { metadata: Metadata; summary: Summary } {
  const summary = lossFacts(loss);
  return {
    metadata: {
      ...facts,
      shape: axes.map((axis) => axis.length),
      extent: axes.map((axis) => [axis[0], axis.at(-1)]),
      nonFinite: summary.nonFinite,
    },
    summary,
  };
}
