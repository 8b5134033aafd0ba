/** An embedding: one row per point, with the columns `coordinates`, `loss`, `epoch`, `trajectory`. */
import {
  type Artifact,
  artifact,
  type Column,
  type ListColumn,
  type Summary,
  type VectorColumn,
} from "../../src/artifact/artifact.js";
import { factsOf } from "./factsOf.js";

export type EmbeddingMetadata = {
  method: string;
  /** The parameters of the stage. */
  parameters: { method?: string; neighborhood?: string };
  /** The names for the numbers in `trajectory` and `label`. */
  names: { trajectories?: readonly string[]; classes?: readonly string[] };
  quality: unknown;
  /**
   * For PHATE: the number of diffusion steps, the entropy after each, and the number of connected components of the
   * graph.
   */
  t?: number;
  entropy?: readonly number[];
  components?: number;
};

/** The facts about each point besides its coordinates. */
interface EmbeddedColumns {
  loss: Float64Array;
  epoch: Float64Array;
  trajectory: Int32Array;
  more: Readonly<Record<string, Column>>;
  /** The same number of neighbours for each point. */
  neighbors?: Int32Array;
}

export function embeddingArtifact<M extends EmbeddingMetadata>(
  coordinates: VectorColumn,
  { loss, epoch, trajectory, more, neighbors }: EmbeddedColumns,
  metadata: M,
  summary: Summary,
): Artifact {
  const lists = neighbors && { neighbors: equalLists(neighbors, loss.length) };
  return artifact("embedding", { coordinates, loss, epoch, trajectory, ...more, ...lists }, metadata, summary);
}

function equalLists(values: Int32Array, rows: number): ListColumn {
  return { offsets: Int32Array.from({ length: rows + 1 }, (_, row) => (row * values.length) / rows), values };
}

/** The coordinates, row by row, and their number per point. */
export function embeddingCoordinates(of: Artifact): { points: Float64Array; dimension: number } {
  const { width, values } = of.columns.coordinates as VectorColumn;
  return { points: Float64Array.from(values), dimension: width };
}

/** A command or module may omit any of them. */
export function embeddingFacts(of: Artifact): Partial<EmbeddingMetadata> {
  return factsOf<Partial<EmbeddingMetadata>>(of);
}
