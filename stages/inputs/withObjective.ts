import type { LossFunction } from "../../src/models/problems/lossFunction.js";
import type { Objective } from "../../src/models/problems/objective.js";
import { type ExternalLoss, openObjective } from "./externalLoss.js";

/** Compiles a loss or connects to its process, passes it to `use`, and releases it at the end, also after an error. */
export async function withObjective<T>(
  loss: LossFunction | ExternalLoss,
  dtype: "f32" | "f64",
  use: (objective: Objective) => Promise<T>,
): Promise<T> {
  const objective = await openObjective(loss, dtype);
  try {
    return await use(objective);
  } finally {
    await objective.release();
  }
}
