/** An embedding: one row a point, with the columns `coordinates`, `loss`, `epoch`, `trajectory`. */
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
  /** What the numbers in `trajectory` and `label` stand for. */
  names: { trajectories?: readonly string[]; classes?: readonly string[] };
  quality: unknown;
  /** Of PHATE: the steps of the diffusion, the entropy after each, and the unconnected parts of the graph. */
  t?: number;
  entropy?: readonly number[];
  components?: number;
};

/** What is known of each point beside its coordinates. */
interface EmbeddedColumns {
  loss: Float64Array;
  epoch: Float64Array;
  trajectory: Int32Array;
  more: Readonly<Record<string, Column>>;
  /** Equally many neighbours a point. */
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

/** The coordinates, row by row, and how many a point has. */
export function embeddingCoordinates(of: Artifact): { points: Float64Array; dimension: number } {
  const { width, values } = of.columns.coordinates as VectorColumn;
  return { points: Float64Array.from(values), dimension: width };
}

/** A command or module may leave out any of them. */
export function embeddingFacts(of: Artifact): Partial<EmbeddingMetadata> {
  return factsOf<Partial<EmbeddingMetadata>>(of);
}
