import type { Plan } from "../pipeline/plan.js";
import type { Store } from "../store/store.js";
import type { Outcome } from "./outcome.js";

/**
 * The steps that the store has, by step id, and warnings about damaged records. Writes nothing but the store's memory.
 */
export function findStored({ steps }: Plan, store: Store): { hits: Map<string, Outcome>; warnings: string[] } {
  const hits = new Map<string, Outcome>();
  const warnings = new Set<string>();
  for (const step of steps) {
    const found = store.lookup(step.key);
    if (found.record) hits.set(step.id, { step, state: "cached", ...found });
    else if (found.warning) warnings.add(`${step.id}: ${found.warning}`);
  }
  store.remember();
  return { hits, warnings: [...warnings] };
}
