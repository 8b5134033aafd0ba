/** `cirque logs`: prints the output of a step, and the error that it ended with. */
import { readLog } from "../../run/stepLog.js";
import { DONE } from "../exitCodes.js";
import { type Options, stepsOf, storeOf } from "../planned.js";

export async function logs(path: string, name: string, options: Options): Promise<number> {
  const { folder } = storeOf(options, path);
  const { steps } = await stepsOf(path, name, options);
  for (const { id, key } of steps) {
    const log = readLog(folder, key);
    console.error(`${id}: ${log === undefined ? "no output, or it has not run" : "its output"}`);
    if (log) process.stdout.write(log.endsWith("\n") ? log : `${log}\n`);
  }
  return DONE;
}
