import type { Executor } from "../../src/run/executor.js";
import { GOING_ON, type StopLevel } from "../../src/run/stopLevel.js";
import { runTask } from "../../src/run/worker.js";

/** Runs tasks in this process, one at a time, in the order in which they come. */
export function inProcessExecutor(): Executor {
  let stop: StopLevel = GOING_ON;
  const expired = new Map<string, number>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    jobs: 1,
    run(task, events) {
      let piece = 0;
      const result = last.then(() =>
        runTask(task, {
          stop: () => stop,
          expired: () => expired.get(task.step) ?? 0,
          nextPiece: () => piece++,
          tell: events.progress,
          warn: events.warning,
        }),
      );
      last = result.catch(() => {});
      return result;
    },
    stop(level) {
      if (level > stop) stop = level;
    },
    expire: (step, level) => expired.set(step, level),
    close: async () => {
      await last;
    },
  };
}
