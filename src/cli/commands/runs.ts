/** `cirque runs`: the runs of a pipeline, the latest first. */
import { loadPipeline } from "../../pipeline/config.js";
import { runsOf } from "../../run/runHistory.js";
import { DONE } from "../exitCodes.js";
import { type Options, storeOf } from "../planned.js";

export async function runs(path: string, options: Options): Promise<number> {
  const { name } = loadPipeline(path, options);
  const lines = [...runsOf(storeOf(options, path).folder, name)].map(({ id, started, finished, steps, failures }) => {
    const failed = Object.keys(failures).length;
    const end = finished === undefined ? "did not end" : failed > 0 ? `${failed} failed` : "done";
    return `${id.padEnd(10)}  ${started}  ${Object.keys(steps).length} steps, ${end}`;
  });
  console.log(lines.length > 0 ? lines.join("\n") : `${name} has not run here`);
  return DONE;
}
