/** Brings the steps of a plan up to date: what the store has is kept, the rest goes to the worker threads as soon as it is ready. */
import { createHash, randomInt } from "node:crypto";
import { canonicalJson } from "../artifact/canonicalJson.js";
import { keyOf, type Plan, type Step } from "../pipeline/plan.js";
import type { Amount, Lineage } from "../stage.js";
import { StoreError } from "../store/atomicFile.js";
import type { Cache, CacheRecord, Found } from "../store/cache.js";
import { appendToLog, startLog } from "./stepLog.js";
import { DRAINING, GOING_ON, raise, STOPPING, STORE_FAILED } from "./stopping.js";
import { timeLimit } from "./timeLimit.js";
import type { Piece, ProgressMessage, Task, TaskInput } from "./worker.js";

export type Outcome =
  | ({ step: Step; state: "cached" | "done" } & Found)
  /** `blocked`: not run, because a step before it failed. */
  | { step: Step; state: "failed" | "blocked"; error: string };

export type RunEvent =
  | { type: "plan"; steps: readonly Step[]; cached: ReadonlyMap<string, Outcome>; jobs: number }
  | { type: "warning"; message: string }
  | { type: "started"; step: Step }
  | { type: "progress"; step: Step; fraction?: number; note?: string | Amount }
  | { type: "finished"; outcome: Outcome; seconds: number };

export interface RunOptions {
  /** The address of the module that lists the built-in stages; workers load it. */
  stages: string;
  jobs: number;
  /** Run every step, whatever the store has. */
  force?: boolean;
  /** Stop at the first failure; otherwise only what depends on a failed step is left out. */
  failFast?: boolean;
  onEvent?: (event: RunEvent) => void;
  /** Nothing new is begun; what runs ends after its piece, or where it keeps how far it is. */
  drain?: AbortSignal;
  /** What runs ends at its next word of progress. */
  signal?: AbortSignal;
}

/** How often a step is tried again whose worker died. */
const RETRIES = 2;

/** Which steps the store has, by step id; warnings about damaged records. Nothing is written. */
export function inspect({ steps }: Plan, cache: Cache): { hits: Map<string, Outcome>; warnings: string[] } {
  const hits = new Map<string, Outcome>();
  const warnings = new Set<string>();
  for (const step of steps) {
    const found = cache.lookup(step.key);
    if (found.record) hits.set(step.id, { step, state: "cached", ...found });
    else if (found.warning) warnings.add(`${step.id}: ${found.warning}`);
  }
  cache.remember();
  return { hits, warnings: [...warnings] };
}

/** Runs what is not in the store. Resolves to one outcome a step, in the order of the plan; rejects only when
 * a signal stops it, or with StoreError where the store cannot be written. */
