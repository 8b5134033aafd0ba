/** How Ctrl+C, SIGTERM and a closed terminal reach a run. */

/** Milliseconds in which threads and the commands they started can end by themselves after a second Ctrl+C. */
const LAST_GRACE = 500;

export interface StopSignals {
  /** Nothing new begins; running pieces end. */
  drain: AbortSignal;
  /** Everything stops at once. */
  signal: AbortSignal;
}

/**
 * The first Ctrl+C lets running pieces end, so that the next run goes on from there; a second stops at once, like
 * SIGTERM and SIGHUP.
 */
export function stopSignals(say: (text: string) => void): StopSignals {
  const drain = new AbortController();
  const stop = new AbortController();
  process.once("SIGINT", () => {
    say("finishing what runs, beginning nothing new; Ctrl+C again stops at once");
    drain.abort(new Error("interrupted"));
    process.once("SIGINT", () => {
      stop.abort(new Error("interrupted"));
      // The default action: the process ends.
      setTimeout(() => process.kill(process.pid, "SIGINT"), LAST_GRACE).unref();
    });
  });
  process.once("SIGTERM", () => stop.abort(new Error("terminated")));
  process.once("SIGHUP", () => stop.abort(new Error("the terminal was closed")));
  return { drain: drain.signal, signal: stop.signal };
}
