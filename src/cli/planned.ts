/** The start of most commands: the plan of a pipeline file, the steps that a name stands for, and the store. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isKind, kinds, loadStages } from "../../stages/index.js";
import { type Changes, loadPipeline } from "../pipeline/config.js";
import type { Pipeline } from "../pipeline/pipeline.js";
import { type Plan, plan, select } from "../pipeline/plan.js";
import { withModules } from "../pipeline/stageModule.js";
import type { Step } from "../pipeline/step.js";
import type { Stage } from "../stage.js";
import type { IntactObject } from "../store/intactObject.js";
import { openStore, type Store } from "../store/store.js";
import { UsageError } from "./exitCodes.js";
import { printsToStderr } from "./printsToStderr.js";
import { resultsFolder } from "./resultsFolder.js";

/** The options of every command that takes a pipeline. */
export interface Options extends Changes {
  /** Default: that of the pipeline's project. */
  results?: string;
  /** The results folders, or stores, of other runs, whose results need not be computed. */
  storeFrom?: string[];
}

/** All steps of a pipeline with the changes of the options. With targets, only those and the steps that they need. */
export function planOf(path: string, options: Changes, targets: string[] = []): Promise<Plan> {
  return printsToStderr(() => planFor(path, options, targets));
}

/** The same plan, for a program: it leaves standard output as it is. */
export async function planFor(path: string, options: Changes, targets: string[]): Promise<Plan> {
  const pipeline = loadPipeline(path, options);
  return select(plan(pipeline, await stagesFor(pipeline), kinds), targets);
}

/**
 * The stages that a pipeline and its imports use, and the figure, if one of them takes figures: the engine inserts it.
 */
async function stagesFor(pipeline: Pipeline): Promise<readonly Stage[]> {
  const used = await withModules(pipeline, await loadStages([...new Set(usedBy(pipeline).filter(isKind))]));
  const takesFigures = used.some(({ inputs }) => Object.values(inputs).some(({ kinds }) => kinds.includes("figure")));
  if (!takesFigures || used.some(({ name }) => name === "figure")) return used;
  return [...used, ...(await loadStages(["figure"]))];
}

function usedBy({ stages, imports }: Pipeline): string[] {
  return [...stages.map(({ uses }) => uses), ...imports.flatMap(({ pipeline }) => usedBy(pipeline))];
}

/** The steps of a plan that a name stands for: all of a stage, or one of them. */
export async function stepsOf(
  path: string,
  name: string,
  options: Options,
): Promise<{ pipeline: Pipeline; steps: Step[] }> {
  const { pipeline, steps } = await planOf(path, options, [name]);
  return { pipeline, steps: steps.filter(({ id, stage }) => id === name || stage === name) };
}

/** The only step that a name stands for. Throws UsageError when there are several. */
export async function stepOf(path: string, name: string, options: Options): Promise<Step> {
  const { steps } = await stepsOf(path, name, options);
  const [step, ...more] = steps;
  if (more.length === 0) return step;
  const ids = [step, ...more].slice(0, 8).map(({ id }) => id);
  throw new UsageError(`"${name}" is repeated; expected one of ${ids.join(", ")}${more.length > 7 ? ", …" : ""}`);
}

/**
 * The store in the results folder of a pipeline file, or of the project around the working folder. Throws UsageError
 * when a folder of `--store-from` has none.
 */
export function storeOf({ results, storeFrom = [] }: Options, pipeline?: string): Store {
  const others = storeFrom.map((folder) => {
    const found = [join(folder, ".cache"), folder].find((at) => existsSync(join(at, "records")));
    if (found) return found;
    throw new UsageError(`--store-from ${folder} has no store; expected the results folder of another run`);
  });
  return openStore(join(results ?? resultsFolder(pipeline), ".cache"), others);
}

/** The result of a step in the store. Throws UsageError when there is none. */
export function resultOf({ id, key }: Step, cache: Store): IntactObject {
  const found = cache.lookup(key);
  if (found.record) return found;
  throw new UsageError(`${id} has no result yet; run it first`);
}