export async function run(plan: Plan, cache: Cache, options: RunOptions): Promise<Outcome[]> {
  const { jobs, force = false, failFast = false, onEvent = () => {}, drain, signal } = options;
  const { hits, warnings } = force ? { hits: new Map<string, Outcome>(), warnings: [] } : inspect(plan, cache);
  for (const message of warnings) onEvent({ type: "warning", message });
  onEvent({ type: "plan", steps: plan.steps, cached: hits, jobs });
  const isStored = (outcome: Outcome) => !("elsewhere" in outcome);
  if (hits.size === plan.steps.length && [...hits.values()].every(isStored)) {
    return plan.steps.map((step) => hits.get(step.id) as Outcome);
  }
  cache.requireWritable();
  cache.sweep();

  const { Piscina } = await import("piscina");
  const pool = new Piscina({ filename: new URL("./worker.js", import.meta.url).href, minThreads: 1, maxThreads: jobs });
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const pieces = new Map<string, Map<number, PieceProgress>>();
  const starts = new Map<string, number>();
  const limits = new Map<string, ReturnType<typeof timeLimit>>();
  // Of a thread that has no task; the others' errors are those of their tasks.
  pool.on("error", (error) => onEvent({ type: "warning", message: `a worker ended: ${messageOf(error)}` }));
  pool.on("message", ({ step: id, part, fraction, note }: ProgressMessage) => {
    const step = steps.get(id) as Step;
    if (!starts.has(id)) {
      starts.set(id, performance.now());
      limits.get(id)?.start();
      onEvent({ type: "started", step });
    }
    const all = pieces.get(id) ?? new Map<number, PieceProgress>();
    const before = all.get(part);
    const amount = typeof note === "object" ? note : before?.amount;
    pieces.set(id, all.set(part, { fraction: fraction ?? before?.fraction, amount }));
    onEvent({ type: "progress", step, ...together([...all.values()]), ...(typeof note === "string" && { note }) });
  });

  const stop = new Int32Array(new SharedArrayBuffer(4));
  const stopAll = () => raise(stop, STOPPING);
  signal?.addEventListener("abort", stopAll, { once: true });
  drain?.addEventListener("abort", () => raise(stop, DRAINING), { once: true });
  const submitted = new Set<Promise<unknown>>();

  /** One task on the pool: the number of pieces for `count`, else the record of what is in the store then. */
  function submit(task: Task, end?: AbortSignal): Promise<number | CacheRecord | undefined> {
    const result = pool.run(task, end && { signal: end }) as Promise<number | CacheRecord | undefined>;
    submitted.add(result);
    return result.finally(() => submitted.delete(result));
  }

  /** What `attempt` gives; it is made again, by a fresh worker, while workers die of it. */
  async function persistently<T>({ id, key }: Pick<Step, "id" | "key">, attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        const death = deathOf(error);
        if (death === undefined) throw error;
        appendToLog(cache.folder, key, `${death}\n`);
        if (tries > RETRIES)
          throw new Error(`${death}, ${tries} times${isOutOfMemory(error) ? `; ${lessMemory}` : ""}`);
        onEvent({ type: "warning", message: `${id}: ${death}; a fresh worker tries again` });
      }
    }
  }

  /**
   * All pieces of a step, each by its own key, then the whole; the pieces are dropped once the whole is stored. Every worker
   * takes one piece after the other from those that are not there yet.
   */
  async function inPieces(step: Step, task: Task, count: number, end: AbortSignal): Promise<void> {
    const all = Array.from(
      { length: count },
      (_, index): Piece => ({ index, count, key: pieceKey(task.key, index, count) }),
    );
    const todo = all.filter(({ key }) => force || !cache.lookup(key).record);
    const missing = new Set(todo);
    pieces.set(step.id, new Map(all.map((piece) => [piece.index, { fraction: missing.has(piece) ? 0 : 1 }])));
    onEvent({ type: "progress", step, fraction: 1 - todo.length / count });
    let left = todo;
    await persistently({ id: step.id, key: task.key }, async () => {
      const taken = new Int32Array(new SharedArrayBuffer(4));
      const shares = await Promise.allSettled(
        Array.from({ length: Math.min(jobs, left.length) }, () =>
          submit({ ...task, action: "pieces", todo: left, taken }, end),
        ),
      );
      left = left.filter(({ key }) => !cache.lookup(key).record);
      const errors = shares.flatMap((share) => (share.status === "rejected" ? [share.reason] : []));
      // A piece that failed will do so again; one whose worker died may not.
      if (errors.length > 0) throw errors.find((error) => deathOf(error) === undefined) ?? errors[0];
    });
    const found = all.map(({ key, index }) => {
      const piece = cache.lookup(key);
      if (!piece.record) throw new Error(`piece ${index} of ${step.id} could not be read back from ${cache.folder}`);
      return piece;
    });
    const backends = Object.assign({}, ...found.map(({ record }) => record().provenance.backends));
    const paths = found.map(({ path }) => path);
    await persistently({ id: step.id, key: task.key }, () =>
      submit({ ...task, action: "join", pieces: paths, backends, kept: count - todo.length }, end),
    );
    for (const { key } of all) cache.remove(key);
  }

  async function execute(
    step: Step,
    key: string,
    preimage: unknown,
    inputs: Record<string, Outcome[]>,
  ): Promise<Outcome> {
    startLog(cache.folder, key);
    const end = new AbortController();
    const limit = timeLimit(step.timeout, () => {
      const { module } = step.definition;
      // Only what is known to be JavaScript.
      if (module) end.abort();
      else
        onEvent({
          type: "warning",
          message: `${step.id} is over its time, and is waited for: it computes in native code`,
        });
    });
    limits.set(step.id, limit);
    const task: Task = {
      step: step.id,
      stage: step.definition.name,
      module: step.definition.module?.path,
      stages: options.stages,
      params: step.params,
      folder: plan.pipeline.file.folderOf([]),
      inputs: Object.fromEntries(Object.entries(inputs).map(([port, outcomes]) => [port, outcomes.map(taskInput)])),
      files: step.files,
      pipeline: step.pipeline,
      lineage: step.definition.showsPipeline ? lineageOf(step) : undefined,
      cacheFolder: cache.folder,
      key,
      preimage,
      action: "run",
      stop,
      expired: limit.expired,
    };
    const attempt = (action: "count" | "run") =>
      persistently({ id: step.id, key }, () => submit({ ...task, action }, end.signal));
    let count = 1;
    try {
      count = step.definition.parts ? ((await attempt("count")) as number) : 1;
      await (count > 1 ? inPieces(step, task, count, end.signal) : attempt("run"));
    } catch (error) {
      if (limit.isOver()) throw new Error(`it took longer than its timeout of ${step.timeout} s`);
      // Another run that joined the same pieces has dropped them: then the whole is there.
      if (count === 1 || !cache.lookup(key).record) throw error;
    } finally {
      limit.end();
    }
    const stored = cache.lookup(key);
    if (!stored.record) throw new Error(`the result could not be read back from ${cache.folder}: ${stored.warning}`);
    return { step, state: "done", ...stored };
  }

  const running = new Map<string, Promise<Outcome>>();
  const outcomes = new Map<Step, Promise<Outcome>>();
  function outcomeOf(step: Step): Promise<Outcome> {
    const known = outcomes.get(step);
    if (known) return known;
    const hit = hits.get(step.id);
    const outcome = hit && isStored(hit) ? Promise.resolve(hit) : bringUpToDate(step).then(finished);
    outcomes.set(step, outcome);
    return outcome;
  }

  function finished(outcome: Outcome): Outcome {
    const now = performance.now();
    onEvent({ type: "finished", outcome, seconds: (now - (starts.get(outcome.step.id) ?? now)) / 1000 });
    if (failFast && outcome.state === "failed") stopAll();
    return outcome;
  }

  async function bringUpToDate(step: Step): Promise<Outcome> {
    const ports = Object.entries(step.inputs).map(
      async ([port, sources]) => [port, await Promise.all(sources.map(outcomeOf))] as const,
    );
    const inputs = Object.fromEntries(await Promise.all(ports));
    const failed = Object.values(inputs)
      .flat()
      .filter((input) => "error" in input);
    const all = Object.values(step.inputs).flat().length;
    if (failed.length > 0 && (!step.definition.fanIn || failed.length === all)) {
      return { step, state: "blocked", error: `needs ${failed.map((input) => input.step.id).join(", ")}` };
    }
    const failures = new Map(failed.map((input) => [input.step, input.error]));
    const { key, preimage } = failed.length > 0 ? keyOf(step, failures) : step;
    // Steps with equal keys run once.
    const twin = running.get(key);
    if (twin) {
      const outcome = await twin;
      return "error" in outcome ? { ...outcome, step } : { ...outcome, step, state: "cached" };
    }
    const fresh = (async (): Promise<Outcome> => {
      // Another run may have made it since this one began.
      const made = force ? { record: undefined } : cache.lookup(key);
      if (made.record) return { step, state: "cached", ...(made.elsewhere ? cache.adopt(key, made) : made) };
      return execute(step, key, preimage, inputs).catch((error: unknown): Outcome => {
        if (Atomics.load(stop, 0) === STORE_FAILED) throw new StoreError(messageOf(error));
        if (signal?.aborted) throw signal.reason;
        if (drain?.aborted) throw drain.reason;
        if (Atomics.load(stop, 0) !== GOING_ON)
          return { step, state: "blocked", error: "stopped, because another step failed" };
        return { step, state: "failed", error: messageOf(error) };
      });
    })();
    running.set(key, fresh);
    return fresh;
  }

  try {
    await Promise.allSettled(shuffled(plan.steps).map(outcomeOf));
    return await Promise.all(plan.steps.map(outcomeOf));
  } finally {
    await Promise.allSettled(submitted);
    await pool.destroy();
    cache.remember();
  }
}

