import assert from "node:assert/strict";
import { test } from "node:test";
import { lbfgs } from "../../src/training/lbfgs.js";
import type { Evaluate } from "../../src/training/optimization.js";
import type { FirstOrderOptimizer, LbfgsOptimizer } from "../../src/training/optimizer.js";
import { lbfgsOptions } from "../../src/training/optimizer.js";
import { type SolutionTraining, trainSolution } from "../../src/training/trainSolution.js";

/** (x − a)⁴ + 10(y − 2a)², where a changes between rounds. */
function bowl() {
  const at = { a: 0 };
  const evaluate: Evaluate = async ([x, y]) => {
    const [dx, dy] = [x - at.a, y - 2 * at.a];
    return { loss: dx ** 4 + 10 * dy * dy, gradient: Float64Array.of(4 * dx ** 3, 20 * dy) };
  };
  return { at, evaluate };
}

const start = Float64Array.of(3, 1);
const adam = {
  ...{ kind: "adam", learningRate: 0.05, weightDecay: 0, iterations: 12 },
  ...{ betas: [0.9, 0.999], epsilon: 1e-8 },
} as FirstOrderOptimizer & { iterations: number };
const quasiNewton: LbfgsOptimizer = {
  ...{ kind: "lbfgs", learningRate: 1, history: 5, maxIterations: 7, gradientTolerance: 1e-14, changeTolerance: 1e-14 },
  maxEvaluations: 70,
};
const settings = (of: Partial<SolutionTraining>): SolutionTraining => ({
  optimizer: adam,
  schedule: { kind: "cosine", to: 0, warmup: 3 },
  isWanted: () => true,
  ...of,
});
const hooks = { save: () => {}, progress: () => {} };

test("rounds over one loss are adam's iterations without rounds, to the bit: moments and learning rates go on", async () => {
  const { evaluate } = bowl();
  const told: [number, number][] = [];
  let renewed: number;
  const rounds = {
    every: 5,
    renew: async (_: Float64Array, iteration: number) => void (renewed = iteration),
    began: (loss: number) => void told.push([renewed, loss]),
  };
  const whole = await trainSolution(evaluate, start, settings({}), hooks);
  const parts = await trainSolution(evaluate, start, settings({ rounds }), hooks);
  assert.deepEqual(parts.history, whole.history);
  assert.deepEqual(
    parts.checkpoints.map(({ weights }) => weights),
    whole.checkpoints.map(({ weights }) => weights),
  );
  assert.equal(parts.evaluations, whole.evaluations + 2, "each round measures its new loss");
  assert.deepEqual(told, [
    [5, whole.history.trainLoss[5]],
    [10, whole.history.trainLoss[10]],
  ]);
});

test("a new round of lbfgs begins without memory, at the weights of the last one, on the new loss", async () => {
  const { at, evaluate } = bowl();
  const rounds = { every: 3, renew: async () => void at.a++, began: () => {} };
  const found = await trainSolution(evaluate, start, settings({ optimizer: quasiNewton, rounds }), hooks);
  const other = bowl();
  let theta: Float64Array = start;
  const losses: number[] = [];
  for (const [a, maxIterations] of [3, 3, 1].entries()) {
    other.at.a = a;
    const result = await lbfgs(other.evaluate, theta, {
      ...{ ...lbfgsOptions(quasiNewton), maxIterations, maxEvaluations: 10 * maxIterations },
    });
    theta = result.theta;
    losses.push(...result.losses.subarray(a === 0 ? 0 : 1));
  }
  assert.deepEqual(found.checkpoints.at(-1)?.weights, theta);
  assert.deepEqual(found.history.trainLoss, losses);
  assert.deepEqual(found.history.epoch, [0, 1, 2, 3, 4, 5, 6, 7]);
});

test("the budget of evaluations is shared out among the rounds", async () => {
  const { at, evaluate } = bowl();
  const rounds = { every: 4, renew: async () => void at.a++, began: () => {} };
  const optimizer = { ...quasiNewton, maxIterations: 8, maxEvaluations: 6 };
  const { history } = await trainSolution(evaluate, start, settings({ optimizer, rounds }), hooks);
  assert.equal(history.epoch.at(-1), 4, "two iterations in each round reach three evaluations");
});
