/**
 * Brings the steps of a plan up to date: keeps what the store has, and gives the rest to an executor as soon as it is
 * ready.
 */
import { randomInt } from "node:crypto";
import type { Plan } from "../pipeline/plan.js";
import { keyOf, type Step } from "../pipeline/step.js";
import { StoreError } from "../store/atomicFile.js";
import type { Claimant } from "../store/claims.js";
import { announceRun } from "../store/liveRuns.js";
import type { Store } from "../store/store.js";
import { isStillIntact } from "../store/verifiedObjects.js";
import type { Executor } from "./executor.js";
import { findStored } from "./findStored.js";
import type { OnEvent, Outcome } from "./outcome.js";
import { runStep, type StepContent, type Work } from "./runStep.js";
import { slots } from "./slots.js";
import { type StepProgress, stepProgress } from "./stepProgress.js";
import { DRAINING, STOPPING } from "./stopLevel.js";

/** Milliseconds between two looks at a step that another process computes. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2000;

class LeftToOthers extends Error {
  override readonly message = "another process computes it";
}

/** How often the results that one step needs are made again when they are damaged during the run. */
const MOST_REPAIRS = 3;

export interface ScheduleOptions {
  /** The address of the module that lists the built-in stages; workers load it. */
  stages: string;
  /** The name of the backend that computes; without it the default. */
  backend?: string;
  /** Run every step, whatever the store has. */
  force?: boolean;
  /** Stop at the first failure; otherwise only what depends on a failed step is left out. */
  failFast?: boolean;
  onEvent?: OnEvent;
  /**
   * Seconds to wait while other processes compute all that is ready; then their steps are left to them. Default: any
   * time.
   */
  idle?: number;
  /** Nothing new begins; what runs ends after its piece, or where it keeps its state. */
  drain?: AbortSignal;
  /** What runs ends when it next reports progress. */
  signal?: AbortSignal;
}

/**
 * Runs what is not in the store. Resolves to one outcome a step, in the order of the plan; rejects only when a signal
 * stops it, or with StoreError where the store cannot be written. The executor is closed then.
 */
export async function schedule(
  plan: Plan,
  store: Store,
  executor: Executor,
  options: ScheduleOptions,
): Promise<Outcome[]> {
  const { claimant, withdraw } = announceRun(
    store.folder,
    plan.steps.map(({ key }) => key),
  );
  try {
    return await bringAllUpToDate(plan, store, executor, options, options.force ? undefined : claimant);
  } finally {
    withdraw();
  }
}

