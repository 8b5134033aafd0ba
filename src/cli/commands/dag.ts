/** `cirque dag`: the stages as a flowchart. */
import { DONE } from "../exitCodes.js";
import { type ChartFormat, flowchart } from "../flowchart.js";
import { type Options, planOf } from "../planned.js";

export async function dag(path: string, options: Options & { format: ChartFormat }): Promise<number> {
  console.log(await flowchart(await planOf(path, options), options.format));
  return DONE;
}
