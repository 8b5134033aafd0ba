import { type Artifact, artifact, type Column, type Metadata, type Summary } from "../../src/artifact/artifact.js";
import { pinnErrors } from "../../src/models/evaluation/pinnErrors.js";
import { pinnSolution } from "../../src/models/evaluation/pinnSolution.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import type { Layout } from "../../src/models/networks/layout.js";
import type { Problem, ProblemWithoutData } from "../../src/models/problems/lossFunction.js";
import type { Objective } from "../../src/models/problems/objective.js";

/** A network, what it is to solve, and the number type of its weights and losses. */
export interface Setting<P = Problem> {
  architecture: Architecture;
  /** With all its points as numbers: whoever uses the artifact reads no files. */
  problem: P;
  dtype: "f32" | "f64";
}

/** One row for each checkpoint, in order. */
interface Checkpoints {
  step: Int32Array;
  loss: Float64Array;
  /** [T × n] */
  weights: Float64Array | Float32Array;
  /** Running statistics of batch norms, [T × s]. */
  statistics?: Float64Array | Float32Array;
  /** More columns. */
  metrics?: Record<string, Column>;
}

/** A model: its checkpoints, and facts about it. */
export function modelArtifact(
  { architecture, problem, dtype }: Setting,
  { step, loss, weights, statistics, metrics }: Checkpoints,
  facts: Metadata,
  summary: Summary,
): Artifact {
  const { layout, size, state } = createModel(architecture);
  const stored = dtype === "f32" ? Float32Array : Float64Array;
  const vectors = (values: Float64Array | Float32Array, width: number) => ({
    width,
    values: values instanceof stored ? values : new stored(values),
  });
  return artifact(
    "model",
    {
      step,
      loss,
      weights: vectors(weights, size),
      ...(state && statistics && { state: vectors(statistics, state.size) }),
      ...metrics,
    },
    { architecture, problem, layout, ...stateFacts(state?.layout), dtype, ...facts },
    { loss: loss[loss.length - 1], ...summary },
  );
}

const stateFacts = (layout?: Layout) => (layout ? { stateLayout: layout } : {});

/** The loss and its terms, and the errors of a differential equation on the whole grid where the exact solution is stated. */
export async function solutionFacts(
  setting: Setting<ProblemWithoutData>,
  theta: Float64Array,
  objective: Objective,
): Promise<{ terms: Record<string, number>; errors: Record<string, number> }> {
  const terms = Object.entries(await objective.lossTerms(theta)).map(([name, [value]]) => [name, value] as const);
  return { terms: Object.fromEntries(terms), errors: await solutionErrors(setting, theta) };
}

async function solutionErrors({ architecture, problem, dtype }: Setting<ProblemWithoutData>, theta: Float64Array) {
  if (problem.kind === "function") return {};
  const { u, exact } = await pinnSolution(architecture, theta, problem, { dtype });
  return exact ? { ...pinnErrors(u, exact) } : {};
}
