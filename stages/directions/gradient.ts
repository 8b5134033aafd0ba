import { norm, requireFinite } from "../../src/linalg/vectors.js";
import { type Around, approximation, type Found, type Shared, withLoss } from "./method.js";

export interface GradientParams extends Shared {
  method: "gradient";
}

/** The gradient of the loss. Throws Error when it is zero or not finite. */
export function gradient(params: GradientParams, around: Around): Promise<Found> {
  return withLoss(params, around, async (objective) => {
    const { loss, gradient } = await objective.lossAndGradient(around.weights);
    requireFinite(gradient, `the gradient of the loss (${loss})`);
    const gradientNorm = norm(gradient);
    if (gradientNorm === 0) throw new Error("the gradient of the loss is zero and gives no direction");
    return {
      vectors: [gradient],
      labels: ["gradient"],
      unit: "the gradient: coefficient −η is a step of gradient descent with learning rate η",
      metadata: approximation(objective),
      summary: { gradientNorm },
    };
  });
}
