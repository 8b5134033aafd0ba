/**
 * Results that other processes compute. One look answers for all steps that wait: each folder of records is listed
 * once, so a look costs 256 lists at most, for a hundred thousand steps, too.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Step } from "../pipeline/step.js";
import type { Store } from "../store/store.js";
import type { SharedFailures } from "./sharedFailures.js";

interface Waiting {
  step: Step;
  promise: Promise<void>;
  end(error?: Error): void;
}

export function awaitedResults(store: Store, failures: SharedFailures) {
  const waiting = new Map<string, Waiting>();

  /** Resolves when a look finds the result; rejects with the error of the step in another process. */
  function wait(step: Step, key: string): Promise<void> {
    const known = waiting.get(key);
    if (known) return known.promise;
    let end: Waiting["end"] = () => {};
    const promise = new Promise<void>((resolve, reject) => {
      end = (error) => {
        waiting.delete(key);
        if (error) reject(error);
        else resolve();
      };
    });
    // Whoever waits may have gone.
    promise.catch(() => {});
    waiting.set(key, { step, promise, end });
    return promise;
  }

  /** Gives the number of steps that have ended. */
  function look(): number {
    const before = waiting.size;
    for (const key of failures.keys()) {
      const error = waiting.has(key) ? failures.of(key) : undefined;
      if (error !== undefined) waiting.get(key)?.end(new Error(error));
    }
    for (const folder of new Set([...waiting.keys()].map((key) => key.slice(0, 2)))) {
      for (const name of namesIn(join(store.folder, "records", folder))) {
        const key = name.slice(0, -".json".length);
        if (waiting.has(key) && store.lookup(key).record) waiting.get(key)?.end();
      }
    }
    return before - waiting.size;
  }

  return { wait, look, steps: () => [...waiting.values()].map(({ step }) => step), size: () => waiting.size };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
