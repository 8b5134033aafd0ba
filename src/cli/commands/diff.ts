/** `cirque diff`: shows how two runs differ. */
import { loadPipeline } from "../../pipeline/config.js";
import { type RunRecord, runsOf } from "../../run/runHistory.js";
import { printable } from "../../text/printable.js";
import { diffRuns } from "../diffRuns.js";
import { DONE, UsageError } from "../exitCodes.js";
import { type Options, storeOf } from "../planned.js";

export async function diff(path: string, a: string, b: string, options: Options): Promise<number> {
  const { name } = loadPipeline(path, options);
  const cache = storeOf(options, path);
  const runs = [...runsOf(cache.folder, name)];
  const lines = diffRuns(runNamed(a, name, runs), runNamed(b, name, runs), cache);
  console.log(lines.length > 0 ? printable(lines.join("\n")) : "no difference");
  return DONE;
}

/** The run for `latest`, `previous`, an id or its number. Throws UsageError when there is none. */
function runNamed(id: string, name: string, runs: readonly RunRecord[]): RunRecord {
  const place = { latest: 0, previous: 1 }[id];
  const run = place === undefined ? runs.find((run) => run.id === id || run.id.split("-")[0] === id) : runs[place];
  if (run) return run;
  const only = `${name} has run once; diff compares two runs`;
  if (place === 1 && runs.length === 1) throw new UsageError(`${only}: run it again after a change`);
  if (runs.length === 0) throw new UsageError(`${name} has not run here; expected a pipeline with two runs`);
  const known = ["latest", ...(runs.length > 1 ? ["previous"] : []), ...runs.slice(0, 8).map((run) => run.id)];
  throw new UsageError(`no run "${id}" of ${name}; expected ${known.join(", ")}`);
}
