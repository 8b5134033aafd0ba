/** A worker that Slurm has started. It computes the steps that fit its allotment and leaves the others. */
import { fits } from "../../../pipeline/allotment.js";
import type { Plan } from "../../../pipeline/plan.js";
import type { Step } from "../../../pipeline/step.js";
import type { Store } from "../../../store/store.js";
import { awaitedResults } from "../../awaitedResults.js";
import type { Executor } from "../../executor.js";
import type { Stored } from "../../findStored.js";
import type { Crew, Submission } from "./crew.js";

/** Milliseconds between two looks at the results of other workers. */
const LOOK_INTERVAL = 2000;

/**
 * False when no missing step that fits the worker is ready: it has waited in Slurm's queue until others had done all of
 * its kind, and should not keep its place from workers of another kind. The run submits another once it is needed.
 */
export function findsWork(
  { steps }: Plan,
  { hits }: Stored,
  { failures }: Crew,
  { allotment, isDetached }: Submission,
): boolean {
  // Nobody would submit another one; and steps that gather others are ready without those that failed.
  if (isDetached || failures.keys().length > 0) return true;
  const isReady = ({ inputs }: Step) =>
    Object.values(inputs)
      .flat()
      .every(({ id }) => hits.has(id));
  return steps.some((step) => !hits.has(step.id) && fits(step.allotment, allotment) && isReady(step));
}

export function memberExecutor(own: Executor, store: Store, { failures }: Crew, { allotment }: Submission): Executor {
  const results = awaitedResults(store, failures);
  const timer = setInterval(() => results.look(), LOOK_INTERVAL);
  timer.unref();
  return {
    ...own,
    left: (step, key) => (fits(step.allotment, allotment) ? undefined : results.wait(step, key)),
    async close() {
      clearInterval(timer);
      await own.close();
    },
  };
}
