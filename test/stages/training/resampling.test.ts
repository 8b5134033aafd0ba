import assert from "node:assert/strict";
import { test } from "node:test";
import type { Artifact } from "../../../src/artifact/artifact.js";
import { numbers } from "../../../src/artifact/artifact.js";
import { decodeArtifact, encodeArtifact } from "../../../src/artifact/artifactFile.js";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { evaluateStage } from "../../../stages/evaluate.js";
import { hessianStage } from "../../../stages/hessian.js";
import { trainStage } from "../../../stages/train.js";
import { runStage } from "../runStage.js";

/** The left half of a square, where the first points are a Sobol sequence. */
const problem = {
  ...{ kind: "pinn", equation: "u_xx + u_yy + 30*exp(-40*(x + 0.5)^2)", boundary: "none", edge: "u = 0" },
  ...{ domain: { x: [-1, 1], y: [-1, 1] }, grid: { x: 9, y: 9 }, inside: "x < 0" },
  collocation: { points: 40, method: "sobol", seed: 3 },
};
const params = {
  ...{ architecture: { kind: "mlp", widths: [2, 8, 8, 1] }, problem },
  optimizer: [
    { kind: "adam", iterations: 7 },
    { kind: "lbfgs", maxIterations: 8 },
  ],
  resample: { kind: "rad", every: 4, k: 2, candidates: 1000 },
};

const pointsOf = (model: Artifact) => {
  const { points, collocation } = model.metadata.problem as PinnProblem;
  return (points?.collocation ?? collocation) as unknown as Record<string, number[]>;
};

test("points are drawn anew between rounds; the model keeps the last ones, and stages take the loss there", async () => {
  const logs: string[] = [];
  const log = (text: string) => void logs.push(text);
  const model = await runStage(trainStage, { ...params, checkpoints: { every: 1 } }, {}, { log });
  const { x, y } = pointsOf(model);
  assert.equal(x.length, 40);
  assert.ok(x.every((value) => value > -1 && value < 0) && y.every((value) => Math.abs(value) < 1));

  const resampled = model.metadata.resampled as Record<string, number>[];
  const draws = resampled.map(({ iteration }) => iteration);
  // A round of lbfgs ends when its evaluations are used up.
  assert.ok(draws[0] === 4 && draws[1] === 7 && draws[2] > 7 && draws[2] <= 11 && draws.length === 3, `${draws}`);
  const counts = numbers(model, "resamplings");
  assert.deepEqual(
    [...numbers(model, "step")].map((step, row) => [step, counts[row]]),
    Array.from(counts, (_, step) => [step, draws.filter((iteration) => iteration < step).length]),
  );
  const { trainLoss } = model.metadata.history as Record<string, number[]>;
  assert.deepEqual(
    resampled.map(({ iteration, before, candidates }) => [iteration, before, candidates]),
    draws.map((iteration) => [iteration, trainLoss[iteration], 1000]),
  );
  assert.ok(resampled.every(({ effective, before, after }) => effective < 1000 && after > 0 && after !== before));
  assert.equal(logs.filter((line) => /residual points drawn anew, effectively from \d+ of 1000/.test(line)).length, 3);

  const evaluated = await runStage(evaluateStage, {}, { model }, { log });
  const [loss, last] = [numbers(evaluated, "loss")[0], trainLoss.at(-1)!];
  assert.ok(Math.abs(loss - last) < 1e-12 * last);
  assert.match(logs.at(-1)!, /taken at the 40 points drawn by their residuals after iteration \d+ of the training/);
  await runStage(hessianStage, { top: 1, bottom: 0, density: false, trace: false }, { model }, { log });
  assert.match(logs.join(""), /(after iteration \d+ of the training\n.*){2}/s);
});

test("points gather where the residual is large: at first where the source is", async () => {
  const one = { kind: "adam", iterations: 1 };
  const { x } = pointsOf(await runStage(trainStage, { ...params, optimizer: [one, one] }));
  const close = x.filter((value) => Math.abs(value + 0.5) < 0.2).length;
  // p ∝ r² / mean r² + 1 with r = 30 exp(−40 (x + 1/2)²): 0.69 of it lies there, on 0.4 of the region.
  assert.ok(Math.abs(close / 40 - 0.69) < 0.2, `${close} of 40`);
});

