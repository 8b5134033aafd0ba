/** Runs one step on an executor: whole, or all its pieces and then their join. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../artifact/canonicalJson.js";
import type { Plan } from "../pipeline/plan.js";
import type { Step } from "../pipeline/step.js";
import type { Amount, Lineage } from "../stage.js";
import { type Claimant, claim, isClaimed, pieceClaim, release } from "../store/claims.js";
import type { Store } from "../store/store.js";
import {
  type Executor,
  type Piece,
  type Task,
  type TaskEvents,
  type TaskInput,
  type TaskResult,
  WorkerDeath,
} from "./executor.js";
import type { OnEvent, Outcome } from "./outcome.js";
import { appendToLog, startLog } from "./stepLog.js";
import type { StepProgress } from "./stepProgress.js";
import { timeLimit } from "./timeLimit.js";

/** How often pieces are computed that nobody claims and that cannot be read back. */
const MOST_UNCLAIMED = 3;

/** What all steps of a run share. */
export interface Work {
  plan: Plan;
  store: Store;
  executor: Executor;
  /** The address of the module that lists the built-in stages. */
  stages: string;
  backend?: string;
  force: boolean;
  claimant?: Claimant;
  /** Resolves after a while, longer each time; rejects when the run does not wait any more. */
  pause(tries: number): Promise<void>;
  onEvent: OnEvent;
}

/** The content of a step: its key, which differs from that of the plan where inputs failed, and the inputs. */
export interface StepContent {
  key: string;
  preimage: unknown;
  inputs: Record<string, Outcome[]>;
}

/** How often a task is tried again whose worker died. */
const RETRIES = 2;

/**
 * Runs a step, and gives what is stored then: `cached` where another process has computed it. Rejects as Executor.run,
 * and when the step takes longer than its timeout.
 */
