import type { Plan } from "../pipeline/plan.js";
import type { Store } from "../store/store.js";
import type { Outcome } from "./outcome.js";

/** The steps that a store has, by step id, and warnings about damaged records. */
export interface Stored {
  hits: Map<string, Outcome>;
  warnings: string[];
}

/**
 * So many steps that were not there before are looked for in lists of the store's folders: on a file server a list
 * costs as much as a look-up.
 */
const LISTED_FROM = 1000;

/**
 * The steps that the store has, by step id, and warnings about damaged records. Writes nothing but the store's list of
 * verified objects.
 */
export function findStored({ steps }: Plan, store: Store): Stored {
  const hits = new Map<string, Outcome>();
  const warnings = new Set<string>();
  const unknown = new Set(steps.filter(({ key }) => !store.isKnown(key)));
  const listed = unknown.size < LISTED_FROM ? undefined : store.keys();
  for (const step of steps) {
    if (listed && unknown.has(step) && !listed.has(step.key)) continue;
    const found = store.lookup(step.key);
    if (found.record) hits.set(step.id, { step, state: "cached", ...found });
    else if (found.warning) warnings.add(`${step.id}: ${found.warning}`);
  }
  store.remember();
  return { hits, warnings: [...warnings] };
}
