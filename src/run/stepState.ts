/** The state of each step in the store, and the reasons why one would run. */
import type { Plan } from "../pipeline/plan.js";
import type { Step } from "../pipeline/step.js";
import type { Store } from "../store/store.js";
import { shown } from "../text/words.js";
import { findStored } from "./findStored.js";
import type { RunRecord, runFinder } from "./runHistory.js";

/**
 * `cached`: the store has it. `failed`: its last run failed, and nothing has changed since. `stale`: it ran with other
 * parameters, inputs or files. `missing`: it never ran, or its result is gone.
 */
export type StepState = "cached" | "failed" | "stale" | "missing";

/** The latest run that matches. */
type LastRun = ReturnType<typeof runFinder>;

export function stepStates(
  plan: Plan,
  store: Store,
  lastRun: LastRun,
): { states: Map<string, StepState>; warnings: string[] } {
  const { hits, warnings } = findStored(plan, store);
  const states = plan.steps.map(({ id, key }): [string, StepState] => {
    if (hits.has(id)) return [id, "cached"];
    const last = lastRun(({ steps }) => Object.hasOwn(steps, id));
    if (last === undefined) return [id, "missing"];
    if (last.steps[id] !== key) return [id, "stale"];
    return [id, Object.hasOwn(last.failures, id) ? "failed" : "missing"];
  });
  return { states: new Map(states), warnings };
}

/**
 * The reasons why a step would run, or the statement that it would not, in lines. Changes of an input are listed below
 * it.
 */
export function why(step: Step, store: Store, lastRun: LastRun): string[] {
  const { record, warning } = { warning: undefined, ...store.lookup(step.key) };
  const last = lastRun(({ steps }) => Object.hasOwn(steps, step.id));
  const before = lastRun(({ steps }) => Object.hasOwn(steps, step.id) && steps[step.id] !== step.key);
  const changes = before ? changesSince(step, before, store) : [];
  if (record) {
    const since = before ? [`since run ${before.id}, where it was another:`, ...indented(changes)] : [];
    return [`${step.id} is cached and would not run`, ...since];
  }
  if (warning) return [`${step.id} would run: ${warning.replace("; the step runs again", "")}`];
  if (last === undefined) return [`${step.id} would run: it never ran here`];
  if (last.steps[step.id] === step.key) {
    const failure = last.failures[step.id];
    if (failure !== undefined)
      return [`${step.id} would run: it failed in run ${last.id}`, ...indented(failure.split("\n"))];
    return [
      `${step.id} would run: the store has no result, and nothing has changed since run ${last.id}, which did not finish it or whose result was removed`,
    ];
  }
  return [`${step.id} would run: since run ${last.id}`, ...indented(changesSince(step, last, store))];
}

/** The changes that make the key of a step differ from that in a run. */
function changesSince(step: Step, run: RunRecord, store: Store, seen = new Set<string>()): string[] {
  if (seen.has(step.id)) return ["as above"];
  seen.add(step.id);
  const old = store.record(run.steps[step.id]);
  if (old === undefined) {
    const inputs = inputChanges(step, undefined, run, store, seen);
    return inputs.length > 0 ? inputs : [`something changed; run ${run.id} left no record to tell what`];
  }
  const before = old.preimage as Preimage;
  const after = step.preimage as Preimage;
  const named = (what: string, from: unknown, to: unknown) =>
    from === to ? [] : [`${what} ${shown(from)} → ${shown(to)}`];
  const changes = [
    ...named("stage", before.stage, after.stage),
    ...named("stage version", before.version, after.version),
    ...(before.module === after.module ? [] : [`the module ${step.definition.module?.path ?? ""} changed`]),
    ...differences(before.params, after.params, "params").map(
      ({ path, from, to }) => `${path} ${shown(from)} → ${shown(to)}`,
    ),
    ...differences(before.files ?? {}, after.files ?? {}, "").map(({ path, from, to }) =>
      from === undefined
        ? `file ${path} is new`
        : to === undefined
          ? `file ${path} is no longer named`
          : `file ${path} changed`,
    ),
    ...inputChanges(step, before, run, store, seen),
    ...differences(before.pipeline ?? {}, after.pipeline ?? {}, "pipeline").map(({ path, from, to }) =>
      path === "pipeline.source"
        ? "the text of the pipeline file changed"
        : `${path.replace("pipeline.", "")} of the pipeline ${shown(from)} → ${shown(to)}`,
    ),
  ];
  return changes.length > 0 ? changes : ["the inputs come in another order"];
}

interface Preimage {
  stage: string;
  version: number;
  module?: string;
  params: unknown;
  files?: Record<string, string>;
  inputs: Record<string, unknown[]>;
  pipeline?: unknown;
}

function inputChanges(
  step: Step,
  before: Preimage | undefined,
  run: RunRecord,
  store: Store,
  seen: Set<string>,
): string[] {
  const changed = Object.entries(step.inputs).flatMap(([port, sources]) =>
    sources.flatMap((source) => {
      const old = run.steps[source.id];
      if (old === undefined) return [`input ${port}: ${source.id} is new`];
      if (run.failures[source.id] !== undefined) return [`input ${port}: ${source.id} had failed`];
      if (old === source.key) return [];
      return [`input ${port}: ${source.id} changed:`, ...indented(changesSince(source, run, store, seen))];
    }),
  );
  if (before === undefined) return changed;
  // Steps of another pipeline are called in keys as they are there.
  const { inputs } = step.preimage as Preimage;
  const named = Object.values(inputs).flatMap((keys) => keys.map((key) => (key as { step?: string }).step));
  const now = new Set([...Object.values(step.inputs).flatMap((sources) => sources.map(({ id }) => id)), ...named]);
  const ids = new Map(Object.entries(run.steps).map(([id, key]) => [key, id]));
  const gone = Object.entries(before.inputs).flatMap(([port, keys]) =>
    keys.flatMap((key) => {
      const id = typeof key === "string" ? ids.get(key) : (key as { step?: string }).step;
      return id === undefined || now.has(id) ? [] : [`input ${port}: ${id} is no longer one`];
    }),
  );
  return [...changed, ...gone];
}

export interface Difference {
  path: string;
  from: unknown;
  to: unknown;
}

/** The places where two plain values differ. A place that only one side has is undefined on the other. */
export function differences(from: unknown, to: unknown, path: string): Difference[] {
  const isMapping = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
  if (!isMapping(from) || !isMapping(to)) return Object.is(from, to) ? [] : [{ path, from, to }];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name) => {
    const below = path === "" ? name : `${path}.${name}`;
    const at = (of: Record<string, unknown>) => (Object.hasOwn(of, name) ? of[name] : undefined);
    return differences(at(from), at(to), below);
  });
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
