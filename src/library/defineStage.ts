import type { Artifact, Column, Metadata, Summary } from "../artifact/artifact.js";
import type { Stage, StageContext } from "../stage.js";

/** The result of your own stage: columns, and facts about them. Its kind is the stage's `output`. */
export interface StageResult {
  columns: Record<string, Column>;
  metadata?: Metadata;
  summary?: Summary;
}

/** A stage in your own module, which a pipeline uses by its path: `uses: ./my-stage.js`. */
export interface StageDefinition<Params>
  extends Omit<Stage<Params>, "name" | "run" | "join" | "joinInPieces" | "module"> {
  /** The name in provenance. Default: the name of the file. */
  name?: string;
  run(context: StageContext<Params>): StageResult | Promise<StageResult>;
  /** Joins the pieces of a stage with `parts`. By default their rows follow each other. */
  join?(pieces: Artifact[], context: StageContext<Params>): StageResult;
}

/**
 * Returns the definition unchanged. It gives TypeScript the types of `params` and of the context: `export default
 * defineStage<{ scale: number }>({ version: 1, inputs: …, output: "table", async run({ params }) { … } })`.
 */
export function defineStage<Params = Record<string, unknown>>(
  definition: StageDefinition<Params>,
): StageDefinition<Params> {
  return definition;
}
