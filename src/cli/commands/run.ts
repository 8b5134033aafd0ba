/** `cirque run`: brings the results of a pipeline up to date and publishes them. */
import { join } from "node:path";
import { threadLimit } from "../../graph/backends/names.js";
import { keysOf, type Plan } from "../../pipeline/plan.js";
import type { Executor } from "../../run/executor.js";
import { localExecutor } from "../../run/executors/local.js";
import type { ExecutorName } from "../../run/executors/names.js";
import { findStored } from "../../run/findStored.js";
import type { Outcome, RunEvent } from "../../run/outcome.js";
import { beginRun } from "../../run/runHistory.js";
import { schedule } from "../../run/schedule.js";
import type { Claimant } from "../../store/claims.js";
import { announceRun } from "../../store/liveRuns.js";
import type { Store } from "../../store/store.js";
import { eventStream } from "../eventStream.js";
import { DONE, exitCodeOf, FAILED, UsageError } from "../exitCodes.js";
import type { startLiveRun } from "../live/liveRun.js";
import { planOf, storeOf } from "../planned.js";
import { progressReporter } from "../progress/progressReporter.js";
import { resultsFolder } from "../resultsFolder.js";
import type { CrewOptions } from "../slurmCrew.js";
import { stopSignals } from "../stopSignals.js";
import { weights } from "../weights.js";
import { status } from "./status.js";

interface RunOptions extends CrewOptions {
  jobs: number;
  executor: ExecutorName;
  printScript?: boolean;
  /** Follows workers that are there already; their failures stay. */
  isAttached?: boolean;
  dryRun?: boolean;
  force?: boolean;
  failFast?: boolean;
  quiet?: boolean;
  json?: boolean;
  open?: boolean;
}

/** The module that lists the built-in stages. The engine does not know the stages, so it gets the URL. */
const stagesModule = new URL("../../../stages/index.js", import.meta.url).href;

export async function run(path: string, targets: string[], options: RunOptions): Promise<number> {
  if (options.dryRun) return status(path, targets, options);
  refuseTogether(options);
  const plan = await planOf(path, options, targets);
  const store = storeOf(options, path);
  if (options.printScript) {
    const { scriptsOf } = await import("../slurmCrew.js");
    process.stdout.write(scriptsOf(path, targets, options, plan, store));
    return DONE;
  }

  const announcement = announceRun(store.folder, keysOf(plan));
  try {
    return await announcedRun(path, targets, options, plan, store, announcement.claimant);
  } finally {
    announcement.withdraw();
  }
}

/** Runs a plan and publishes its results, which nobody removes from the store meanwhile. */
async function announcedRun(
  path: string,
  targets: string[],
  options: RunOptions,
  plan: Plan,
  store: Store,
  claimant: Claimant | undefined,
): Promise<number> {
  const stored = options.force ? undefined : findStored(plan, store);
  const { warnings } = weights(plan, store, stored ? plan.steps.filter(({ id }) => !stored.hits.has(id)) : plan.steps);
  const events = options.json ? eventStream((line) => process.stdout.write(line), plan) : undefined;
  const reporter = progressReporter(process.stderr, plan.pipeline.name, options.quiet || options.json);
  const stops = stopSignals(reporter.say);
  const folder = join(options.results ?? resultsFolder(path), plan.pipeline.name);
  const live = options.open ? await liveRun(plan, store, folder, options.json) : undefined;
  const onEvent = (event: RunEvent) => {
    reporter.onEvent(event);
    live?.onEvent(event);
    events?.onEvent(event);
  };
  for (const message of warnings) onEvent({ type: "warning", message: `large: ${message}` });
  const ending = new AbortController();
  const signal = AbortSignal.any([stops.signal, ending.signal]);
  const say = options.quiet || options.json ? () => {} : reporter.say;
  const endRun = beginRun(store.folder, plan);
  let outcomes: Outcome[] = [];
  try {
    if (stored === undefined || stored.hits.size < plan.steps.length) {
      (await import("../publish.js")).requirePublishable(folder);
    }
    const executor = await executorOf(path, targets, options, plan, store, say, (reason) => ending.abort(reason));
    const how = { ...options, stages: stagesModule, stored, claimant, onEvent, drain: stops.drain, signal };
    outcomes = await schedule(plan, store, executor, how);
    reporter.end();
    endRun(outcomes);
    const { publish } = await import("../publish.js");
    const { reports, files } = publish(plan, outcomes, folder, targets.length === 0);
    events?.published(files);
    if (!events) for (const file of reports.length > 0 ? reports : files) console.log(file);
  } catch (error) {
    reporter.end();
    if ((error as Error).name === "Detached") {
      console.error((error as Error).message);
      return DONE;
    }
    events?.end(exitCodeOf(error as Error), outcomes, (error as Error).message);
    await live?.close();
    throw error;
  }
  const code = summarize(outcomes, options.force);
  events?.end(code, outcomes);
  await live?.untilInterrupted();
  return code;
}

/** Throws UsageError for options that do not go together. */
function refuseTogether({ executor, force, detach, printScript }: RunOptions): void {
  if (executor === "slurm") {
    if (force) throw new UsageError("--force does not go with --executor slurm: workers keep what the store has");
    return;
  }
  const only = detach ? "--detach" : printScript ? "--print-script" : undefined;
  if (only) throw new UsageError(`${only} goes with --executor slurm`);
}

async function executorOf(
  path: string,
  targets: string[],
  options: RunOptions,
  plan: Plan,
  store: Store,
  say: (text: string) => void,
  end: (reason: Error) => void,
): Promise<Executor> {
  switch (options.executor) {
    case "local":
      return localExecutor(Math.min(options.jobs, threadLimit(options.backend)));
    case "slurm": {
      const { crewExecutor, crewFor } = await import("../slurmCrew.js");
      const { crew, queue } = crewFor(path, targets, options, store, plan.pipeline.name);
      if (!options.isAttached) crew.failures.clear();
      return crewExecutor(path, targets, options, plan, store, { crew, queue, say, end });
    }
    default:
      return options.executor satisfies never;
  }
}

/** Shows the run in the browser; what does so is loaded only where it is asked for. */
async function liveRun(...run: Parameters<typeof startLiveRun>): ReturnType<typeof startLiveRun> {
  return (await import("../live/liveRun.js")).startLiveRun(...run);
}

/** How many steps one line names. */
const MOST_NAMED = 10;

/** Reports the failed steps, if any, and what the next run does. */
function summarize(outcomes: Outcome[], force = false): number {
  const failed = outcomes.filter(({ state }) => state === "failed");
  const blocked = outcomes.filter(({ state }) => state === "blocked");
  if (failed.length === 0 && blocked.length === 0) return DONE;
  const ids = (list: Outcome[]) => {
    const named = list.slice(0, MOST_NAMED).map(({ step }) => step.id);
    return `${named.join(", ")}${list.length > named.length ? ` and ${list.length - named.length} more` : ""}`;
  };
  console.error(`${failed.length} failed: ${ids(failed)}`);
  if (blocked.length > 0) console.error(`${blocked.length} not run because of that: ${ids(blocked)}`);
  const rest = "run again to repeat only these";
  console.error(force ? `${rest}; with --force, all steps run again` : rest);
  return FAILED;
}
