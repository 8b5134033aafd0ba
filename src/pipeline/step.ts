/** One stage at one point of the matrix, with its parameters, its inputs and its content key. */
import { hash } from "node:crypto";
import { canonicalJson } from "../artifact/canonicalJson.js";
import type { PipelineText, Point, Stage } from "../stage.js";
import type { Allotment } from "./allotment.js";
import type { NamedFile } from "./namedFile.js";

export interface Step {
  /** `<stage>` or `<stage>@<point>`; for another pipeline `<pipeline>/<stage>…`. */
  id: string;
  stage: string;
  /** The name for display: the stage's name, or for an inserted figure that of the stage that it draws. */
  title: string;
  point: Point;
  definition: Stage;
  params: Record<string, unknown>;
  /** The files that the params name. */
  files: NamedFile[];
  inputs: Record<string, Step[]>;
  key: string;
  /** The value whose hash is the key. */
  preimage: unknown;
  /** For a stage that shows the pipeline. */
  pipeline?: PipelineText;
  /** The time limit in seconds. Not part of the key. */
  timeout?: number;
  /** What it asks for on a cluster, if anything; not part of the key. */
  allotment?: Allotment;
}

const NONE: ReadonlyMap<Step, string> = new Map();

/**
 * The content key of a step: the hash of everything that its output depends on. `failures` maps failed steps to their
 * messages; a fan-in continues without them, under a separate key.
 */
export function keyOf(
  step: Pick<Step, "definition" | "params" | "files" | "inputs" | "pipeline">,
  failures: ReadonlyMap<Step, string> = NONE,
): { key: string; preimage: unknown } {
  const { definition, params, files, inputs, pipeline } = step;
  const contents: Record<string, unknown[]> = {};
  for (const port in inputs) contents[port] = inputs[port].map((source) => contentOf(source, definition, failures));
  // In the order of canonical JSON, which then need not sort the names.
  const preimage: Record<string, unknown> = {};
  if (files.length > 0) preimage.files = Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
  preimage.inputs = contents;
  if (definition.module) preimage.module = definition.module.sha256;
  preimage.params = params;
  if (pipeline) preimage.pipeline = pipeline;
  preimage.stage = definition.name;
  preimage.version = definition.version;
  return { key: hash("sha256", canonicalJson(preimage)), preimage };
}

/**
 * A fan-in names its inputs by stage and point, so these belong to its key. Other stages only see the artifact.
 */
function contentOf(source: Step, { fanIn }: Stage, failures: ReadonlyMap<Step, string>): unknown {
  const failure = failures.size > 0 ? failures.get(source) : undefined;
  const content = failure === undefined ? source.key : { failed: failure };
  return fanIn ? { step: source.id, content } : content;
}