test("the same config gives the same bytes; another seed of the points gives others", async () => {
  const [one, two] = [await runStage(trainStage, params), await runStage(trainStage, params)];
  assert.deepEqual(encodeArtifact(one), encodeArtifact(two));
  const other = { ...problem, collocation: { ...problem.collocation, seed: 4 } };
  assert.notDeepEqual(pointsOf(await runStage(trainStage, { ...params, problem: other })), pointsOf(one));
});

test("a killed training ends with the same bytes, wherever it was", async () => {
  for (const balance of [undefined, { kind: "gradient-norm", every: 2 }]) {
    const states: Uint8Array[] = [];
    const save = (state: () => Artifact) => void states.push(encodeArtifact(state()));
    const own = { ...params, ...(balance && { balance }) };
    const whole = encodeArtifact(await runStage(trainStage, own, {}, { resume: { load: () => undefined, save } }));
    // In and between rounds of both optimizers, and at the end of adam.
    for (let k = balance ? 3 : 0; k < states.length; k += balance ? 4 : 1) {
      const resume = { load: () => decodeArtifact(states[k]), save: () => {} };
      assert.deepEqual(encodeArtifact(await runStage(trainStage, own, {}, { resume })), whole, `after ${k}`);
    }
  }
});

test("points of the grid are drawn from the others of the grid, in f32 too", async () => {
  const onGrid = { ...problem, inside: undefined, edge: undefined, collocation: { points: 12 } };
  const grid = JSON.parse(JSON.stringify(onGrid));
  const given = { ...params, problem: grid, resample: { kind: "rad", every: 4 }, dtype: "f32" };
  const model = await runStage(trainStage, given);
  const { x, y } = pointsOf(model);
  assert.equal(new Set(x.map((value, i) => `${value} ${y[i]}`)).size, 12);
  assert.ok([...x, ...y].every((value) => Number.isInteger(4 * value)));
});

test("a resampling that does nothing, or cannot be, is refused", () => {
  const faults = (changes: object) =>
    trainStage
      .check?.({
        schedule: { kind: "constant", warmup: 0 },
        initialization: "default",
        seed: 0,
        ...params,
        architecture: { ...params.architecture, activation: "tanh" },
        ...changes,
      } as never)
      ?.map(({ path, message }) => `${path.join(".")} ${message}`)
      .join("\n");
  const rad = params.resample;
  assert.equal(faults({}), "");
  const single = { kind: "adam", iterations: 5 };
  assert.match(faults({ optimizer: single, resample: { ...rad, every: 5 } })!, /every is 5, but .* after 5 iterations/);
  assert.match(faults({ resample: { ...rad, k: 0, c: 1 } })!, /resample.c has no effect with k: 0/);
  assert.equal(faults({ resample: { ...rad, k: 0 } }), "");
  assert.match(faults({ resample: { ...rad, candidates: 40 } })!, /candidates is 40; expected more than the 40 points/);
  const onGrid = { ...problem, collocation: { points: 12 } };
  assert.match(faults({ problem: onGrid })!, /candidates has no effect, because collocation.method is grid/);
  const { inside: _, edge: __, ...square } = problem;
  const whole = { resample: { ...rad, candidates: undefined } };
  assert.match(
    faults({ ...whole, problem: { ...square, collocation: { points: 49 } } })!,
    /resample has nothing to draw, because the 49 residual points are all of the grid; take fewer/,
  );
  assert.equal(faults({ ...whole, problem: { ...square, collocation: { points: 48 } } }), "");
  const listed = { ...problem, points: { collocation: { x: [-0.5], y: [0] } } };
  assert.match(faults({ problem: listed })!, /resample draws the residual points anew, but the problem lists them/);
  const ntk = { kind: "ntk", every: 2, momentum: 0, traces: "sum" };
  assert.match(faults({ balance: ntk })!, /resample cannot go with balance: ntk, .*; leave out one/);
  assert.equal(faults({ balance: { kind: "gradient-norm", every: 2, momentum: 0 } }), "");
  const samples = { kind: "supervised", loss: "mean-squared-error", labelSmoothing: 0, weightPenalty: 0 };
  assert.match(faults({ problem: samples, optimizer: single })!, /resample needs a differential equation/);
});
