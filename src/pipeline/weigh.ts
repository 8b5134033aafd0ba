/** How much work the stages of a plan are, before any of it is done. */
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
}

/** The weights of the stages that know how much they compute, in the order of the plan. */
export function weigh(steps: readonly Step[]): Weight[] {
  const outlooks = outlooksOf();
  const weights = new Map<string, Weight & { steps: Step[] }>();
  for (const step of steps) {
    const { amount, unit, bytes } = outlooks.of(step);
    if (amount === undefined || unit === undefined) continue;
    const known = weights.get(step.stage);
    const own = known ?? { stage: step.stage, steps: [], amount, unit, bytes };
    own.steps.push(step);
    own.amount = Math.max(own.amount, amount);
    if (bytes !== undefined) own.bytes = Math.max(own.bytes ?? 0, bytes);
    weights.set(step.stage, own);
  }
  return [...weights.values()];
}
