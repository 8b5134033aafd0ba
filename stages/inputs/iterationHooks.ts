import {
  type Artifact,
  type ArtifactInPieces,
  lazily,
  type Metadata,
  vectorRows,
} from "../../src/artifact/artifact.js";
import type { IterationHooks, IterationState } from "../../src/landscape/iterationState.js";
import type { StageContext } from "../../src/stage.js";

/** Facts about the products so far: their number, and how they were approximated. */
interface ProductFacts {
  products: number;
  approximation: Metadata;
}

/**
 * The state of a long iteration in the store. `about` tells the iteration from others of the same step. `left` has the
 * facts from an earlier run.
 */
export function iterationHooks(
  resume: StageContext<unknown>["resume"],
  about: string,
  facts: () => ProductFacts,
): IterationHooks & { left?: ProductFacts } {
  const found = resume.load();
  const own = found?.metadata.about === about ? found : undefined;
  return {
    left: own?.metadata.facts as ProductFacts | undefined,
    resume: own && stateOf(own),
    save: (state) => resume.save(() => inPieces(state(), { about, facts: { ...facts() } })),
  };
}

/** A row for each vector, then rows with the numbers: one after the other, because all together may be large. */
function inPieces({ counts, numbers, vectors }: IterationState, facts: Metadata): ArtifactInPieces {
  const width = vectors[0]?.length ?? Math.max(1, numbers.length);
  const rows = Array.from({ length: Math.ceil(numbers.length / width) }, (_, k) => {
    const row = new Float64Array(width);
    row.set(numbers.slice(k * width, (k + 1) * width));
    return row;
  });
  const metadata = { ...facts, counts, numbers: numbers.length, vectors: vectors.length };
  const pieces = lazily([...vectors, ...rows], (values) => ({ columns: { vector: { width, values } } }));
  return { kind: "table", pieces, metadata, summary: {} };
}

function stateOf(of: Artifact): IterationState {
  const { counts, numbers, vectors } = of.metadata as unknown as {
    counts: Record<string, number>;
    numbers: number;
    vectors: number;
  };
  const rows = vectorRows(of, "vector") as Float64Array[];
  const all = rows.slice(vectors).flatMap((row) => [...row]);
  return { counts, numbers: all.slice(0, numbers), vectors: rows.slice(0, vectors) };
}
