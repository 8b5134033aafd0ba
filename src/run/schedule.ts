/**
 * Brings the steps of a plan up to date: keeps the results in the store, and gives the other steps to an executor as
 * soon as they are ready.
 */
import { randomInt } from "node:crypto";
import { keysOf, type Plan } from "../pipeline/plan.js";
import { keyOf, type Step } from "../pipeline/step.js";
import { type Claimant, releaseOwn } from "../store/claims.js";
import { announceRun } from "../store/liveRuns.js";
import type { Store } from "../store/store.js";
import { isStillIntact } from "../store/verifiedObjects.js";
import type { Executor } from "./executor.js";
import { findStored, type Stored } from "./findStored.js";
import { type Halt, haltOf, type Signals } from "./halt.js";
import type { OnEvent, Outcome } from "./outcome.js";
import { runStep } from "./runStep.js";
import type { SharedFailures } from "./sharedFailures.js";
import { type StepProgress, stepProgress } from "./stepProgress.js";
import type { StepContent, Work } from "./task.js";
import { LeftToOthers, type Turns, turnsOf } from "./turns.js";

/** The number of times that the inputs of a step are computed again when they are damaged during the run. */
const MOST_REPAIRS = 3;

export interface ScheduleOptions extends Signals {
  /** The URL of the module that lists the built-in stages, which workers load. */
  stages: string;
  /** The name of the backend; without it the default. */
  backend?: string;
  /** Runs every step, even if the store has it. */
  force?: boolean;
  /** Stops at the first failure. Otherwise only steps that depend on a failed one are skipped. */
  failFast?: boolean;
  onEvent?: OnEvent;
  /**
   * The number of seconds to wait while other processes compute everything that is ready; then their steps are left to
   * them. Default: unlimited.
   */
  idle?: number;
  /** What failed in other workers of the same run is not computed again. */
  failures?: SharedFailures;
  /**
   * This run, when the caller has announced it because it uses the results afterwards. By default it is announced while
   * steps run.
   */
  claimant?: Claimant;
  /** The results that the caller found in the store. By default they are looked up, or with `force` none. */
  stored?: Stored;
}

/**
 * Runs the steps that are not in the store. Resolves to one outcome per step, in the order of the plan. Rejects only
 * when a signal stops it, or with StoreError when the store cannot be written. The executor is closed afterwards.
 */
export async function schedule(
  plan: Plan,
  store: Store,
  executor: Executor,
  options: ScheduleOptions,
): Promise<Outcome[]> {
  // A run that computes nothing needs no announcement.
  const known = options.stored && outcomesIn(plan, options.stored);
  if (options.stored && known) {
    tellPlan(plan, executor, options.stored, options.onEvent);
    return known;
  }
  const { claimant, withdraw } = options.claimant
    ? { claimant: options.claimant, withdraw: () => {} }
    : announceRun(store.folder, keysOf(plan));
  try {
    return await bringAllUpToDate(plan, store, executor, options, options.force ? undefined : claimant);
  } finally {
    withdraw();
  }
}

/** The state that the steps of one run share. */
interface Run extends Work {
  failFast: boolean;
  halt: Halt;
  turns: Turns;
  /** The results in the store when the run began, by step id, without those that were damaged since. */
  hits: Map<string, Outcome>;
  outcomes: Map<Step, Promise<Outcome>>;
  /** The outcome of each key that is computed, because steps with equal keys run once. */
  running: Map<string, Promise<Outcome>>;
  /** The steps whose stored result was damaged during the run, and the outcomes that no longer hold. */
  repaired: Set<Step>;
  replaced: WeakSet<Outcome>;
}

const isStored = (outcome: Outcome) => !("elsewhere" in outcome);

/** All outcomes, if the store itself has every result. */
function outcomesIn({ steps }: Plan, { hits }: Stored): Outcome[] | undefined {
  if (hits.size < steps.length) return undefined;
  const all = steps.map((step) => hits.get(step.id) as Outcome);
  return all.every(isStored) ? all : undefined;
}

