import type { LossScaleType } from "../../src/figures/lossScale.js";
import type { Stage } from "../../src/stage.js";

/** Faults in the parameters of a loss axis that depend on each other. */
export function checkLossAxis({
  lossRange,
  lossScale,
}: {
  lossRange?: [number, number];
  lossScale?: LossScaleType;
}): ReturnType<NonNullable<Stage["check"]>> {
  if (lossRange === undefined) return [];
  const [low, high] = lossRange;
  if (!(low < high)) {
    return [{ path: ["lossRange"], message: `is [${lossRange}]; expected the lower end first` }];
  }
  if (lossScale === "log" && low <= 0) {
    return [{ path: ["lossRange"], message: `is [${lossRange}] on a log scale; expected ends above 0` }];
  }
  return [];
}
