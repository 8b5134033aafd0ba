/**
 * `cirque work`: computes steps that are ready and that no other process computes. Any number of machines may run it at
 * once.
 */
import { join } from "node:path";
import { threadLimit } from "../../graph/backends/names.js";
import { keysOf, type Plan } from "../../pipeline/plan.js";
import { localExecutor } from "../../run/executors/local.js";
import { findStored } from "../../run/findStored.js";
import type { Outcome } from "../../run/outcome.js";
import { beginRun } from "../../run/runHistory.js";
import { type ScheduleOptions, schedule } from "../../run/schedule.js";
import { announceRun } from "../../store/liveRuns.js";
import type { Store } from "../../store/store.js";
import { DONE, FAILED } from "../exitCodes.js";
import { type Options, planOf, storeOf } from "../planned.js";
import { progressReporter } from "../progress/progressReporter.js";
import { resultsFolder } from "../resultsFolder.js";
import { stopSignals, TIME_IS_NEAR } from "../stopSignals.js";

interface WorkOptions extends Options {
  jobs: number;
  backend: string;
  quiet?: boolean;
  /** Stays until the pipeline is complete. */
  wait?: boolean;
  /** The seconds to stay while others compute all ready steps. */
  idle: number;
  /** The file of the submission that a cluster has started this worker for. */
  crew?: string;
}

/** The module that lists the built-in stages. The engine does not know the stages, so it gets the URL. */
const stages = new URL("../../../stages/index.js", import.meta.url).href;

export async function work(path: string, targets: string[], options: WorkOptions): Promise<number> {
  const plan = await planOf(path, options, targets);
  const { name } = plan.pipeline;
  const reporter = progressReporter(process.stderr, name, options.quiet);
  const { backend } = options;
  const idle = options.wait ? Number.POSITIVE_INFINITY : options.idle;
  const { onEvent } = reporter;
  const store = storeOf(options, path);
  const { claimant, withdraw } = announceRun(store.folder, keysOf(plan));
  try {
    const stops = stopSignals(reporter.say, options.crew !== undefined);
    const { outcomes, publishes } = await worked(plan, store, options, {
      ...{ stages, backend, idle, onEvent, claimant },
      ...stops,
    });
    reporter.end();
    const count = (state: string) => outcomes.filter((outcome) => outcome.state === state).length;
    const [failed, left] = [count("failed"), count("blocked")];
    console.error(`${count("done")} computed here, ${failed} failed, ${left} left`);
    if (publishes && failed + left === 0 && count("done") > 0) {
      const { publish } = await import("../publish.js");
      publish(plan, outcomes, join(options.results ?? resultsFolder(path), name), targets.length === 0);
    }
    return failed > 0 ? FAILED : DONE;
  } catch (error) {
    if ((error as Error).message !== TIME_IS_NEAR) throw error;
    console.error(`${TIME_IS_NEAR}; finished steps and pieces are kept`);
    return DONE;
  } finally {
    withdraw();
    reporter.end();
  }
}

/** The outcomes of the steps, and whether this worker publishes them once all are done. */
async function worked(
  plan: Plan,
  store: Store,
  { jobs, backend, crew: file }: WorkOptions,
  options: ScheduleOptions,
): Promise<{ outcomes: Outcome[]; publishes: boolean }> {
  const local = localExecutor(Math.min(jobs, threadLimit(backend)));
  if (file === undefined) {
    const endRun = beginRun(store.folder, plan);
    const outcomes = await schedule(plan, store, local, options);
    endRun(outcomes);
    return { outcomes, publishes: true };
  }
  const { memberOf } = await import("../slurmCrew.js");
  const { findsWork, memberExecutor } = await import("../../run/executors/slurm/member.js");
  const { crew, submission } = memberOf(file, store);
  const end = () => crew.end(submission.token, process.env.SLURM_ARRAY_TASK_ID ?? "0");
  const stored = findStored(plan, store);
  try {
    if (!findsWork(plan, stored, crew, submission)) {
      await local.close();
      end();
      return { outcomes: [], publishes: false };
    }
    const executor = memberExecutor(local, store, crew, submission);
    const outcomes = await schedule(plan, store, executor, { ...options, stored, failures: crew.failures });
    end();
    return { outcomes, publishes: submission.isDetached === true };
  } catch (error) {
    if ((error as Error).message === TIME_IS_NEAR) end();
    throw error;
  }
}
