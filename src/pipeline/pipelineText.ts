import { stringify } from "./yaml.js";

/** The content of a pipeline file: the keys of schemas/pipeline.json. */
export interface PipelineDefinition {
  name?: string;
  /** The path of the file that this one extends. */
  extends?: string;
  params?: Record<string, unknown>;
  matrix?: Record<string, unknown>;
  stages: Record<string, StageOfDefinition>;
  resources?: Record<string, unknown>;
  slurm?: Record<string, unknown>;
  publish?: string[];
}

/** A stage, or one of another pipeline. */
type SourceOfDefinition = string | { pipeline: string; stage: string; set?: Record<string, unknown> };

interface StageOfDefinition {
  uses?: string;
  with?: Record<string, unknown>;
  from?: Record<string, SourceOfDefinition | SourceOfDefinition[]>;
  /** Partial points, or a condition on axes. */
  where?: Record<string, unknown>[] | string;
  /** Axes that a stage which takes many points is repeated over. */
  by?: string[];
  timeout?: number | string;
  resources?: Record<string, unknown>;
  slurm?: Record<string, unknown>;
}

/** A pipeline as the text of its file. `description` becomes the comment at its start. */
export function pipelineText(definition: PipelineDefinition, description = ""): string {
  const comment = description === "" ? "" : `${description.replace(/^/gm, "# ").replace(/ +$/gm, "")}\n`;
  return comment + stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false });
}
