/** `cirque runs`: the runs of a pipeline, the latest first, or where the time of one went. */
import { loadPipeline } from "../../pipeline/config.js";
import { type RunRecord, runsOf } from "../../run/runHistory.js";
import { printable } from "../../text/printable.js";
import { counted } from "../../text/words.js";
import { DONE, UsageError } from "../exitCodes.js";
import { type Options, storeOf } from "../planned.js";
import { profileOfRun } from "../runProfile.js";

export async function runs(path: string, { profile, ...options }: Options & { profile?: string | true }) {
  const { name } = loadPipeline(path, options);
  const store = storeOf(options, path);
  const all = [...runsOf(store.folder, name)];
  if (profile === undefined) {
    console.log(all.length > 0 ? all.map(line).join("\n") : `${name} has not run here`);
    return DONE;
  }
  const run = profile === true ? all[0] : all.find(({ id }) => id === profile || id.split("-")[0] === profile);
  if (run === undefined) {
    throw new UsageError(
      profile === true ? `${name} has not run here` : `${name} has no run ${profile}; see cirque runs`,
    );
  }
  console.log(printable(profileOfRun(run, store).join("\n")));
  return DONE;
}

function line({ id, started, finished, steps, failures }: RunRecord): string {
  const failed = Object.keys(failures).length;
  const end = finished === undefined ? "did not end" : failed > 0 ? `${failed} failed` : "done";
  return `${id.padEnd(10)}  ${started}  ${counted(Object.keys(steps).length, "step")}, ${end}`;
}
