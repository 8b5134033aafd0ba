import type { Direction } from "../../src/topology/sweepOrder.js";

/** The counts of NaN losses, by name, for a summary; empty for none. Logs how they count in a sweep. */
export function notNumbers(
  losses: Float64Array,
  direction: Direction,
  log: (text: string) => void,
): { notNumbers?: number } {
  const count = losses.reduce((sum, loss) => (Number.isNaN(loss) ? sum + 1 : sum), 0);
  if (count === 0) return {};
  const are = count === 1 ? "1 loss is NaN and counts" : `${count} losses are NaN and count`;
  const where =
    direction === "sublevel" ? "the sweep reaches such samples last" : "such samples are the highest maxima";
  log(`${are} as +Infinity: ${where}\n`);
  return { notNumbers: count };
}
