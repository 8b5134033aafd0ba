import assert from "node:assert/strict";
import { test } from "node:test";
import { gradientBalance } from "../../src/training/gradientBalance.js";
import type { TrainingHooks, TrainingState } from "../../src/training/trainingRecord.js";
import { type SolutionTraining, trainSolution } from "../../src/training/trainSolution.js";

const terms = ["initial", "residual"];

/** initial: (x − 1)² + y², residual: 100·(x·y)² */
function weightedLoss(weights = new Float64Array(2)) {
  const evaluate = async ([x, y]: Float64Array) => {
    const [a, b] = weights;
    const gradient = Float64Array.of(2 * a * (x - 1) + 200 * b * x * y * y, 2 * a * y + 200 * b * x * x * y);
    return { loss: a * ((x - 1) ** 2 + y * y) + 100 * b * (x * y) ** 2, gradient };
  };
  return { terms, weights, evaluate };
}

test("a weight moves towards the largest slope of the residual over the mean slope of its term", async () => {
  const loss = weightedLoss();
  const balanced = gradientBalance(loss, { every: 5, momentum: 0.9 }, { start: [2, 3], until: 20 });
  const theta = Float64Array.of(3, 0.5);
  const before = await balanced.evaluate(theta);
  assert.equal(before.loss, 2 * (4 + 0.25) + 300 * 2.25);
  await balanced.after(theta, 3);
  assert.deepEqual(balanced.current(), [2, 3]);
  await balanced.after(theta, 5);
  assert.deepEqual(balanced.current(), [2, 3], "the next evaluation is the first with new weights");
  await balanced.evaluate(theta);
  // residual, with its weight 3: (600·x·y², 600·x²·y); initial: (2·2, 2·0.5)
  const wanted = Math.max(600 * 3 * 0.25, 600 * 9 * 0.5) / ((4 + 1) / 2);
  assert.ok(Math.abs(balanced.current()[0] - (0.9 * 2 + 0.1 * wanted)) < 1e-12);
  assert.equal(balanced.current()[1], 3);
  const [moved] = balanced.current();
  await balanced.after(theta, 20);
  await balanced.evaluate(theta);
  assert.equal(balanced.current()[0], moved, "from there on the weights stay");
});

test("a term without a slope keeps its weight", async () => {
  const loss = weightedLoss();
  const balanced = gradientBalance(loss, { every: 1, momentum: 0 }, { start: [2, 3], until: 20 });
  await balanced.after(Float64Array.of(1, 0), 0);
  await balanced.evaluate(Float64Array.of(1, 0));
  assert.deepEqual(balanced.current(), [2, 3]);
});

test("killed anywhere, also before and after a change, a training goes on with the same numbers", async () => {
  for (const dtype of [Float64Array, Float32Array]) {
    const train = (hooks: TrainingHooks) => {
      const record = hooks.resume?.facts.record as { history: Record<string, number[]> } | undefined;
      const left = record?.history;
      const loss = weightedLoss(new dtype(2) as unknown as Float64Array<ArrayBuffer>);
      const balanced = gradientBalance(
        loss,
        { every: 3, momentum: 0.5 },
        {
          start: left ? [left.initial.at(-1) as number, left.residual.at(-1) as number] : [1, 1],
          ...{ until: 8, iteration: left?.epoch.at(-1) },
        },
      );
      const training = {
        ...{ schedule: { kind: "constant", warmup: 0 }, isWanted: () => false },
        earlier: [
          { kind: "adam", learningRate: 0.1, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0, iterations: 8 },
        ],
        optimizer: {
          ...{ kind: "lbfgs", learningRate: 1, history: 5, maxIterations: 6 },
          ...{ gradientTolerance: 1e-12, changeTolerance: 1e-14 },
        },
        measure: async (theta: Float64Array, iteration: number) => {
          const [initial, residual] = loss.weights;
          await balanced.after(theta, iteration);
          return { initial, residual };
        },
      } as unknown as SolutionTraining;
      return trainSolution(balanced.evaluate, Float64Array.of(3, 0.5), training, hooks);
    };
    const states: TrainingState[] = [];
    const whole = await train({ save: (state) => states.push(structuredClone(state())), progress: () => {} });
    assert.ok(new Set(whole.history.initial).size >= 4);
    for (const resume of states) {
      const again = await train({ resume, save: () => {}, progress: () => {} });
      assert.deepEqual(again.history, whole.history);
      assert.deepEqual(again.checkpoints, whole.checkpoints);
    }
  }
});