function tellPlan({ steps }: Plan, { jobs }: Executor, { hits, warnings }: Stored, onEvent: OnEvent = () => {}): void {
  for (const message of warnings) onEvent({ type: "warning", message });
  onEvent({ type: "plan", steps, cached: hits, jobs });
}

async function bringAllUpToDate(
  plan: Plan,
  store: Store,
  executor: Executor,
  options: ScheduleOptions,
  claimant: Claimant | undefined,
): Promise<Outcome[]> {
  const {
    stages,
    backend,
    force = false,
    failFast = false,
    onEvent = () => {},
    drain,
    signal,
    idle,
    failures,
    stored = force ? { hits: new Map<string, Outcome>(), warnings: [] } : findStored(plan, store),
  } = options;
  tellPlan(plan, executor, stored, onEvent);
  const known = outcomesIn(plan, stored);
  if (known) return known;
  const { hits } = stored;
  store.requireWritable();
  store.sweep();

  const halt = haltOf(executor, { drain, signal });
  const turns = turnsOf(executor.jobs, idle, halt);
  const run: Run = {
    ...{ plan, store, executor, stages, backend, force, failFast, onEvent, claimant, halt, turns, hits, failures },
    pause: turns.pause,
    outcomes: new Map(),
    running: new Map(),
    repaired: new Set(),
    replaced: new WeakSet(),
  };
  try {
    await Promise.allSettled(shuffled(plan.steps).map((step) => outcomeOf(run, step)));
    return await allOutcomes(run);
  } finally {
    await executor.close();
    store.remember();
  }
}

/** The outcomes of all steps. Results that were damaged after their use are computed again. */
async function allOutcomes(run: Run): Promise<Outcome[]> {
  for (let tries = 1; ; tries++) {
    const all = await Promise.all(run.plan.steps.map((step) => outcomeOf(run, step)));
    const damaged = all.filter(isDamaged);
    if (damaged.length === 0 || tries > MOST_REPAIRS) return all;
    for (const outcome of damaged) makeAgain(run, outcome);
  }
}

function outcomeOf(run: Run, step: Step): Promise<Outcome> {
  const known = run.outcomes.get(step);
  if (known) return known;
  const hit = run.hits.get(step.id);
  const outcome = hit && isStored(hit) ? Promise.resolve(hit) : bringUpToDate(run, step);
  run.outcomes.set(step, outcome);
  return outcome;
}

/** Runs a step until its inputs are intact, too. Results that are damaged meanwhile are computed again. */
async function bringUpToDate(run: Run, step: Step): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    const ports = Object.entries(step.inputs).map(
      async ([port, sources]) => [port, await Promise.all(sources.map((source) => outcomeOf(run, source)))] as const,
    );
    const inputs = Object.fromEntries(await Promise.all(ports));
    const { outcome, seconds, key } = await outcomeWith(run, step, inputs);
    const damaged = outcome.state === "failed" ? Object.values(inputs).flat().filter(isDamaged) : [];
    if (damaged.length === 0 || tries > MOST_REPAIRS) return finished(run, outcome, seconds);
    for (const input of damaged) makeAgain(run, input);
    run.running.delete(key);
  }
}

function finished({ onEvent, failFast, halt }: Run, outcome: Outcome, seconds: number): Outcome {
  onEvent({ type: "finished", outcome, seconds });
  if (failFast && outcome.state === "failed") halt.stopAll();
  return outcome;
}

