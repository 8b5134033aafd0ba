/** `cirque status`: prints which steps are cached, and which would run. */
import { runFinder } from "../../run/runHistory.js";
import { type StepState, stepStates } from "../../run/stepState.js";
import { type Claim, liveClaims } from "../../store/claims.js";
import { printable } from "../../text/printable.js";
import { DONE, STALE } from "../exitCodes.js";
import { type Options, planOf, storeOf } from "../planned.js";

const states: readonly StepState[] = ["cached", "stale", "missing", "failed"];

/** For example node7, job 12_3, process 4711 */
function whereOf({ process: { host, pid }, job }: Claim): string {
  return [host, ...(job ? [`job ${job}`] : []), `process ${pid}`].join(", ");
}

export async function status(
  path: string,
  targets: string[],
  options: Options & { exitCode?: boolean; dryRun?: boolean },
): Promise<number> {
  const plan = await planOf(path, options, targets);
  const cache = storeOf(options, path);
  const { states: found, warnings } = stepStates(plan, cache, runFinder(cache.folder, plan.pipeline.name));
  for (const message of warnings) console.error(`warning ${printable(message)}`);
  const width = Math.max(...plan.steps.map(({ id }) => id.length));
  const isDone = plan.steps.every(({ id }) => found.get(id) === "cached");
  const claims = new Map(isDone ? [] : liveClaims(cache.folder).map((claim) => [claim.key, claim]));
  const lines = plan.steps.map(({ id, key, definition }) => {
    const claim = found.get(id) === "cached" ? undefined : claims.get(key);
    const who = claim ? `  (${whereOf(claim)}, computes it)` : "";
    return `${found.get(id)?.padEnd(7)}  ${id.padEnd(width)}  ${definition.name}${who}`;
  });
  const counts = states
    .map((state) => [[...found.values()].filter((other) => other === state).length, state] as const)
    .filter(([count]) => count > 0);
  console.log([...lines, counts.map(([count, state]) => `${count} ${state}`).join(", ")].join("\n"));
  if (options.dryRun) {
    const todo = plan.steps.filter(({ id }) => found.get(id) !== "cached");
    const { weights } = await import("../weights.js");
    const { lines: amounts, warnings: large } = weights(plan, cache, todo);
    for (const line of amounts) console.log(`  ${line}`);
    for (const warning of large) console.error(`warning large: ${warning}`);
  }
  return options.exitCode && counts.some(([, state]) => state !== "cached") ? STALE : DONE;
}
