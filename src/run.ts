/** Brings the steps of a plan up to date: what the store has is kept, the rest goes to the worker threads as soon as it is ready. */
import { createHash, randomInt } from "node:crypto";
import type { Cache, CacheRecord, Found } from "./cache.js";
import { canonicalJson } from "./canonicalJson.js";
import { keyOf, type Plan, type Step } from "./plan.js";
import type { Amount, Lineage } from "./stage.js";
import type { Piece, ProgressMessage, Task, TaskInput } from "./worker.js";

export type Outcome =
  | ({ step: Step; state: "cached" | "done" } & Found)
  /** `blocked`: not run, because a step before it failed. */
  | { step: Step; state: "failed" | "blocked"; error: string };

export type RunEvent =
  | { type: "plan"; steps: number; cached: number; jobs: number }
  | { type: "warning"; message: string }
  | { type: "started"; step: Step }
  | { type: "progress"; step: Step; fraction?: number; note?: string | Amount }
  | { type: "finished"; outcome: Outcome; seconds: number };

export interface RunOptions {
  jobs: number;
  /** Run every step, whatever the store has. */
  force?: boolean;
  /** Stop at the first failure; otherwise only what depends on a failed step is left out. */
  failFast?: boolean;
  onEvent?: (event: RunEvent) => void;
  signal?: AbortSignal;
}

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

/** Runs what is not in the store. Resolves to one outcome a step, in the order of the plan; rejects only when `signal` aborts. */
export async function run(plan: Plan, cache: Cache, options: RunOptions): Promise<Outcome[]> {
  const { jobs, force = false, failFast = false, onEvent = () => {}, signal } = options;
  const { hits, warnings } = force ? { hits: new Map<string, Outcome>(), warnings: [] } : inspect(plan, cache);
  for (const message of warnings) onEvent({ type: "warning", message });
  onEvent({ type: "plan", steps: plan.steps.length, cached: hits.size, jobs });
  if (hits.size === plan.steps.length) return plan.steps.map((step) => hits.get(step.id) as Outcome);

  const { Piscina } = await import("piscina");
  const pool = new Piscina({ filename: new URL("./worker.js", import.meta.url).href, minThreads: 1, maxThreads: jobs });
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const pieces = new Map<string, Map<number, PieceProgress>>();
  const starts = new Map<string, number>();
  pool.on("message", ({ step: id, part, fraction, note }: ProgressMessage) => {
    const step = steps.get(id) as Step;
    if (!starts.has(id)) {
      starts.set(id, performance.now());
      onEvent({ type: "started", step });
    }
    const all = pieces.get(id) ?? new Map<number, PieceProgress>();
    const before = all.get(part);
    const amount = typeof note === "object" ? note : before?.amount;
    pieces.set(id, all.set(part, { fraction: fraction ?? before?.fraction, amount }));
    onEvent({ type: "progress", step, ...together([...all.values()]), ...(typeof note === "string" && { note }) });
  });

  const stop = new Int32Array(new SharedArrayBuffer(4));
  const stopAll = () => Atomics.store(stop, 0, 1);
  signal?.addEventListener("abort", stopAll, { once: true });
  const submitted = new Set<Promise<unknown>>();

  /** One task on the pool: the number of pieces for `count`, else the record of what is in the store then. */
  function submit(task: Task): Promise<number | CacheRecord | undefined> {
    const result = pool.run(task) as Promise<number | CacheRecord | undefined>;
    submitted.add(result);
    return result.finally(() => submitted.delete(result));
  }

  /**
   * All pieces of a step, each by its own key, then the whole; the pieces are dropped once the whole is stored. Every worker
   * takes one piece after the other from those that are not there yet.
   */
  async function inPieces(step: Step, task: Task, count: number): Promise<void> {
    const all = Array.from(
      { length: count },
      (_, index): Piece => ({ index, count, key: pieceKey(task.key, index, count) }),
    );
    const todo = all.filter(({ key }) => force || !cache.lookup(key).record);
    const missing = new Set(todo);
    pieces.set(step.id, new Map(all.map((piece) => [piece.index, { fraction: missing.has(piece) ? 0 : 1 }])));
    onEvent({ type: "progress", step, fraction: 1 - todo.length / count });
    const taken = new Int32Array(new SharedArrayBuffer(4));
    const shares = Array.from({ length: Math.min(jobs, todo.length) }, () =>
      submit({ ...task, action: "pieces", todo, taken }),
    );
    await Promise.all(shares);
    const found = all.map(({ key, index }) => {
      const piece = cache.lookup(key);
      if (!piece.record) throw new Error(`piece ${index} of ${step.id} could not be read back from ${cache.folder}`);
      return piece;
    });
    const backends = Object.assign({}, ...found.map(({ record }) => record().provenance.backends));
    const paths = found.map(({ path }) => path);
    await submit({ ...task, action: "join", pieces: paths, backends, kept: count - todo.length });
    for (const { key } of all) cache.remove(key);
  }

  async function execute(
    step: Step,
    key: string,
    preimage: unknown,
    inputs: Record<string, Outcome[]>,
  ): Promise<Outcome> {
    const task: Task = {
      step: step.id,
      stage: step.definition.name,
      module: step.definition.module?.path,
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
    };
    const count = step.definition.parts ? ((await submit({ ...task, action: "count" })) as number) : 1;
    try {
      await (count > 1 ? inPieces(step, task, count) : submit(task));
    } catch (error) {
      // Another run that joined the same pieces has dropped them: then the whole is there.
      if (count === 1 || !cache.lookup(key).record) throw error;
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
    const outcome = bringUpToDate(step);
    outcomes.set(step, outcome);
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
      const known = failed.length === 0 ? hits.get(step.id) : undefined;
      if (known) return known;
      // Another run may have made it since this one began.
      const made = force ? { record: undefined } : cache.lookup(key);
      if (made.record) return { step, state: "cached", ...made };
      const outcome = await execute(step, key, preimage, inputs).catch((error: unknown): Outcome => {
        if (signal?.aborted) throw signal.reason;
        if (Atomics.load(stop, 0) !== 0)
          return { step, state: "blocked", error: "stopped, because another step failed" };
        return { step, state: "failed", error: messageOf(error) };
      });
      onEvent({
        type: "finished",
        outcome,
        seconds: Math.max(0, performance.now() - (starts.get(step.id) ?? Number.POSITIVE_INFINITY)) / 1000,
      });
      if (failFast && outcome.state === "failed") stopAll();
      return outcome;
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
    cache.sweep();
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
