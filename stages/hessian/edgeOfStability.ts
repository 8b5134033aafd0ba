import type { Artifact } from "../../src/artifact/artifact.js";
import { modelFacts } from "../artifacts/model.js";

/**
 * The curvature above which gradient descent with a constant learning rate η diverges: 2/η; with momentum β, (2 +
 * 2β)/η; with Nesterov's, (2 + 2β)/(1 + 2β)/η (Cohen et al. 2021). If a schedule moves the learning rate, there is one
 * at each of the checkpoints `rows`, with that of the epoch before, and null at the start. Undefined for other
 * optimizers, and for several one after another.
 */
export function edgeOfStability(model: Artifact, rows: readonly number[]): number | (number | null)[] | undefined {
  const { training } = modelFacts(model);
  if (training?.optimizer?.kind !== "sgd" || training.earlier?.length) return undefined;
  const { learningRate, momentum = 0, nesterov = false } = training.optimizer;
  const edge = (2 + 2 * momentum) / (nesterov ? 1 + 2 * momentum : 1);
  const { kind = "constant", warmup = 0 } = training.schedule ?? {};
  const rates = model.columns.learningRate as Float64Array | undefined;
  if (rates === undefined || (kind === "constant" && warmup === 0)) return edge / learningRate;
  return rows.map((row) => (rates[row] > 0 ? edge / rates[row] : null));
}