async function bringAllUpToDate(
  plan: Plan,
  store: Store,
  executor: Executor,
  { stages, backend, force = false, failFast = false, onEvent = () => {}, drain, signal, idle }: ScheduleOptions,
  claimant: Claimant | undefined,
): Promise<Outcome[]> {
  const { hits, warnings } = force ? { hits: new Map<string, Outcome>(), warnings: [] } : findStored(plan, store);
  for (const message of warnings) onEvent({ type: "warning", message });
  onEvent({ type: "plan", steps: plan.steps, cached: hits, jobs: executor.jobs });
  const isStored = (outcome: Outcome) => !("elsewhere" in outcome);
  if (hits.size === plan.steps.length && [...hits.values()].every(isStored)) {
    return plan.steps.map((step) => hits.get(step.id) as Outcome);
  }
  store.requireWritable();
  store.sweep();

  const busy = slots(executor.jobs);
  let lastBusy = performance.now();
  /** Waits while another process computes; gives its slot to another step meanwhile. */
  async function pause(tries: number): Promise<void> {
    busy.giveBack();
    await new Promise((wake) => setTimeout(wake, Math.min(LONGEST_PAUSE, FIRST_PAUSE * tries)));
    const isBusy = busy.isBusy();
    await busy.take();
    if (isBusy) lastBusy = performance.now();
    if (isStopped || drain?.aborted) throw new Error("stopped");
    if (performance.now() - lastBusy > 1000 * (idle ?? Number.POSITIVE_INFINITY)) throw new LeftToOthers();
  }

  const work: Work = { plan, store, executor, stages, backend, force, onEvent, claimant, pause };
  let storeFailure: StoreError | undefined;
  let isStopped = false;
  const stopAll = () => {
    isStopped = true;
    executor.stop(STOPPING);
  };
  signal?.addEventListener("abort", stopAll, { once: true });
  drain?.addEventListener("abort", () => executor.stop(DRAINING), { once: true });

  /** The outcome of a step that ended by an error; throws where the whole run ends by it. */
  function outcomeOfError(step: Step, error: unknown): Outcome {
    if (error instanceof StoreError) {
      storeFailure ??= error;
      stopAll();
    }
    if (storeFailure) throw storeFailure;
    if (signal?.aborted) throw signal.reason;
    if (drain?.aborted) throw drain.reason;
    if (isStopped) return { step, state: "blocked", error: "stopped, because another step failed" };
    return { step, state: "failed", error: error instanceof Error ? error.message : String(error) };
  }

  const running = new Map<string, Promise<Outcome>>();
  /** Steps whose stored result was damaged during the run. */
  const repaired = new Set<Step>();
  const replaced = new WeakSet<Outcome>();
  const outcomes = new Map<Step, Promise<Outcome>>();
  function outcomeOf(step: Step): Promise<Outcome> {
    const known = outcomes.get(step);
    if (known) return known;
    const hit = hits.get(step.id);
    const outcome = hit && isStored(hit) ? Promise.resolve(hit) : bringUpToDate(step);
    outcomes.set(step, outcome);
    return outcome;
  }

  function finished(outcome: Outcome, seconds = 0): Outcome {
    onEvent({ type: "finished", outcome, seconds });
    if (failFast && outcome.state === "failed") stopAll();
    return outcome;
  }

  /** Runs a step until its inputs, too, are intact: what damages the store meanwhile is made again. */
  async function bringUpToDate(step: Step): Promise<Outcome> {
    for (let tries = 1; ; tries++) {
      const ports = Object.entries(step.inputs).map(
        async ([port, sources]) => [port, await Promise.all(sources.map(outcomeOf))] as const,
      );
      const inputs = Object.fromEntries(await Promise.all(ports));
      const { outcome, seconds, key } = await outcomeWith(step, inputs);
      const damaged = outcome.state === "failed" ? Object.values(inputs).flat().filter(isDamaged) : [];
      if (damaged.length === 0 || tries > MOST_REPAIRS) return finished(outcome, seconds);
      for (const input of damaged) makeAgain(input);
      running.delete(key);
    }
  }

  /** The outcome of a step with these inputs, the seconds that it ran, and its key. */
  async function outcomeWith(step: Step, inputs: StepContent["inputs"]) {
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
    // Steps with equal keys run once.
    const twin = running.get(key);
    if (twin) {
      const made = await twin;
      const outcome: Outcome = "error" in made ? { ...made, step } : { ...made, step, state: "cached" };
      return { outcome, seconds: 0, key };
    }
    const progress = stepProgress(step, onEvent);
    const fresh = made(step, { key, preimage, inputs }, progress);
    running.set(key, fresh);
    const outcome = await fresh;
    return { outcome, seconds: secondsOf(outcome) ?? progress.seconds(), key };
  }

  async function made(step: Step, content: StepContent, progress: StepProgress): Promise<Outcome> {
    await busy.take();
    try {
      // Another run may have made it since this one began.
      const found = force && !repaired.has(step) ? { record: undefined } : store.lookup(content.key);
      if (found.record) {
        return { step, state: "cached", ...(found.elsewhere ? store.adopt(content.key, found) : found) };
      }
      if (signal?.aborted || drain?.aborted) throw new Error("stopped");
      return { step, ...(await runStep(work, step, content, progress)) };
    } catch (error) {
      if (error instanceof LeftToOthers) return { step, state: "blocked", error: error.message };
      return outcomeOfError(step, error);
    } finally {
      busy.giveBack();
    }
  }

  const isDamaged = (outcome: Outcome) => "path" in outcome && !isStillIntact(outcome);

  /** Whoever asks for the outcome of this step next brings it up to date again. */
  function makeAgain(outcome: Outcome): void {
    // Several steps may find the same damage.
    if (replaced.has(outcome)) return;
    replaced.add(outcome);
    const { step } = outcome;
    const what = "path" in outcome ? outcome.path : "its result";
    onEvent({
      type: "warning",
      message: `${step.id}: ${what} was changed or removed during the run; it is made again`,
    });
    repaired.add(step);
    hits.delete(step.id);
    outcomes.delete(step);
    running.delete(step.key);
  }

  /** The outcomes of all steps. Results that were damaged after they were used are made again. */
  async function allOutcomes(): Promise<Outcome[]> {
    for (let tries = 1; ; tries++) {
      const all = await Promise.all(plan.steps.map(outcomeOf));
      const damaged = all.filter(isDamaged);
      if (damaged.length === 0 || tries > MOST_REPAIRS) return all;
      for (const outcome of damaged) makeAgain(outcome);
    }
  }

  try {
    await Promise.allSettled(shuffled(plan.steps).map(outcomeOf));
    return await allOutcomes();
  } finally {
    await executor.close();
    store.remember();
  }
}

/** The seconds that the step computed, its pieces added up; undefined where it did not end well here. */
function secondsOf(outcome: Outcome): number | undefined {
  if (outcome.state !== "done") return undefined;
  const { seconds } = outcome.record().provenance;
  return typeof seconds === "number" ? seconds : undefined;
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
