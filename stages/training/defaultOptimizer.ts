import type { Problem } from "../../src/models/problems/lossFunction.js";
import type { Optimizer } from "../../src/training/optimizer.js";

/** The optimizer when the parameters name none, with the defaults of schemas/optimizer.json. */
export function defaultOptimizer({ kind }: Pick<Problem, "kind">): Optimizer {
  return kind === "supervised"
    ? { kind: "adam", learningRate: 0.001, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 }
    : {
        kind: "lbfgs",
        learningRate: 1,
        history: 50,
        maxIterations: 15000,
        gradientTolerance: 1e-7,
        changeTolerance: 1e-9,
      };
}
