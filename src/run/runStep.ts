/** Runs one step on an executor: whole, or all its pieces and then their join. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../artifact/canonicalJson.js";
import type { Plan } from "../pipeline/plan.js";
import type { Step } from "../pipeline/step.js";
import type { Lineage } from "../stage.js";
import type { Found, Store } from "../store/store.js";
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

/** What all steps of a run share. */
export interface Work {
  plan: Plan;
  store: Store;
  executor: Executor;
  /** The address of the module that lists the built-in stages. */
  stages: string;
  backend?: string;
  force: boolean;
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

/** Runs a step, and gives what is stored then. Rejects as Executor.run, and when the step takes longer than its timeout. */
export async function runStep(work: Work, step: Step, content: StepContent, progress: StepProgress): Promise<Found> {
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
  async function inPieces(task: Task, count: number): Promise<void> {
    const all = Array.from(
      { length: count },
      (_, index): Piece => ({ index, count, key: pieceKey(task.key, index, count) }),
    );
    const todo = all.filter(({ key }) => work.force || !store.lookup(key).record);
    progress.split(all, todo);
    let left = todo;
    const first = () => left;
    const again = () => (left = left.filter(({ key }) => !store.lookup(key).record));
    let next = first;
    await persistently(() => {
      const pieces = next();
      next = again;
      return { ...task, action: "pieces", todo: pieces };
    });
    const found = all.map(({ key, index }) => {
      const piece = store.lookup(key);
      if (!piece.record) throw new Error(`piece ${index} of ${step.id} could not be read back from ${store.folder}`);
      return piece;
    });
    const backends = Object.assign({}, ...found.map(({ record }) => record().provenance.backends));
    const pieces = found.map(({ path }) => path);
    await persistently(() => ({ ...task, action: "join", pieces, backends, kept: count - todo.length }));
    for (const { key } of all) store.remove(key);
  }

  const task = taskOf(work, step, content);
  let count = 1;
  try {
    if (step.definition.parts) count = (await persistently(() => ({ ...task, action: "count" }))) as number;
    await (count > 1 ? inPieces(task, count) : persistently(() => task));
  } catch (error) {
    if (limit.isOver()) throw new Error(`it took longer than its timeout of ${step.timeout} s`);
    // Another run that joined the same pieces has dropped them: then the whole is there.
    if (count === 1 || !store.lookup(key).record) throw error;
  } finally {
    limit.end();
  }
  const stored = store.lookup(key);
  if (!stored.record) throw new Error(`the result could not be read back from ${store.folder}: ${stored.warning}`);
  return stored;
}

function taskOf({ plan, store, stages, backend }: Work, step: Step, { key, preimage, inputs }: StepContent): Task {
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
