/** What the stages that sample a loss know before they run. */
import type { Facts, Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";

type Inputs = Readonly<Record<string, readonly Outlook[]>>;

/** The number of directions at the port `directions`. */
export function directionCount({ directions }: Inputs): number | undefined {
  return directions?.[0]?.amount;
}

/** Losses at so many points, with a coefficient for each axis. */
export function pointsOutlook(amount: number, axes: number, parameter: string): Facts {
  return { amount, unit: "points", bytes: 8 * amount * (1 + axes), decidedBy: ["with", parameter] };
}

/** Problems whose losses need no samples. */
const withoutSamples = ["pinn", "function", "external"];

/** How the loss over samples is computed; the defaults say nothing. */
interface OverSamples {
  statistics?: string;
  batchSize?: number;
}

/**
 * A model that learnt from samples has no loss without some; another has no use for them, nor for how it is computed.
 */
export function checkLossData({ model, minima, data }: Inputs, params: OverSamples = {}): Fault[] {
  const { problem, stage } = model?.[0] ?? minima?.[0] ?? {};
  if (problem === undefined) return [];
  const needsSamples = !withoutSamples.includes(problem);
  if (needsSamples && data === undefined) {
    const message = `the loss of ${stage} is that of samples; connect those to measure it on to the port "data"`;
    return [{ path: ["from"], part: "key", message }];
  }
  if (needsSamples) return [];
  const { statistics = "stored", batchSize = 128 } = params;
  const useless = [
    ...(data === undefined ? [] : [["from", "data"]]),
    ...(statistics === "stored" ? [] : [["with", "statistics"]]),
    ...(batchSize === 128 ? [] : [["with", "batchSize"]]),
  ];
  return useless.map((path) => ({ path, message: `${stage} did not learn from samples; leave it out` }));
}
