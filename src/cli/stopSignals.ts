/** How Ctrl+C, SIGTERM and a closed terminal reach a run. */

/** Milliseconds for threads and the commands that they started to end by themselves after a second Ctrl+C. */
const LAST_GRACE = 500;

export interface StopSignals {
  /** Nothing new begins, and running pieces end. */
  drain: AbortSignal;
  /** Everything stops immediately. */
  signal: AbortSignal;
}

/** The reason to end for a worker whose time on a cluster is almost over. */
export const TIME_IS_NEAR = "its time limit is near";

/**
 * The first Ctrl+C lets running pieces end, so that the next run goes on from there; a second stops at once, like
 * SIGTERM and SIGHUP. Slurm sends SIGUSR1 to a worker some time before its limit.
 */
export function stopSignals(say: (text: string) => void, isWorker = false): StopSignals {
  const drain = new AbortController();
  const stop = new AbortController();
  process.once("SIGINT", () => {
    say("finishing running work, starting nothing new; press Ctrl+C again to stop immediately");
    drain.abort(new Error("interrupted"));
    process.once("SIGINT", () => {
      stop.abort(new Error("interrupted"));
      // The default action: the process ends.
      setTimeout(() => process.kill(process.pid, "SIGINT"), LAST_GRACE).unref();
    });
  });
  if (isWorker) process.once("SIGUSR1", () => drain.abort(new Error(TIME_IS_NEAR)));
  process.once("SIGTERM", () => stop.abort(new Error("terminated")));
  process.once("SIGHUP", () => stop.abort(new Error("the terminal was closed")));
  return { drain: drain.signal, signal: stop.signal };
}
