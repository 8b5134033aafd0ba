import { adam } from "../src/landscape/adam.js";
import { lbfgs } from "../src/landscape/lbfgs.js";
import type { Evaluate, OnIteration, OptimizationResult } from "../src/landscape/optimization.js";
import { sgd } from "../src/landscape/sgd.js";
import { lossFunction, type Problem } from "../src/models/lossFunction.js";
import { type Architecture, createModel } from "../src/models/model.js";
import { createObjective } from "../src/models/objective.js";
import { validateModel } from "../src/models/validateModel.js";
import type { Stage } from "../src/stage.js";
import { modelArtifact } from "./modelArtifact.js";
import { readProblem } from "./readProblem.js";

export { trainedModel } from "./modelArtifact.js";

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
  architecture: Architecture;
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
    return [
      ...validateModel(architecture, problem),
      ...(optimizer.kind === "sgd" && optimizer.nesterov && optimizer.momentum === 0
        ? [{ path: ["optimizer", "nesterov"], message: "needs a momentum above 0" }]
        : []),
    ];
  },
  async run({ params, file, progress }) {
    const { architecture, optimizer, seed, dtype } = params;
    const problem = readProblem(params.problem, file);
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
      const { theta, loss, losses, iterations, evaluations, reason } = result;
      const checkpoint = { step: Int32Array.of(iterations), loss: Float64Array.of(loss), weights: theta };
      const facts = { losses: Array.from(losses), stopped: reason, evaluations };
      const summary = { iterations, stopped: reason };
      return await modelArtifact({ architecture, problem, dtype }, checkpoint, objective, facts, summary);
    } finally {
      await objective.release();
    }
  },
};

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