/** The outcome of a step with these inputs, the seconds that it ran, and its key. */
async function outcomeWith(run: Run, step: Step, inputs: StepContent["inputs"]) {
  const failed = Object.values(inputs)
    .flat()
    .filter((input) => "error" in input);
  const all = Object.values(step.inputs).flat().length;
  if (failed.length > 0 && (!step.definition.fanIn || failed.length === all)) {
    const error = `needs ${failed.map((input) => input.step.id).join(", ")}`;
    return { outcome: { step, state: "blocked", error } satisfies Outcome, seconds: 0, key: step.key };
  }
  const failures = new Map(failed.map((input) => [input.step, input.error]));
  const { key, preimage } = failed.length > 0 ? keyOf(step, failures) : step;
  const twin = run.running.get(key);
  if (twin) {
    const made = await twin;
    const outcome: Outcome = "error" in made ? { ...made, step } : { ...made, step, state: "cached" };
    return { outcome, seconds: 0, key };
  }
  const progress = stepProgress(step, run.onEvent);
  const fresh = made(run, step, { key, preimage, inputs }, progress);
  run.running.set(key, fresh);
  const outcome = await fresh;
  return { outcome, seconds: secondsOf(outcome) ?? progress.seconds(), key };
}

async function made(run: Run, step: Step, content: StepContent, progress: StepProgress): Promise<Outcome> {
  const { store, turns, halt } = run;
  await turns.take();
  try {
    // Another run may have computed it since this one began.
    const found = run.force && !run.repaired.has(step) ? { record: undefined } : store.lookup(content.key);
    if (found.record) {
      return { step, state: "cached", ...(found.elsewhere ? store.adopt(content.key, found) : found) };
    }
    if (halt.isInterrupted()) throw new Error("stopped");
    const elsewhere = run.executor.left?.(step, content.key);
    if (elsewhere) return await madeElsewhere(run, step, content.key, elsewhere);
    run.failures?.requireNone(content.key);
    return { step, ...(await runStep(run, step, content, progress)) };
  } catch (error) {
    if (error instanceof LeftToOthers) return { step, state: "blocked", error: error.message };
    return endedBy(run, step, content.key, error);
  } finally {
    turns.giveBack();
  }
}

/** The outcome of a step that ended with an error. Others may take the step only when they can know that it failed. */
function endedBy({ halt, failures, claimant, store }: Run, step: Step, key: string, error: unknown): Outcome {
  try {
    const outcome = halt.outcomeOfError(step, error);
    if ("error" in outcome && outcome.state === "failed") failures?.add(key, outcome.error);
    return outcome;
  } finally {
    if (claimant) releaseOwn(store.folder, key, claimant);
  }
}

/** Waits for the result of another process. */
async function madeElsewhere({ store, turns }: Run, step: Step, key: string, ended: Promise<void>): Promise<Outcome> {
  let isWaiting = true;
  const end = () => {
    isWaiting = false;
  };
  ended.then(end, end);
  for (let tries = 1; isWaiting; tries++) await turns.pause(tries, ended);
  await ended;
  const found = store.lookAgain(key);
  if (!found.record) throw new Error(`the result could not be read back from ${store.folder}: ${found.warning}`);
  return { step, state: "done", ...found };
}

const isDamaged = (outcome: Outcome) => "path" in outcome && !isStillIntact(outcome);

/** The next request for the outcome of this step brings it up to date again. */
function makeAgain(run: Run, outcome: Outcome): void {
  // Several steps may find the same damage.
  if (run.replaced.has(outcome)) return;
  run.replaced.add(outcome);
  const { step } = outcome;
  const what = "path" in outcome ? outcome.path : "its result";
  const message = `${step.id}: ${what} was changed or removed during the run; it is made again`;
  run.onEvent({ type: "warning", message });
  run.repaired.add(step);
  run.hits.delete(step.id);
  run.outcomes.delete(step);
  run.running.delete(step.key);
}

/** The seconds that the step computed, summed over its pieces; undefined when it did not succeed here. */
function secondsOf(outcome: Outcome): number | undefined {
  if (outcome.state !== "done") return undefined;
  const { seconds } = outcome.record().provenance;
  return typeof seconds === "number" ? seconds : undefined;
}

/** Two simultaneous runs start at different steps, and so share the work. No result depends on this order. */
function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
