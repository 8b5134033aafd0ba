/** The code that a thread of the local executor runs. */
import { parentPort } from "node:worker_threads";
import { StoreError } from "../../store/atomicFile.js";
import type { Task, TaskProgress, TaskResult } from "../executor.js";
import { appendToLog } from "../stepLog.js";
import { runTask } from "../worker.js";
import { guardThread } from "./guardThread.js";

export interface ThreadTask extends Task {
  /** Shared by all threads of the run. */
  stop: Int32Array;
  /** Shared by all threads that work on the step. */
  expired: Int32Array;
  /** The number of positions in `todo` that are taken. Shared by the threads that share the pieces. */
  taken: Int32Array;
}

export type ThreadMessage = (TaskProgress & { step: string }) | { warning: string; step: string };

/** Errors lose their class between threads, and some cannot be sent at all, so they are sent as text. */
export type Answer = { result: TaskResult } | { storeFailure: string } | { failure: string };

const tell = (message: ThreadMessage) => parentPort?.postMessage(message);

let current: Task | undefined;
let failCurrent: ((error: Error) => void) | undefined;
/** The last task of each module that has run here. */
const ofModules = new Map<string, Task>();
guardThread({
  current: () => current,
  ownerOf(stack) {
    const named = [...ofModules].find(([module]) => stack.includes(module));
    return current?.module && stack.includes(current.module) ? current : (named?.[1] ?? [...ofModules.values()].at(-1));
  },
  print: ({ storeFolder, key }, text) => appendToLog(storeFolder, key, text),
  warn: ({ step }, warning) => tell({ step, warning }),
  fail(task, message) {
    if (task !== current || failCurrent === undefined) return false;
    failCurrent(new Error(message));
    return true;
  },
});

export default async function work({ stop, expired, taken, ...task }: ThreadTask): Promise<Answer> {
  current = task;
  if (task.module) ofModules.set(task.module, task);
  const failure = new Promise<never>((_, reject) => {
    failCurrent = reject;
  });
  try {
    const running = runTask(task, {
      stop: () => Atomics.load(stop, 0),
      expired: () => Atomics.load(expired, 0),
      nextPiece: () => Atomics.add(taken, 0, 1),
      tell: (progress) => tell({ step: task.step, ...progress }),
      warn: (warning) => tell({ step: task.step, warning }),
    });
    return { result: await Promise.race([running, failure]) };
  } catch (error) {
    // A failed piece ends the work on all.
    Atomics.store(taken, 0, task.todo?.length ?? 0);
    if (error instanceof StoreError) return { storeFailure: error.message };
    return { failure: wordsOf(error) };
  } finally {
    failCurrent = undefined;
  }
}

function wordsOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const isMemory = error instanceof RangeError && /allocation failed/i.test(message);
  return isMemory ? `${message}: there is not enough memory; use fewer workers (-j 1)` : message;
}
