/** `cirque logs`: what a step printed when it ran, and the error that it ended with. */
import { readLog } from "../../run/stepLog.js";
import { DONE } from "../exitCodes.js";
import { type Options, stepsOf, storeOf } from "../planned.js";

export async function logs(path: string, name: string, options: Options): Promise<number> {
  const { folder } = storeOf(options, path);
  const { steps } = await stepsOf(path, name, options);
  for (const { id, key } of steps) {
    const log = readLog(folder, key);
    console.error(`${id}: ${log === undefined ? "it said nothing, or has not run" : "it said"}`);
    if (log) process.stdout.write(log.endsWith("\n") ? log : `${log}\n`);
  }
  return DONE;
}
