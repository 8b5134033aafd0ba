/** The task of a step, as plain data for an executor. */
import type { Plan } from "../pipeline/plan.js";
import type { Step } from "../pipeline/step.js";
import type { Lineage } from "../stage.js";
import type { Claimant } from "../store/claims.js";
import type { Store } from "../store/store.js";
import type { Executor, Task, TaskInput } from "./executor.js";
import type { OnEvent, Outcome } from "./outcome.js";
import type { SharedFailures } from "./sharedFailures.js";

/** The settings that all steps of a run share. */
export interface Work {
  plan: Plan;
  store: Store;
  executor: Executor;
  /** The URL of the module that lists the built-in stages. */
  stages: string;
  backend?: string;
  force: boolean;
  claimant?: Claimant;
  /** What failed in other workers of the same run is not computed again. */
  failures?: SharedFailures;
  /** Resolves after a delay that grows with each call. Rejects when the run stops waiting. */
  pause(tries: number): Promise<void>;
  onEvent: OnEvent;
}

/** The identity of a step: its key, which differs from that of the plan when inputs failed, and its inputs. */
export interface StepContent {
  key: string;
  preimage: unknown;
  inputs: Record<string, Outcome[]>;
}

/** The task of a whole step. */
export function taskOf(
  { plan, store, stages, backend, claimant, failures }: Work,
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
    failures: failures?.folder,
    action: "run",
  };
}

function taskInput(outcome: Outcome): TaskInput {
  const { id, title, point } = outcome.step;
  return "error" in outcome
    ? { step: id, stage: title, point, error: outcome.error }
    : { step: id, stage: title, point, path: outcome.path, object: outcome.object, stamp: outcome.stamp };
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
  return [...seen].map(({ id, definition, key, params, inputs }) => ({
    step: id,
    uses: definition.name,
    version: definition.version,
    key,
    params,
    from: [...new Set(Object.values(inputs).flat())].map((source) => source.id),
  }));
}
