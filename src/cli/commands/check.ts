/** `cirque check`: everything that can be wrong in a pipeline file, before anything runs. */
import { DONE } from "../exitCodes.js";
import { type Options, planOf } from "../planned.js";

export async function check(path: string, options: Options): Promise<number> {
  const { pipeline, steps } = await planOf(path, options);
  console.log(`${path}: ok, ${pipeline.stages.length} stages, ${steps.length} steps`);
  return DONE;
}
