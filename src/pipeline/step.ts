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

/**
 * The content key of a step: the hash of everything that its output depends on. `failures` maps failed steps to their
 * messages; a fan-in continues without them, under a separate key.
 */
export function keyOf(
  step: Pick<Step, "definition" | "params" | "files" | "inputs" | "pipeline">,
  failures: ReadonlyMap<Step, string> = new Map(),
): { key: string; preimage: unknown } {
  const { definition, params, files, inputs, pipeline } = step;
  // A fan-in names its inputs by stage and point, so these belong to its key. Other stages only see the artifact.
  const describe = (source: Step) => {
    const failure = failures.get(source);
    const content = failure === undefined ? source.key : { failed: failure };
    return definition.fanIn ? { step: source.id, content } : content;
  };
  // In the order of canonical JSON, which then need not sort the names.
  const preimage = {
    ...(files.length > 0 && { files: Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256])) }),
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, sources]) => [port, sources.map(describe)])),
    ...(definition.module && { module: definition.module.sha256 }),
    params,
    ...(pipeline && { pipeline }),
    stage: definition.name,
    version: definition.version,
  };
  return { key: hash("sha256", canonicalJson(preimage)), preimage };
}
