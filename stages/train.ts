import { type Artifact, artifact, rowCount, vectorAt } from "../src/artifact.js";
import { adam } from "../src/landscape/adam.js";
import { lbfgs } from "../src/landscape/lbfgs.js";
import type { Evaluate, OnIteration, OptimizationResult } from "../src/landscape/optimization.js";
import { sgd } from "../src/landscape/sgd.js";
import { type LossFunction, lossFunction, type Problem } from "../src/models/lossFunction.js";
import { type Architecture, createModel } from "../src/models/model.js";
import { createObjective, type Objective } from "../src/models/objective.js";
import { pinnVariables } from "../src/models/pinn.js";
import { pinnErrors, pinnExact } from "../src/models/pinnErrors.js";
import { pinnGrid } from "../src/models/pinnPoints.js";
import { predict } from "../src/models/predict.js";
import { validateProblem } from "../src/models/validateProblem.js";
import type { Stage } from "../src/stage.js";

type Optimizer =
  | {
      kind: "lbfgs";
      learningRate: number;
      history: number;
      maxIterations: number;
      gradientTolerance: number;
      changeTolerance: number;
    }
  | { kind: "adam"; learningRate: number; betas: [number, number]; epsilon: number; iterations: number }
  | { kind: "sgd"; learningRate: number; momentum: number; nesterov: boolean; iterations: number };

interface Params {
  architecture: Extract<Architecture, { kind: "mlp" }>;
  problem: Problem;
  optimizer: Optimizer;
  seed: number;
  dtype: "f32" | "f64";
}

export const trainStage: Stage<Params> = {
  name: "train",
  version: 1,
  inputs: {},
  output: "model",
  check({ architecture, problem, optimizer }) {
    const variables = pinnVariables(problem);
    return [
      ...validateProblem(problem).map(({ path, message }) => ({ path: ["problem", ...path], message })),
      // A domain without variables is a fault of its own.
      ...(variables.length > 0 ? widthProblems(architecture.widths, variables) : []),
      ...(optimizer.kind === "sgd" && optimizer.nesterov && optimizer.momentum === 0
        ? [{ path: ["optimizer", "nesterov"], message: "needs a momentum above 0" }]
        : []),
    ];
  },
  async run({ params, progress }) {
    const { architecture, problem, optimizer, seed, dtype } = params;
    const objective = await createObjective(lossFunction(architecture, problem), { dtype });
    try {
      // L-BFGS ends by its tolerances, the others after a given number of iterations.
      const total = optimizer.kind === "lbfgs" ? undefined : optimizer.iterations;
      const result = await train(
        objective.lossAndGradient,
        createModel(architecture).initialize(seed),
        optimizer,
        ({ iteration, loss }) =>
          progress(total && iteration / total, `iteration ${iteration}, loss ${loss.toPrecision(4)}`),
      );
      return await modelArtifact(result, objective, params);
    } finally {
      await objective.release();
    }
  },
};

function widthProblems(widths: readonly number[], variables: readonly string[]) {
  const ends = [
    { at: 0, width: variables.length, what: `input${variables.length === 1 ? "" : "s"} (${listOf(variables)})` },
    { at: widths.length - 1, width: 1, what: "output (u)" },
  ];
  return ends
    .filter(({ at, width }) => widths[at] !== width)
    .map(({ at, width, what }) => ({
      path: ["architecture", "widths", at],
      message: `is ${widths[at]}; a pinn problem has ${width} ${what}`,
    }));
}

const listOf = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join();

function train(
  evaluate: Evaluate,
  start: Float64Array,
  optimizer: Optimizer,
  onIteration: OnIteration,
): Promise<OptimizationResult> {
  switch (optimizer.kind) {
    case "lbfgs":
      return lbfgs(
        evaluate,
        start,
        {
          lr: optimizer.learningRate,
          historySize: optimizer.history,
          maxIterations: optimizer.maxIterations,
          toleranceGradient: optimizer.gradientTolerance,
          toleranceChange: optimizer.changeTolerance,
        },
        onIteration,
      );
    case "adam":
      return adam(
        evaluate,
        start,
        {
          lr: optimizer.learningRate,
          betas: optimizer.betas,
          eps: optimizer.epsilon,
          maxIterations: optimizer.iterations,
        },
        onIteration,
      );
    case "sgd":
      return sgd(
        evaluate,
        start,
        {
          lr: optimizer.learningRate,
          momentum: optimizer.momentum,
          nesterov: optimizer.nesterov,
          maxIterations: optimizer.iterations,
        },
        onIteration,
      );
    default:
      return optimizer satisfies never;
  }
}

/** The trained weights as the one checkpoint; the loss of every iteration, the loss terms and the errors beside it. */
async function modelArtifact(result: OptimizationResult, objective: Objective, params: Params): Promise<Artifact> {
  const { theta, loss, iterations, evaluations, reason, losses } = result;
  const weights = params.dtype === "f32" ? Float32Array.from(theta) : theta;
  const terms = Object.entries(await objective.lossTerms(theta)).map(([name, [value]]) => [name, value] as const);
  const errors = await solutionErrors(params, theta);
  return artifact(
    "model",
    {
      step: Int32Array.of(iterations),
      loss: Float64Array.of(loss),
      weights: { width: weights.length, values: weights },
    },
    {
      architecture: params.architecture,
      problem: params.problem,
      layout: objective.layout,
      dtype: params.dtype,
      losses: Array.from(losses),
      terms: Object.fromEntries(terms),
      errors,
      stopped: reason,
      evaluations,
    },
    { loss, ...errors, iterations, stopped: reason },
  );
}

/** How far the network is from the exact solution on the whole grid, where one is stated. */
async function solutionErrors({ architecture, problem, dtype }: Params, theta: Float64Array) {
  const points = pinnGrid(problem);
  const exact = pinnExact(problem, points);
  if (exact === undefined) return {};
  const variables = pinnVariables(problem);
  const inputs = new Float64Array(variables.length * exact.length);
  for (const [row, name] of variables.entries()) inputs.set(points[name], row * exact.length);
  return pinnErrors(await predict(architecture, theta, inputs, { dtype }), exact);
}

/** What a model artifact was trained on, and the weights of its last checkpoint. */
export function trainedModel(model: Artifact): { loss: LossFunction; weights: Float64Array } {
  const { architecture, problem } = model.metadata as unknown as { architecture: Architecture; problem: Problem };
  return { loss: lossFunction(architecture, problem), weights: vectorAt(model, "weights", rowCount(model) - 1) };
}
