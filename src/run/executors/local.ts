/** Runs tasks in threads of this process. Threads share a few numbers and exchange paths, but never tables. */
import type { Piscina } from "piscina";
import { disableTelemetry } from "../../graph/backends/onnxruntime/noTelemetry.js";
import { StoreError } from "../../store/atomicFile.js";
import { type Executor, type Task, type TaskEvents, type TaskResult, WorkerDeath } from "../executor.js";
import { type Expiry, OVERDUE, STOPPING } from "../stopLevel.js";
import type { Answer, ThreadMessage, ThreadTask } from "./localThread.js";

/** An executor of at most `jobs` threads. They start with the first task. */
export function localExecutor(jobs: number): Executor {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const steps = new Map<string, RunningStep>();
  const submitted = new Set<Promise<unknown>>();
  let pool: Promise<Piscina> | undefined;

  const started = () =>
    (pool ??= newPool(jobs, (message) => {
      const events = steps.get(message.step)?.events;
      if ("warning" in message) events?.warning(message.warning);
      else events?.progress(message);
    }));
  const stepOf = (task: Task, events: TaskEvents): RunningStep => {
    const known = steps.get(task.step) ?? {
      events,
      module: task.module,
      expired: new Int32Array(new SharedArrayBuffer(4)),
      end: new AbortController(),
    };
    known.events = events;
    steps.set(task.step, known);
    return known;
  };

  async function runOnThread(task: ThreadTask, signal: AbortSignal): Promise<TaskResult> {
    const running = (await started()).run(task, { signal }) as Promise<Answer>;
    submitted.add(running);
    try {
      const answer = await running;
      if ("storeFailure" in answer) throw new StoreError(answer.storeFailure);
      if ("failure" in answer) throw new Error(answer.failure);
      return answer.result;
    } catch (error) {
      throw deathOf(error) ?? error;
    } finally {
      submitted.delete(running);
    }
  }

  return {
    jobs,
    async run(task, events) {
      const { expired, end } = stepOf(task, events);
      const taken = new Int32Array(new SharedArrayBuffer(4));
      const threads = task.action === "pieces" ? Math.min(jobs, task.todo?.length ?? 0) : 1;
      const shares = await Promise.allSettled(
        Array.from({ length: threads }, () => runOnThread({ ...task, stop, expired, taken }, end.signal)),
      );
      const errors = shares.flatMap((share) => (share.status === "rejected" ? [share.reason] : []));
      // A piece that failed will fail again; a piece whose worker died may not.
      if (errors.length > 0) throw errors.find((error) => !(error instanceof WorkerDeath)) ?? errors[0];
      const [first] = shares;
      return first?.status === "fulfilled" ? first.value : undefined;
    },
    stop(level) {
      if (Atomics.load(stop, 0) >= level) return;
      Atomics.store(stop, 0, level);
      if (level === STOPPING) setTimeout(() => endModules([...steps.values()]), MODULE_GRACE).unref();
    },
    expire(id, level) {
      const step = steps.get(id);
      if (step) expireStep(id, step, level);
    },
    async close() {
      await Promise.allSettled(submitted);
      await (await pool)?.destroy();
    },
  };
}

/** Milliseconds for modules to end by themselves when the run stops: some never report progress. */
const MODULE_GRACE = 1000;

interface RunningStep {
  events: TaskEvents;
  module?: string;
  /** Read by the threads: one of the numbers of stopLevel.ts. */
  expired: Int32Array;
  end: AbortController;
}

/** Terminates the threads of modules. A thread must not be terminated inside native code; a module is JavaScript. */
function endModules(steps: readonly RunningStep[]): void {
  for (const { module, end } of steps) if (module) end.abort();
}

function expireStep(id: string, step: RunningStep, level: Expiry): void {
  const { module, expired, events } = step;
  Atomics.store(expired, 0, level);
  if (level < OVERDUE) return;
  if (module) endModules([step]);
  else events.warning(`${id} is over its time, and is waited for: it computes in native code`);
}

async function newPool(jobs: number, tell: (message: ThreadMessage) => void): Promise<Piscina> {
  const { Piscina } = await import("piscina");
  disableTelemetry();
  const filename = new URL("./localThread.js", import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: jobs });
  // Errors of a thread without a task. Other errors are those of their tasks. The pool starts another thread.
  pool.on("error", () => {});
  pool.on("message", tell);
  return pool;
}

const lessMemory = "use fewer workers (-j 1), or allow each more by NODE_OPTIONS=--max-old-space-size=<MB>";

/** The death of a worker that gave no answer; undefined for an error of the stage. */
function deathOf(error: unknown): WorkerDeath | undefined {
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY")
    return new WorkerDeath("its worker ran out of memory", lessMemory);
  const message = error instanceof Error ? error.message : String(error);
  const [, exit] = /^worker exited with code: (.*)$/.exec(message) ?? [];
  return exit === undefined ? undefined : new WorkerDeath(`its worker ended by itself, with exit code ${exit}`);
}
