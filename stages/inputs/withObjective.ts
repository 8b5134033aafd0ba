import type { LossFunction } from "../../src/models/problems/lossFunction.js";
import { createObjective, type Objective } from "../../src/models/problems/objective.js";

/** Compiles a loss, hands it to `use`, and releases it at the end, also after an error. */
export async function withObjective<T>(
  loss: LossFunction,
  dtype: "f32" | "f64",
  use: (objective: Objective) => Promise<T>,
): Promise<T> {
  const objective = await createObjective(loss, { dtype });
  try {
    return await use(objective);
  } finally {
    await objective.release();
  }
}
