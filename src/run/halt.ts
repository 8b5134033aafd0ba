/**
 * The events that end a run before all its steps are done: signals, a store that cannot be written, a first failure.
 */
import type { Step } from "../pipeline/step.js";
import { StoreError } from "../store/atomicFile.js";
import type { Executor } from "./executor.js";
import type { Outcome } from "./outcome.js";
import { DRAINING, STOPPING } from "./stopLevel.js";

export interface Halt {
  /** Stops running work, and prevents new work. */
  stopAll(): void;
  /** True when a signal has ended the whole run. */
  isInterrupted(): boolean;
  /** True when waiting work should give up. */
  isEnding(): boolean;
  /** The outcome of a step that ended with an error. Throws when the error ends the whole run. */
  outcomeOfError(step: Step, error: unknown): Outcome;
}

export interface Signals {
  /** Nothing new begins. Running work ends after its piece, or when it has saved its state. */
  drain?: AbortSignal;
  /** Running work ends when it next reports progress. */
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
