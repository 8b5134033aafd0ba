/** A worker that Slurm has started. It computes the steps that fit its allotment and leaves the others. */
import { fits } from "../../../pipeline/allotment.js";
import type { Store } from "../../../store/store.js";
import { awaitedResults } from "../../awaitedResults.js";
import type { Executor } from "../../executor.js";
import type { Crew, Submission } from "./crew.js";

/** Milliseconds between two looks at the results of other workers. */
const LOOK_INTERVAL = 2000;

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
