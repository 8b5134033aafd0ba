import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers, vectorAt } from "../../src/artifact/artifact.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { evaluateStage } from "../../stages/evaluate.js";
import { hessianStage } from "../../stages/hessian.js";
import { predictStage } from "../../stages/predict.js";
import { sampleGridStage } from "../../stages/sampleGrid.js";
import { trainStage } from "../../stages/train.js";
import { muellerBrown, muellerBrownMinima, plane } from "../models/landscapes.js";
import { runStage } from "./runStage.js";

const trained = (optimizer: object, start: object) =>
  runStage(trainStage, { architecture: { ...plane, start }, problem: muellerBrown, optimizer });

test("every optimizer finds the minimum of the basin that it begins in", async () => {
  // Steps that curvatures of up to 2000 allow; curvature is at least 100, so that 700 of them are plenty.
  const optimizers = [
    { kind: "lbfgs", gradientTolerance: 1e-9 },
    { kind: "adam", learningRate: 0.01, iterations: 1500 },
    { kind: "sgd", learningRate: 0.0003, iterations: 700 },
  ];
  for (const optimizer of optimizers) {
    for (const [x, y, energy] of muellerBrownMinima) {
      const model = await trained(optimizer, { x: x + 0.03, y: y - 0.02 });
      const loss = numbers(model, "loss").at(-1)!;
      assert.ok(Math.abs(loss - energy) < 1e-6, `${optimizer.kind}: ${loss}, expected ${energy}`);
    }
  }
});

test("an analytic landscape has a grid and a Hessian as networks have", async () => {
  const model = await trained({ kind: "lbfgs", gradientTolerance: 1e-9 }, { x: -0.5, y: 1.4 });
  assert.deepEqual(Object.keys(model.summary).slice(0, 1), ["loss"]);
  const [x, y] = vectorAt(model, "weights", 0);
  const spectrum = await runStage(hessianStage, { top: 2, bottom: 0, trace: false, density: false }, { model });
  // Second differences of the energy itself.
  const energy = (u: number, v: number) => {
    const c = muellerBrown.coefficients!;
    const at = (k: number) => {
      const [p, q] = [u - c[`x${k}`], v - c[`y${k}`]];
      return c[`A${k}`] * Math.exp(c[`a${k}`] * p * p + c[`b${k}`] * p * q + c[`c${k}`] * q * q);
    };
    return at(1) + at(2) + at(3) + at(4);
  };
  const h = 1e-4;
  const second = (dx: number, dy: number) =>
    (energy(x + h * dx, y + h * dy) - 2 * energy(x, y) + energy(x - h * dx, y - h * dy)) / h ** 2;
  const [xx, yy, both] = [second(1, 0), second(0, 1), second(1, 1)];
  const trace = numbers(spectrum, "value").reduce((sum, value) => sum + value, 0);
  const product = numbers(spectrum, "value").reduce((all, value) => all * value, 1);
  assert.ok(Math.abs(trace - xx - yy) < 1e-3 * trace);
  assert.ok(Math.abs(product - (xx * yy - ((both - xx - yy) / 2) ** 2)) < 1e-3 * product);

  const directions = await runStage(computeDirectionsStage, { method: "random", count: 2, seed: 1 }, { model });
  const grid = await runStage(sampleGridStage, { steps: 5, range: [-0.1, 0.1] }, { model, directions });
  const [d, e] = [0, 1].map((row) => vectorAt(directions, "vector", row));
  const [a1, a2, loss] = ["a1", "a2", "loss"].map((name) => numbers(grid, name));
  for (let i = 0; i < loss.length; i++) {
    const expected = energy(x + a1[i] * d[0] + a2[i] * e[0], y + a1[i] * d[1] + a2[i] * e[1]);
    assert.ok(Math.abs(loss[i] - expected) < 1e-10 * Math.abs(expected));
  }
});

test("what has no predictions says so", async () => {
  const model = await trained({ kind: "lbfgs" }, { x: -0.5, y: 1.4 });
  await assert.rejects(runStage(predictStage, {}, { model }), /parameters of a function, which predicts nothing/);
  await assert.rejects(runStage(evaluateStage, {}, { model }), /parameters of a function, which predicts nothing/);
});
