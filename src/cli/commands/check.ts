/** `cirque check`: finds everything that is wrong in a pipeline file before anything runs. */
import { counted } from "../../text/words.js";
import { DONE } from "../exitCodes.js";
import { type Options, planOf, storeOf } from "../planned.js";
import { weights } from "../weights.js";

export async function check(path: string, options: Options): Promise<number> {
  const plan = await planOf(path, options);
  const { lines, warnings } = weights(plan, storeOf(options, path));
  console.log(`${path}: ok, ${counted(plan.pipeline.stages.length, "stage")}, ${counted(plan.steps.length, "step")}`);
  for (const line of lines) console.log(`  ${line}`);
  for (const warning of warnings) console.error(`warning large: ${warning}`);
  return DONE;
}