export async function runStep(work: Work, step: Step, content: StepContent, progress: StepProgress) {
  const { store, executor, onEvent } = work;
  const { key } = content;
  startLog(store.folder, key);
  const limit = timeLimit(step.timeout, (level) => executor.expire(step.id, level));
  const events: TaskEvents = {
    progress(report) {
      limit.start();
      progress.report(report);
    },
    warning: (message) => onEvent({ type: "warning", message }),
  };

  /** Runs a task; while workers die of it, another worker tries again. `next` gives what is left to do. */
  async function persistently(next: () => Task): Promise<TaskResult> {
    for (let tries = 1; ; tries++) {
      try {
        return await executor.run(next(), events);
      } catch (error) {
        if (!(error instanceof WorkerDeath)) throw error;
        const { message, advice } = error;
        appendToLog(store.folder, key, `${message}\n`);
        if (tries > RETRIES) throw new Error(`${message}, ${tries} times${advice && `; ${advice}`}`);
        events.warning(`${step.id}: ${message}; a fresh worker tries again`);
      }
    }
  }

  /** All pieces of a step, each by its own key, then the whole; the pieces are dropped once the whole is stored. */
  async function inPieces(task: Task, count: number): Promise<boolean> {
    const all = Array.from(
      { length: count },
      (_, index): Piece => ({ index, count, key: pieceKey(task.key, index, count) }),
    );
    const todo = all.filter(({ key }) => work.force || !store.lookup(key).record);
    progress.split(all, todo);
    const missing = (pieces: Piece[]) => pieces.filter(({ key }) => !store.lookup(key).record);
    let left = todo;
    let isFirst = true;
    let unclaimed = 0;
    for (let tries = 0; left.length > 0 && unclaimed < MOST_UNCLAIMED; tries++) {
      if (tries > 0) await work.pause(tries);
      await persistently(() => {
        if (!isFirst) left = missing(left);
        isFirst = false;
        return { ...task, action: "pieces", todo: left };
      });
      left = missing(left);
      // Another process that joined the same pieces has dropped them.
      if (left.length > 0 && !work.force && store.lookup(key).record) return false;
      // Pieces that are still missing are those that other processes compute.
      unclaimed = left.some((piece) => isClaimed(store.folder, pieceClaim(key, piece.index))) ? 0 : unclaimed + 1;
    }
    return claimed(async () => {
      const found = all.map(({ key, index }) => {
        const piece = store.lookup(key);
        if (!piece.record) throw new Error(`piece ${index} of ${step.id} could not be read back from ${store.folder}`);
        return piece;
      });
      const backends = Object.assign({}, ...found.map(({ record }) => record().provenance.backends));
      const pieces = found.map(({ path }) => path);
      const secondsOfPieces = found.reduce((sum, { record }) => sum + Number(record().provenance.seconds ?? 0), 0);
      const amount = amountTogether(found.map(({ record }) => record().provenance.amount as Amount | undefined));
      const kept = count - todo.length;
      await persistently(() => ({ ...task, action: "join", pieces, backends, secondsOfPieces, amount, kept }));
      for (const { key } of all) store.remove(key);
    });
  }

  /** Computes the whole unless another process does; waits for that one then. Gives whether it was computed here. */
  async function claimed(compute: () => Promise<unknown>): Promise<boolean> {
    const { claimant, force } = work;
    for (let tries = 0; ; tries++) {
      if (tries > 0) await work.pause(tries);
      if (tries > 0 && !force && store.lookAgain(key).record) return false;
      if (claimant && claim(store.folder, key, claimant)) continue;
      try {
        // It may have been stored between the look and the claim.
        if (claimant && !force && store.lookAgain(key).record) return false;
        await compute();
        return true;
      } finally {
        if (claimant) release(store.folder, key);
      }
    }
  }

  const task = taskOf(work, step, content);
  let count = 1;
  let isOurs = true;
  try {
    if (step.definition.parts) count = (await persistently(() => ({ ...task, action: "count" }))) as number;
    isOurs = count > 1 ? await inPieces(task, count) : await claimed(() => persistently(() => task));
  } catch (error) {
    if (limit.isOver()) throw new Error(`it took longer than its timeout of ${step.timeout} s`);
    // Another run that joined the same pieces has dropped them: then the whole is there.
    if (count === 1 || !store.lookup(key).record) throw error;
  } finally {
    limit.end();
  }
  const stored = store.lookup(key);
  if (!stored.record) throw new Error(`the result could not be read back from ${store.folder}: ${stored.warning}`);
  const state: "done" | "cached" = isOurs ? "done" : "cached";
  return { state, ...stored };
}

/** Undefined where no piece told an amount. */
function amountTogether(amounts: readonly (Amount | undefined)[]): Amount | undefined {
  const known = amounts.flatMap((amount) => amount ?? []);
  return known.length === 0 ? undefined : { done: known.reduce((sum, { done }) => sum + done, 0), unit: known[0].unit };
}

function taskOf(
  { plan, store, stages, backend, claimant }: Work,
  step: Step,
  { key, preimage, inputs }: StepContent,
): Task {
  return {
    step: step.id,
    stage: step.definition.name,
    module: step.definition.module?.path,
    stages,
    backend,
    params: step.params,
    folder: plan.pipeline.file.folderOf([]),
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, outcomes]) => [port, outcomes.map(taskInput)])),
    files: step.files,
    pipeline: step.pipeline,
    lineage: step.definition.showsPipeline ? lineageOf(step) : undefined,
    storeFolder: store.folder,
    key,
    preimage,
    claimant,
    action: "run",
  };
}

function taskInput(outcome: Outcome): TaskInput {
  const { title, point } = outcome.step;
  return "error" in outcome
    ? { stage: title, point, error: outcome.error }
    : { stage: title, point, path: outcome.path, object: outcome.object, stamp: outcome.stamp };
}

function pieceKey(whole: string, index: number, count: number): string {
  return createHash("sha256").update(canonicalJson({ whole, index, count })).digest("hex");
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
