/** How fast stages were in earlier runs: amounts a second of one worker. */
import type { Step } from "../pipeline/step.js";
import type { Amount } from "../stage.js";
import type { Store } from "../store/store.js";
import { runsOf } from "./runHistory.js";

/** So many runs, and records of each stage in a run, are looked at. */
const MOST_RUNS = 20;
const MOST_RECORDS = 5;

interface Preimage {
  stage?: string;
  inputs?: Record<string, unknown[]>;
}

/**
 * Finds how many units a second a stage did when it ran before, with the model of one of these steps where they have
 * one; undefined where no run of the pipeline that the store remembers did so.
 */
export function pastRates(
  store: Store,
  pipeline: string,
): (steps: readonly Step[], unit: string) => number | undefined {
  const runs = [...firstOf(runsOf(store.folder, pipeline), MOST_RUNS)];
  return ([first, ...more], unit) => {
    const models = new Set([first, ...more].flatMap(({ inputs }) => inputs.model?.map(({ key }) => key) ?? []));
    for (const { steps: keys } of runs) {
      const own = Object.entries(keys).filter(([id]) => id === first.stage || id.startsWith(`${first.stage}@`));
      for (const [, key] of own.slice(0, MOST_RECORDS)) {
        const record = store.record(key);
        if (record === undefined) continue;
        const { stage, inputs } = record.preimage as Preimage;
        if (stage !== first.definition.name) continue;
        if (models.size > 0 && !inputs?.model?.some((model) => models.has(String(model)))) continue;
        const { amount, seconds } = record.provenance as { amount?: Amount; seconds?: number };
        if (amount?.unit === unit && amount.done > 0 && Number(seconds) > 0) return amount.done / Number(seconds);
      }
    }
    return undefined;
  };
}

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    if (taken++ >= count) return;
    yield item;
  }
}
