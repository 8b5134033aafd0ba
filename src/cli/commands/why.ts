/** `cirque why`: explains why a step would run, or that it would not. */
import { runFinder } from "../../run/runHistory.js";
import { why as reasonsOf } from "../../run/stepState.js";
import { printable } from "../../text/printable.js";
import { DONE } from "../exitCodes.js";
import { type Options, stepsOf, storeOf } from "../planned.js";

export async function why(path: string, name: string, options: Options): Promise<number> {
  const { pipeline, steps } = await stepsOf(path, name, options);
  const cache = storeOf(options, path);
  const lastRun = runFinder(cache.folder, pipeline.name);
  console.log(printable(steps.flatMap((step) => reasonsOf(step, cache, lastRun)).join("\n")));
  return DONE;
}
