/** Spot checks of a store: computes some of its results again and compares them. */
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArtifact } from "../artifact/artifactFile.js";
import { type Difference, largestDifference } from "../artifact/differences.js";
import type { Plan } from "../pipeline/plan.js";
import type { Step } from "../pipeline/step.js";
import { openStore, type Store } from "../store/store.js";
import type { Executor } from "./executor.js";
import { findStored } from "./findStored.js";
import type { Outcome } from "./outcome.js";
import { type ScheduleOptions, schedule } from "./schedule.js";

export interface Recomputed {
  step: Step;
  /** The origin of the stored result: machine, backends, seconds. */
  provenance: Record<string, unknown>;
  /** The place where the stored result and the new one differ most; undefined when all their values are equal. */
  difference?: Difference;
  /** The message, if the step failed this time. */
  error?: string;
}

/**
 * Computes `count` steps of a plan again, one after the other, and yields how each compares with the store. They are
 * chosen at random among the steps that the store has with all their inputs; there may be fewer. Reports are left out,
 * because they only show other results. Each step runs on its own executor and in its own store, in the folder for
 * temporary files. The store does not change. Throws the errors of schedule.
 */
export async function* recompute(
  plan: Plan,
  store: Store,
  newExecutor: () => Executor,
  count: number,
  options: ScheduleOptions,
): AsyncGenerator<Recomputed> {
  const { hits } = findStored(plan, store);
  const isStored = (step: Step) => hits.has(step.id);
  const known = plan.steps.filter((step) => isStored(step) && sourcesOf(step).every(isStored));
  for (const step of sample(
    known.filter(({ definition }) => !definition.showsPipeline),
    count,
  )) {
    const folder = mkdtempSync(join(tmpdir(), "cirque-recompute-"));
    try {
      const alone = withoutAncestors(step);
      const again = { ...plan, steps: [...new Set(sourcesOf(alone)), alone] };
      const outcomes = await schedule(again, storeWithout(step.key, folder, store), newExecutor(), options);
      yield compared(step, hits.get(step.id) as Outcome, outcomes[outcomes.length - 1]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

const sourcesOf = (step: Step) => Object.values(step.inputs).flat();

/** A step whose inputs need no further inputs, because the store has them. */
function withoutAncestors(step: Step): Step {
  const leaves = new Map(sourcesOf(step).map((source) => [source, { ...source, inputs: {} }]));
  const inputs = Object.entries(step.inputs).map(([port, sources]) => [
    port,
    sources.map((s) => leaves.get(s) as Step),
  ]);
  return { ...step, inputs: Object.fromEntries(inputs) };
}

/** An empty store that uses the objects of another one, except for one key. */
function storeWithout(key: string, folder: string, other: Store): Store {
  const [own, both] = [openStore(folder), openStore(folder, [other.folder])];
  const storeOf = (asked: string) => (asked === key ? own : both);
  return {
    ...both,
    lookup: (asked) => storeOf(asked).lookup(asked),
    lookAgain: (asked) => storeOf(asked).lookAgain(asked),
  };
}

function compared(step: Step, stored: Outcome, again: Outcome): Recomputed {
  if (!("path" in stored)) throw new Error(`${step.id} is not in the store`);
  const { provenance } = stored.record();
  if (!("path" in again)) return { step, provenance, error: again.error };
  if (stored.object === again.object) return { step, provenance };
  return { step, provenance, difference: largestDifference(readArtifact(stored.path), readArtifact(again.path)) };
}

function sample<T>(items: readonly T[], count: number): T[] {
  const left = [...items];
  const taken: T[] = [];
  while (taken.length < count && left.length > 0) taken.push(...left.splice(randomInt(left.length), 1));
  return taken;
}
