/**
 * `cirque verify`: reads everything in the store and compares its hashes. On request it computes some results again.
 */
import { threadLimit } from "../../graph/backends/names.js";
import { localExecutor } from "../../run/executors/local.js";
import { type Recomputed, recompute } from "../../run/recompute.js";
import { verifyStore } from "../../store/tidyStore.js";
import { counted } from "../../text/words.js";
import { DONE, FAILED, UsageError } from "../exitCodes.js";
import { type Options, planOf, storeOf } from "../planned.js";
import { sizeOf } from "../sizeOf.js";
import { stopSignals } from "../stopSignals.js";

interface VerifyOptions extends Options {
  /** The number of steps of the pipeline to compute again. */
  recompute?: number;
  /** The largest allowed difference, as a share of the largest number of a column. */
  tolerance: number;
  jobs: number;
  backend: string;
}

const stages = new URL("../../../stages/index.js", import.meta.url).href;

export async function verify(path: string | undefined, options: VerifyOptions): Promise<number> {
  if (path === undefined && options.recompute !== undefined)
    throw new UsageError("--recompute needs a pipeline: cirque verify <pipeline> --recompute 5");
  const plan = path === undefined ? undefined : await planOf(path, options);
  const store = storeOf(options, path);
  const { records, bytes, damaged, unreferenced } = verifyStore(store);
  for (const message of damaged) console.log(message);
  const found = damaged.length === 0 ? "all intact" : `${damaged.length} damaged; their steps run again when needed`;
  const unused = unreferenced > 0 ? `; ${unreferenced} unused objects, which gc removes` : "";
  console.log(`${counted(records, "result")}, ${sizeOf(bytes)}: ${found}${unused}`);
  let code = damaged.length === 0 ? DONE : FAILED;
  if (plan === undefined || options.recompute === undefined) return code;

  const executor = () => localExecutor(Math.min(options.jobs, threadLimit(options.backend)));
  const how = { stages, backend: options.backend, ...stopSignals(console.error) };
  let count = 0;
  for await (const again of recompute(plan, store, executor, options.recompute, how)) {
    count++;
    const isSame = again.error === undefined && (again.difference?.relative ?? 0) <= options.tolerance;
    if (!isSame) code = FAILED;
    console.log(`${again.step.id}: ${compared(again, isSame, options.tolerance)}`);
  }
  if (count < options.recompute)
    console.log(`computed ${counted(count, "step")} again; the cache has no more of this pipeline`);
  return code;
}

function compared({ difference, error, provenance }: Recomputed, isSame: boolean, tolerance: number): string {
  if (error !== undefined) return `failed this time: ${error}`;
  if (difference === undefined) return "the same numbers";
  const { column, row, values, relative } = difference;
  const [stored, now] = values;
  const most = `${column}[${row}] is ${stored} in the cache and ${now} now`;
  if (!Number.isFinite(relative)) return `differs: ${most} (${madeBy(provenance)})`;
  const share = `${relative.toExponential(1)} of the column's largest number`;
  if (isSame) return `agrees to ${share}`;
  return `differs by ${share}, more than ${tolerance}: ${most} (${madeBy(provenance)})`;
}

/** The origin of the stored result. */
function madeBy({ machine, platform, backends }: Record<string, unknown>): string {
  const names = Object.entries((backends ?? {}) as Record<string, string>).map(
    ([name, version]) => `${name} ${version}`,
  );
  return `the cached one was made on ${machine}, ${platform}${names.length > 0 ? `, with ${names.join(", ")}` : ""}`;
}
