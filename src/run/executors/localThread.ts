/** What a thread of the local executor runs. */
import { parentPort } from "node:worker_threads";
import { StoreError } from "../../store/atomicFile.js";
import type { Task, TaskProgress, TaskResult } from "../executor.js";
import { runTask } from "../worker.js";

export interface ThreadTask extends Task {
  /** Shared by all threads of the run. */
  stop: Int32Array;
  /** Shared by all threads that compute for the step. */
  expired: Int32Array;
  /** The number of places in `todo` that are taken; shared by the threads that share the pieces. */
  taken: Int32Array;
}

export interface ThreadMessage extends TaskProgress {
  step: string;
}

/** Errors lose their class between threads, so a store that fails is told apart here. */
export type Answer = { result: TaskResult } | { storeFailure: string };

export default async function work({ stop, expired, taken, ...task }: ThreadTask): Promise<Answer> {
  try {
    const result = await runTask(task, {
      stop: () => Atomics.load(stop, 0),
      expired: () => Atomics.load(expired, 0),
      nextPiece: () => Atomics.add(taken, 0, 1),
      tell: (progress) => parentPort?.postMessage({ step: task.step, ...progress } satisfies ThreadMessage),
    });
    return { result };
  } catch (error) {
    // A piece that fails ends the work on all.
    Atomics.store(taken, 0, task.todo?.length ?? 0);
    if (error instanceof StoreError) return { storeFailure: error.message };
    throw error;
  }
}