function taskInput(outcome: Outcome): TaskInput {
  const { title, point } = outcome.step;
  return "error" in outcome
    ? { stage: title, point, error: outcome.error }
    : { stage: title, point, path: outcome.path };
}

function pieceKey(whole: string, index: number, count: number): string {
  return createHash("sha256").update(canonicalJson({ whole, index, count })).digest("hex");
}

interface PieceProgress {
  fraction?: number;
  amount?: Amount;
}

/** How far a step is whose pieces are so far: the mean of the known fractions, the sum of the amounts. */
function together(pieces: PieceProgress[]): { fraction?: number; note?: Amount } {
  const known = pieces.flatMap(({ fraction }) => fraction ?? []);
  const amounts = pieces.flatMap(({ amount }) => amount ?? []);
  return {
    ...(known.length > 0 && { fraction: known.reduce((sum, share) => sum + share, 0) / pieces.length }),
    ...(amounts.length > 0 && {
      note: { done: amounts.reduce((sum, { done }) => sum + done, 0), unit: amounts[0].unit },
    }),
  };
}

/** All steps before this one, in the order of the plan. */
function lineageOf(step: Step): Lineage[] {
  const seen = new Set<Step>();
  const visit = (at: Step) => {
    for (const source of Object.values(at.inputs).flat()) {
      if (seen.has(source)) continue;
      visit(source);
      seen.add(source);
    }
  };
  visit(step);
  return [...seen].map(({ id, definition, key, params }) => ({
    step: id,
    uses: definition.name,
    version: definition.version,
    key,
    params,
  }));
}

/** Two runs at once start at different steps, and so share the work. No result depends on this order. */
function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** How a worker ended that gave no answer; undefined for an error of the stage. */
function deathOf(error: unknown): string | undefined {
  if (isOutOfMemory(error)) return "its worker ran out of memory";
  const [, exit] = /^worker exited with code: (.*)$/.exec(messageOf(error)) ?? [];
  return exit === undefined ? undefined : `its worker ended by itself, with exit code ${exit}`;
}

const lessMemory = "use fewer workers (-j 1), or allow each more by NODE_OPTIONS=--max-old-space-size=<MB>";

function isOutOfMemory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const isMemory = error instanceof RangeError && /allocation failed/i.test(message);
  return isMemory ? `${message}: there is not enough memory; use fewer workers (-j 1)` : message;
}
