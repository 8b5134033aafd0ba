import type { PinnProblem } from "../../src/models/problems/pinn.js";
import { termFaults } from "../../src/models/problems/validateWeights.js";
import type { Fault } from "../../src/text/fault.js";
import type { SelfAdaptiveBalance } from "./selfAdaptiveTraining.js";

/** Faults of the terms whose points have weights, and of the first ones. */
export function pointWeightFaults(problem: PinnProblem, { terms, power, seed }: SelfAdaptiveBalance): Fault[] {
  const isDrawn = Object.values(terms).some((start) => typeof start === "object");
  return [
    ...(seed !== 0 && !isDrawn
      ? [{ path: ["balance", "seed"], message: `is ${seed}, but no first λ is drawn; leave it out` }]
      : []),
    ...termFaults(problem, terms, ["balance", "terms"]),
    ...Object.entries(terms).flatMap(([name, start]): Fault[] => {
      const path = ["balance", "terms", name];
      if (start === 0 && power > 1) {
        return [{ path, message: `is 0, where λ^${power} has no slope, so the weights stay 0; expected more than 0` }];
      }
      if (typeof start === "number" || start.uniform[0] < start.uniform[1]) return [];
      const [lower, upper] = start.uniform;
      return [{ path, message: `runs from ${lower} to ${upper}; expected a lower bound below the upper one` }];
    }),
  ];
}
