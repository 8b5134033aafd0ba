import { type Artifact, artifact, type Metadata, rowCount, type Summary, vectorAt } from "../src/artifact.js";
import { type LossFunction, lossFunction, type Problem } from "../src/models/lossFunction.js";
import type { Architecture } from "../src/models/model.js";
import type { Objective } from "../src/models/objective.js";
import { pinnVariables } from "../src/models/pinn.js";
import { pinnErrors, pinnExact } from "../src/models/pinnErrors.js";
import { pinnGrid } from "../src/models/pinnPoints.js";
import { predict } from "../src/models/predict.js";

/** A network, what it is to solve, and the number type of its weights and losses. */
interface Setting {
  architecture: Architecture;
  /** With all its points as numbers: whoever uses the artifact reads no files. */
  problem: Problem;
  dtype: "f32" | "f64";
}

/** One row for each checkpoint, in order. */
interface Checkpoints {
  step: Int32Array;
  loss: Float64Array;
  /** [T × n] */
  weights: Float64Array;
}

/** A model: its checkpoints, and of the last one the loss terms and the errors. More facts may be added to its metadata. */
export async function modelArtifact(
  { architecture, problem, dtype }: Setting,
  { step, loss, weights }: Checkpoints,
  objective: Objective,
  facts: Metadata,
  summary: Summary,
): Promise<Artifact> {
  const last = weights.subarray(weights.length - objective.size);
  const terms = Object.entries(await objective.lossTerms(last)).map(([name, [value]]) => [name, value] as const);
  const errors = await solutionErrors({ architecture, problem, dtype }, last);
  return artifact(
    "model",
    {
      step,
      loss,
      weights: { width: objective.size, values: dtype === "f32" ? Float32Array.from(weights) : weights },
    },
    { architecture, problem, layout: objective.layout, dtype, terms: Object.fromEntries(terms), errors, ...facts },
    { loss: loss[loss.length - 1], ...errors, ...summary },
  );
}

/** How far the network is from the exact solution on the whole grid, where one is stated. */
async function solutionErrors({ architecture, problem, dtype }: Setting, theta: Float64Array) {
  const points = pinnGrid(problem);
  const exact = pinnExact(problem, points);
  if (exact === undefined) return {};
  const variables = pinnVariables(problem);
  const inputs = new Float64Array(variables.length * exact.length);
  for (const [row, name] of variables.entries()) inputs.set(points[name], row * exact.length);
  return pinnErrors(await predict(architecture, theta, inputs, { dtype }), exact);
}

/** What a model artifact solves, and the weights of its last checkpoint. */
export function trainedModel(model: Artifact): { loss: LossFunction; weights: Float64Array } {
  const { architecture, problem } = model.metadata as unknown as Setting;
  return { loss: lossFunction(architecture, problem), weights: vectorAt(model, "weights", rowCount(model) - 1) };
}
