/** What ends a run before all its steps are done: signals, a store that cannot be written, a first failure. */
import type { Step } from "../pipeline/step.js";
import { StoreError } from "../store/atomicFile.js";
import type { Executor } from "./executor.js";
import type { Outcome } from "./outcome.js";
import { DRAINING, STOPPING } from "./stopLevel.js";

export interface Halt {
  /** Stops what runs, and what would begin. */
  stopAll(): void;
  /** Whether a signal was given that ends the whole run. */
  isInterrupted(): boolean;
  /** Whether what waits is to give up. */
  isEnding(): boolean;
  /** The outcome of a step that ended by an error. Throws where the whole run ends by it. */
  outcomeOfError(step: Step, error: unknown): Outcome;
}

export interface Signals {
  /** Nothing new begins; what runs ends after its piece, or where it keeps its state. */
  drain?: AbortSignal;
  /** What runs ends when it next reports progress. */
  signal?: AbortSignal;
}

/** Passes the signals on to the executor. */
export function haltOf(executor: Executor, { drain, signal }: Signals): Halt {
  let storeFailure: StoreError | undefined;
  let isStopped = false;
  const stopAll = () => {
    isStopped = true;
    executor.stop(STOPPING);
  };
  signal?.addEventListener("abort", stopAll, { once: true });
  drain?.addEventListener("abort", () => executor.stop(DRAINING), { once: true });
  return {
    stopAll,
    isInterrupted: () => Boolean(signal?.aborted || drain?.aborted),
    isEnding: () => isStopped || Boolean(drain?.aborted),
    outcomeOfError(step, error) {
      if (error instanceof StoreError) {
        storeFailure ??= error;
        stopAll();
      }
      if (storeFailure) throw storeFailure;
      if (signal?.aborted) throw signal.reason;
      if (drain?.aborted) throw drain.reason;
      if (isStopped) return { step, state: "blocked", error: "stopped, because another step failed" };
      return { step, state: "failed", error: error instanceof Error ? error.message : String(error) };
    },
  };
}
