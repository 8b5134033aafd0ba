/** How much work the stages of a plan are, before any of it is done. */
import type { Amount } from "../stage.js";
import { outlooksOf } from "./outlooks.js";
import type { Step } from "./step.js";

/** What the steps of one stage compute and store: of one of them, the largest. */
export interface Weight {
  stage: string;
  steps: readonly Step[];
  amount: number;
  unit: string;
  /** Undefined where nobody knows. */
  bytes?: number;
  memory?: number;
  /** What the time is in proportion to. */
  work: Amount;
}

/** The weights of the stages that know how much they compute, in the order of the plan. */
export function weigh(steps: readonly Step[]): Weight[] {
  const outlooks = outlooksOf();
  const weights = new Map<string, Weight & { steps: Step[] }>();
  for (const step of steps) {
    const { amount, unit, bytes, memory, work } = outlooks.of(step);
    if (amount === undefined || unit === undefined) continue;
    const all = work ?? { done: amount, unit };
    const known = weights.get(step.stage);
    const own = known ?? { stage: step.stage, steps: [], amount, unit, bytes, memory, work: all };
    own.steps.push(step);
    own.amount = Math.max(own.amount, amount);
    own.work = { ...own.work, done: Math.max(own.work.done, all.done) };
    if (bytes !== undefined) own.bytes = Math.max(own.bytes ?? 0, bytes);
    if (memory !== undefined) own.memory = Math.max(own.memory ?? 0, memory);
    weights.set(step.stage, own);
  }
  return [...weights.values()];
}
