/** `cirque data fetch`: downloads a data set for the stage load-data. */
import { join } from "node:path";
import { fetchDataset } from "../../data/fetch/fetchDataset.js";
import { isKnownName, knownSets } from "../../data/knownSets.js";
import { suggestion } from "../../text/nearestName.js";
import { DONE, UsageError } from "../exitCodes.js";
import { fetchProgress } from "../fetchProgress.js";

export async function dataFetch(
  name: string,
  { to = join("data", name), ...options }: { to?: string; url?: string; extra?: boolean },
): Promise<number> {
  if (!isKnownName(name)) {
    const names = Object.keys(knownSets);
    throw new UsageError(
      `no data set "${name}" to fetch${suggestion(name, names) || `; expected one of ${names.join(", ")}`}`,
    );
  }
  await fetchDataset(knownSets[name].files, { ...options, to, report: fetchProgress(process.stderr) });
  console.log(to);
  return DONE;
}
