import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Artifact } from "../artifact/artifact.js";
import { readArtifact } from "../artifact/artifactFile.js";
import { planFor, storeOf } from "../cli/planned.js";
import { publish } from "../cli/publish.js";
import { resultsFolder } from "../cli/resultsFolder.js";
import { type BackendName, requireBackendName, threadLimit } from "../graph/backends/names.js";
import { type PipelineDefinition, pipelineText } from "../pipeline/pipelineText.js";
import { keysOf, type Plan } from "../pipeline/plan.js";
import { cores } from "../run/cores.js";
import { localExecutor } from "../run/executors/local.js";
import type { Outcome, RunEvent } from "../run/outcome.js";
import { beginRun } from "../run/runHistory.js";
import { schedule } from "../run/schedule.js";
import { announceRun } from "../store/liveRuns.js";

/** Changes to a pipeline file. */
export interface PipelineChanges {
  /** Params and values of matrix axes by name: `{ steps: 21, "optimizer.learningRate": 0.1 }`. */
  set?: Readonly<Record<string, unknown>>;
  /** Params that become axes of the matrix: `{ steps: [21, 41] }`. */
  sweep?: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  /** Only these stages or steps, and the steps that they need. Default: all. */
  targets?: readonly string[];
}

export interface PipelineOptions extends PipelineChanges {
  /** The folder for results and the store. Default: `results` of the project that contains the pipeline file. */
  results?: string;
  /** Results folders of others. Results in their stores are copied instead of computed. */
  storeFrom?: readonly string[];
  /** Worker threads. Default: one for each core. WebGPU takes one. */
  jobs?: number;
  /** What computes losses and gradients. Default: onnxruntime. It does not enter the keys of results. */
  backend?: BackendName;
  /** Runs every step, whatever the store has. */
  force?: boolean;
  /** Stops at the first failure. By default only steps that depend on a failed one are skipped. */
  failFast?: boolean;
  /** Writes report, figures, tables and manifest to `<results>/<pipeline>/`. Default: true. */
  publish?: boolean;
  /** Receives events: the plan, started and finished steps, progress, warnings. */
  onEvent?: (event: RunEvent) => void;
  /** Stops the run immediately. Finished steps and pieces stay in the store. */
  signal?: AbortSignal;
}

export interface PipelineResults {
  /**
   * One entry per step, in the order of the plan: its state, and the place of its artifact or the reason why there is
   * none.
   */
  outcomes: readonly Outcome[];
  /** The published files. */
  files: readonly string[];
  /**
   * The artifact of a step, `tree@beta=1`, or of a stage with a single step, `tree`.
   *
   * @throws Error when no step has this name, when several have, or when the step failed.
   */
  artifact(step: string): Artifact;
}

/** The module that lists the built-in stages. Each worker loads it. */
const stages = new URL("../../stages/index.js", import.meta.url).href;

/**
 * Reads and checks a pipeline file and plans its steps with their keys. Nothing runs.
 *
 * @throws ConfigError with every fault of the file, each with line and column.
 */
export function planPipeline(
  path: string,
  { set = {}, sweep = {}, targets = [] }: PipelineChanges = {},
): Promise<Plan> {
  const changes = {
    set: Object.entries(set).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
    sweep: Object.entries(sweep).map(([name, values]) => `${name}=${values.map((v) => JSON.stringify(v)).join()}`),
  };
  return planFor(path, changes, [...targets]);
}

/**
 * Brings the results of a pipeline up to date, like `cirque run`: results in the store are kept, and worker threads
 * compute the rest. A failed step does not reject; see its outcome.
 *
 * @throws ConfigError for faults of the file; StoreError where the store cannot be written; Error for a backend that
 * does not exist; the reason of `signal`.
 */
export async function runPipeline(path: string, options: PipelineOptions = {}): Promise<PipelineResults> {
  const { results = resultsFolder(path), storeFrom = [], jobs = cores(), backend = "onnxruntime" } = options;
  requireBackendName(backend);
  const plan = await planPipeline(path, options);
  const store = storeOf({ results, storeFrom: [...storeFrom] });
  const { force, failFast, onEvent, signal } = options;
  const { claimant, withdraw } = announceRun(store.folder, keysOf(plan));
  try {
    const endRun = beginRun(store.folder, plan);
    const executor = localExecutor(Math.min(jobs, threadLimit(backend)));
    const how = { stages, backend, force, failFast, onEvent, signal, claimant };
    const outcomes = await schedule(plan, store, executor, how);
    endRun(outcomes);
    const complete = (options.targets ?? []).length === 0;
    const folder = join(results, plan.pipeline.name);
    const files = options.publish === false ? [] : publish(plan, outcomes, folder, complete).files;
    return { outcomes, files, artifact: (step) => artifactOf(outcomes, step) };
  } finally {
    withdraw();
  }
}

function artifactOf(outcomes: readonly Outcome[], name: string): Artifact {
  const found = outcomes.filter(({ step }) => step.id === name || step.stage === name);
  const ids = (of: readonly Outcome[]) => of.map(({ step }) => step.id).join(", ");
  if (found.length === 0) throw new Error(`no step is named "${name}"; the steps are ${ids(outcomes)}`);
  if (found.length > 1) throw new Error(`"${name}" has several steps; expected one of ${ids(found)}`);
  const [outcome] = found;
  if ("error" in outcome) throw new Error(`${outcome.step.id} ${outcome.state}: ${outcome.error}`);
  return readArtifact(outcome.path);
}

/**
 * Writes a pipeline as a YAML file and checks it. `description` becomes the comment at the start of the file.
 *
 * @throws ConfigError with every fault, at its place in the written file.
 */
export async function writePipeline(path: string, definition: PipelineDefinition, description?: string): Promise<Plan> {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, pipelineText(definition, description));
  return planPipeline(path);
}
