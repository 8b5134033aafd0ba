import type { Artifact, Column, Metadata, Summary } from "../artifact/artifact.js";
import type { Stage, StageContext } from "../stage.js";

/** What a stage of your own computes: columns, and what is to be known of them. Its kind is the stage's `output`. */
export interface StageResult {
  columns: Record<string, Column>;
  metadata?: Metadata;
  summary?: Summary;
}

/** A stage in a module of your own, which a pipeline uses by its path: `uses: ./my-stage.js`. */
export interface StageDefinition<Params>
  extends Omit<Stage<Params>, "name" | "run" | "join" | "joinInPieces" | "module"> {
  /** Appears in provenance; by default the name of the file. */
  name?: string;
  run(context: StageContext<Params>): StageResult | Promise<StageResult>;
  /** Puts the pieces of a stage with `parts` together; by default their rows follow each other. */
  join?(pieces: Artifact[], context: StageContext<Params>): StageResult;
}

/**
 * Returns the definition as it is. It exists for TypeScript, which then knows the types of `params` and of the context:
 * `export default defineStage<{ scale: number }>({ version: 1, inputs: …, output: "table", async run({ params }) { … }
 * })`.
 */
export function defineStage<Params = Record<string, unknown>>(
  definition: StageDefinition<Params>,
): StageDefinition<Params> {
  return definition;
}
