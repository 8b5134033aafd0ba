import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, numbers, vectorRows } from "../../../src/artifact/artifact.js";
import { kernelTraces } from "../../../src/models/problems/kernelTraces.js";
import { modelFacts } from "../../../stages/artifacts/model.js";
import { evaluateStage } from "../../../stages/evaluate.js";
import { trainStage } from "../../../stages/train.js";
import { runStage } from "../runStage.js";
import { tiny } from "../tinyPinn.js";

const optimizer = [
  { kind: "adam", iterations: 6 },
  { kind: "lbfgs", maxIterations: 3 },
];
const checkpoints = { every: 1 };

const historyOf = (model: Artifact) => model.metadata.history as Record<string, number[]>;

for (const traces of ["sum", "mean"] as const) {
  test(`weights by the kernel's traces (${traces}) move, are recorded, and stay with the model`, async () => {
    const balance = { kind: "ntk", every: 2, momentum: 0.5, traces };
    const model = await runStage(trainStage, { ...tiny, optimizer, balance, checkpoints });
    const names = ["initial", "boundary", "residual"];
    const weights = names.map((name) => historyOf(model)[`weight_${name}`]);
    const { architecture, problem, dtype } = modelFacts(model);
    assert.ok(problem.kind === "pinn");
    const kernel = await kernelTraces(architecture, problem, { dtype });
    // The weights of iterations 1, 3 and 5 come from the parameters of iterations 0, 2 and 4.
    for (const iteration of [0, 2, 4]) {
      const found = await kernel.at(Float64Array.from(vectorRows(model, "weights")[iteration]));
      const total = found.reduce((sum, trace) => sum + trace[traces], 0);
      for (const [i, own] of weights.entries()) {
        const wanted = 0.5 * own[iteration] + (0.5 * total) / found[i][traces];
        assert.ok(Math.abs(own[iteration + 1] - wanted) <= 1e-12 * wanted);
        if (iteration > 0) assert.equal(own[iteration], own[iteration - 1]);
      }
    }
    await kernel.release();
    assert.ok(weights.every((own) => new Set(own.slice(5)).size === 1));
    const [initial, boundary, residual] = weights.map((own) => own.at(-1));
    assert.deepEqual(problem.weights, { initial, boundary, residual });
    const evaluated = await runStage(evaluateStage, {}, { model });
    assert.equal(numbers(evaluated, "loss")[0], historyOf(model).trainLoss.at(-1));
  });
}

for (const balance of [
  { kind: "ntk", every: 2 },
  { kind: "gradient-norm", every: 2 },
]) {
  for (const dtype of ["f64", "f32"]) {
    test(`${balance.kind} in ${dtype}: stopped after any iteration, a training goes on to the same bits`, async () => {
      const states: Artifact[] = [];
      const save = (state: () => Artifact) => states.push(structuredClone(state()));
      const params = { ...tiny, optimizer, balance, checkpoints, dtype };
      const whole = await runStage(trainStage, params, {}, { resume: { load: () => undefined, save } });
      assert.ok(states.length > 6);
      for (const state of states) {
        const again = await runStage(trainStage, params, {}, { resume: { load: () => state, save: () => {} } });
        assert.deepEqual(again, whole);
      }
    });
  }
}
