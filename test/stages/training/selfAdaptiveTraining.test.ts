import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Artifact, numbers } from "../../../src/artifact/artifact.js";
import type { Architecture } from "../../../src/models/networks/architecture.js";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { modelArtifact, modelFacts, weightsOf } from "../../../stages/artifacts/model.js";
import { computeDirectionsStage } from "../../../stages/computeDirections.js";
import { evaluateStage } from "../../../stages/evaluate.js";
import { sampleGridStage } from "../../../stages/sampleGrid.js";
import { trainStage } from "../../../stages/train.js";
import { sines } from "../../models/problems/pytorch.js";
import { runStage } from "../runStage.js";
import { tiny } from "../tinyPinn.js";

/** 40 steps by PyTorch, from fixtures/selfAdaptive.py. */
const published: {
  losses: number[];
  terms: Record<string, number[]>;
  weights: Record<string, number[]>;
  theta: number[];
} = JSON.parse(readFileSync("test/fixtures/selfAdaptive.json", "utf8"));

const historyOf = (model: Artifact) => model.metadata.history as Record<string, number[]>;

function pointWeightsOf(model: Artifact): Readonly<Record<string, readonly number[]>> {
  const { problem } = modelFacts(model);
  assert.ok(problem.kind === "pinn" && problem.pointWeights);
  return problem.pointWeights;
}

function assertClose(found: ArrayLike<number>, expected: readonly number[], what: string) {
  assert.equal(found.length, expected.length, what);
  for (const [i, value] of expected.entries()) {
    assert.ok(
      Math.abs(found[i] - value) <= 1e-10 * Math.max(1, Math.abs(value)),
      `${what} ${i}: ${found[i]}, ${value}`,
    );
  }
}

test("losses, terms, weights of points and parameters are those of PyTorch over 40 steps", async () => {
  const architecture: Architecture = { kind: "mlp", widths: [2, 6, 5, 1], activation: "tanh" };
  const collocation = {
    x: [...sines(12, 1.1)].map((s) => Math.PI * (1 + 0.9 * s)),
    t: [...sines(12, 2.3)].map((s) => 0.5 + 0.45 * s),
  };
  const problem: PinnProblem = {
    ...{ kind: "pinn", equation: "u_t = 0.3*u_xx", domain: { x: [0, "2*pi"], t: [0, 1] }, grid: { x: 8, t: 4 } },
    ...{ initial: "sin(x)", boundary: { x: "periodic" }, weights: { residual: 2 }, points: { collocation } },
    collocation: { points: 1, seed: 0 },
  };
  const weights = sines(published.theta.length, 1.7).map((s) => 0.8 * s);
  const checkpoint = { step: Int32Array.of(0), loss: Float64Array.of(0), weights };
  const start = modelArtifact({ architecture, problem, dtype: "f64" }, checkpoint, {}, {});
  const model = await runStage(
    trainStage,
    {
      ...{ architecture, problem, optimizer: { kind: "adam", learningRate: 0.01, iterations: 40 } },
      balance: {
        ...{ kind: "self-adaptive", terms: { initial: 3, boundary: 0.5, residual: 1 } },
        ...{ learningRate: 0.05, betas: [0.99, 0.999] },
      },
    },
    { start },
  );
  const history = historyOf(model);
  assertClose(history.trainLoss, published.losses, "loss");
  for (const [term, values] of Object.entries(published.terms)) assertClose(history[term], values, term);
  const found = pointWeightsOf(model);
  assert.deepEqual(Object.keys(found), Object.keys(published.weights));
  for (const [term, own] of Object.entries(found)) {
    assertClose(own, published.weights[term], `weights of ${term}`);
    const mean = own.reduce((sum, weight) => sum + weight, 0) / own.length;
    assertClose([history[`meanWeight_${term}`].at(-1)!], [mean], term);
    assertClose([history[`largestWeight_${term}`].at(-1)!], [Math.max(...own)], term);
  }
  assertClose(weightsOf(model), published.theta, "theta");
});

const optimizer = [
  { kind: "adam", iterations: 4 },
  { kind: "sgd", iterations: 2, learningRate: 0.001 },
  { kind: "lbfgs", maxIterations: 3 },
];
const balance = {
  ...{ kind: "self-adaptive", terms: { residual: { uniform: [0, 1] }, initial: 10 } },
  ...{ learningRate: 0.1, seed: 3 },
};
const setting = { ...tiny, optimizer, balance, checkpoints: { every: 1 } };

test("weights move with every step before lbfgs, and the loss of later stages is that of the last ones", async () => {
  const model = await runStage(trainStage, setting);
  const { meanWeight_residual, largestWeight_initial, trainLoss } = historyOf(model);
  assert.equal(new Set(meanWeight_residual.slice(0, 7)).size, 7);
  assert.equal(new Set(meanWeight_residual.slice(6)).size, 1);
  assert.equal(largestWeight_initial[0], 100);
  const weights = pointWeightsOf(model);
  assert.deepEqual(Object.keys(weights), ["initial", "residual"]);
  assert.ok(weights.residual.every((weight) => weight > 0));
  assert.equal(new Set(weights.residual).size, 20, "each point has its own");

  const evaluated = await runStage(evaluateStage, {}, { model });
  assert.equal(numbers(evaluated, "loss")[0], trainLoss.at(-1));
  assert.equal(numbers(evaluated, "meanWeight_residual")[0], meanWeight_residual.at(-1));
  const directions = await runStage(computeDirectionsStage, { method: "hessian", count: 1 }, { model });
  const grid = await runStage(sampleGridStage, { steps: 3, terms: true }, { model, directions });
  assert.ok(Math.abs(numbers(grid, "loss")[1] - trainLoss.at(-1)!) <= 1e-12 * trainLoss.at(-1)!);
  assert.equal(numbers(grid, "largestWeight_residual")[0], Math.max(...weights.residual));

  const plain = { ...modelFacts(model).problem, pointWeights: undefined };
  const unweighted = { ...model, metadata: { ...model.metadata, problem: plain } };
  const other = await runStage(evaluateStage, {}, { model: unweighted });
  assert.notEqual(numbers(other, "loss")[0], trainLoss.at(-1));
});

for (const dtype of ["f64", "f32"]) {
  test(`in ${dtype}: stopped after any iteration, a training goes on to the same bits`, async () => {
    const states: Artifact[] = [];
    const save = (state: () => Artifact) => states.push(structuredClone(state()));
    const params = { ...setting, dtype };
    const whole = await runStage(trainStage, params, {}, { resume: { load: () => undefined, save } });
    assert.ok(states.length > 6);
    for (const state of states) {
      const again = await runStage(trainStage, params, {}, { resume: { load: () => state, save: () => {} } });
      assert.deepEqual(again, whole);
    }
  });
}
