/**
 * `cirque work`: computes what is ready and what no other process computes; any number of machines may do so at once.
 */
import { join } from "node:path";
import { threadLimit } from "../../graph/backends/names.js";
import { localExecutor } from "../../run/executors/local.js";
import { beginRun } from "../../run/runHistory.js";
import { schedule } from "../../run/schedule.js";
import { DONE, FAILED } from "../exitCodes.js";
import { type Options, planOf, storeOf } from "../planned.js";
import { progressReporter } from "../progress.js";
import { resultsFolder } from "../resultsFolder.js";
import { stopSignals } from "../stopSignals.js";

interface WorkOptions extends Options {
  jobs: number;
  backend: string;
  quiet?: boolean;
  /** Stays until the pipeline is complete. */
  wait?: boolean;
  /** Seconds to stay while others compute all that is ready. */
  idle: number;
}

/** The module that lists the built-in stages. The engine knows no stage, so it gets the address. */
const stages = new URL("../../../stages/index.js", import.meta.url).href;

export async function work(path: string, targets: string[], options: WorkOptions): Promise<number> {
  const plan = await planOf(path, options, targets);
  const { name } = plan.pipeline;
  const reporter = progressReporter(process.stderr, name, options.quiet);
  const { backend } = options;
  const executor = localExecutor(Math.min(options.jobs, threadLimit(backend)));
  const idle = options.wait ? Number.POSITIVE_INFINITY : options.idle;
  const { onEvent } = reporter;
  try {
    const store = storeOf(options, path);
    const endRun = beginRun(store.folder, plan);
    const outcomes = await schedule(plan, store, executor, {
      stages,
      backend,
      idle,
      onEvent,
      ...stopSignals(reporter.say),
    });
    reporter.end();
    endRun(outcomes);
    const count = (state: string) => outcomes.filter((outcome) => outcome.state === state).length;
    const [failed, left] = [count("failed"), count("blocked")];
    console.error(`${count("done")} computed here, ${failed} failed, ${left} left`);
    if (failed + left === 0 && count("done") > 0) {
      const { publish } = await import("../publish.js");
      publish(plan, outcomes, join(options.results ?? resultsFolder(path), name), targets.length === 0);
    }
    return failed > 0 ? FAILED : DONE;
  } finally {
    reporter.end();
  }
}
