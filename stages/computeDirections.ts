import type { Stage } from "../src/stage.js";
import type { DirectionsParams } from "./directions/computeDirections.js";
import { checkDirectionInputs, directionsOutlook, uselessOfMethod } from "./directions/directionsOutlook.js";

export const computeDirectionsStage: Stage<DirectionsParams> = {
  name: "compute-directions",
  version: 3,
  inputs: {
    model: { kinds: ["model"] },
    to: { kinds: ["model"], optional: true, many: true },
    data: { kinds: ["dataset"], optional: true },
  },
  output: "directions",
  check: uselessOfMethod,
  checkInputs: checkDirectionInputs,
  outlook: (params, inputs) => ({
    ...directionsOutlook(params, inputs),
    found: { ...params },
    columns: ["vector", "eigenvalue", "residual", "converged", "normBefore", "normAfter", "explained*"],
    headlines: ["eigenvalue*", "explainedVariance*", "distance*", "gradientNorm"],
  }),
  async run(context) {
    const { computeDirections } = await import("./directions/computeDirections.js");
    return computeDirections(context);
  },
};
