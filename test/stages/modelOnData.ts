import { type Artifact, artifact } from "../../src/artifact/artifact.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import type { PinnProblem } from "../../src/models/problems/pinn.js";
import type { SupervisedProblem } from "../../src/models/problems/supervisedProblem.js";

/** A model artifact with these checkpoints; batch norms have the statistics 0 and 1. */
export function modelOf(
  architecture: Architecture,
  problem: PinnProblem | SupervisedProblem,
  checkpoints: Float64Array[],
): Artifact {
  const { size, layout, statistics: state } = createModel(architecture);
  const joined = Float64Array.from(checkpoints.flatMap((theta) => [...theta]));
  const unit = state?.layout.flatMap(({ name, shape }) => Array(shape[0]).fill(name.endsWith("variance") ? 1 : 0));
  return artifact(
    "model",
    {
      step: Int32Array.from(checkpoints, (_, i) => 10 * i),
      loss: new Float64Array(checkpoints.length),
      weights: { width: size, values: joined },
      epoch: Float64Array.from(checkpoints, (_, i) => i),
      ...(unit && {
        state: { width: unit.length, values: Float64Array.from(checkpoints.flatMap(() => unit)) },
      }),
    },
    { architecture, problem, layout, dtype: "f64" },
  );
}
