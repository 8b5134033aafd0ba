import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, numbers, rowCount, vectorAt } from "../../src/artifact/artifact.js";
import { twoMoons } from "../../src/data/generated/plane.js";
import { colouredShapes } from "../../src/data/generated/shapes.js";
import { jumped } from "../../src/landscape/jumpAndRetrain.js";
import type { Layout } from "../../src/models/networks/layout.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { datasetArtifact } from "../../stages/artifacts/dataset.js";
import { modelWithLoss } from "../../stages/inputs/modelAtPorts.js";
import { jumpAndRetrainStage } from "../../stages/jumpAndRetrain.js";
import { trainStage } from "../../stages/train.js";
import { runInPieces, runStage } from "./runStage.js";

const moons = (count: number, split = "train") => datasetArtifact(twoMoons({ count, seed: 0, split, noise: 0.15 }), {});
const inputs = { data: moons(100), validation: moons(50, "test") };
const base = {
  architecture: { kind: "mlp", widths: [2, 8, 2], activation: "relu" },
  problem: { kind: "supervised" },
  optimizer: { kind: "adam", learningRate: 0.01 },
  batchSize: 20,
  epochs: 5,
};
const model = await runStage(trainStage, base, inputs);
const tail = (values: Float64Array) => values[values.length - 1];

const pinn = {
  architecture: { kind: "mlp", widths: [2, 4, 1] },
  problem: {
    kind: "pinn",
    equation: "u_t + u_x",
    initial: "sin(x)",
    collocation: { points: 20 },
    grid: { x: 8, t: 4 },
  },
};

test("a network that tells moons apart comes back from jumps: a row for each epoch, losses that are those of its weights", async () => {
  const params = { seeds: [0, 7], steps: [0.5, 1], epochs: 6 };
  const found = await runInPieces(jumpAndRetrainStage, params, { ...inputs, model });
  assert.deepEqual(Object.keys(found.columns), [
    ...["step", "loss", "weights", "trajectory", "seed", "jump", "epoch", "learningRate", "trainLoss"],
    ...["trainAccuracy", "validationLoss", "validationAccuracy"],
  ]);
  assert.equal(rowCount(found), 24);
  assert.deepEqual(
    [...numbers(found, "trajectory")],
    [0, 1, 2, 3].flatMap((k) => Array(6).fill(k)),
  );
  assert.deepEqual([...numbers(found, "epoch")].slice(6, 12), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...numbers(found, "step")].slice(6, 12), [5, 10, 15, 20, 25, 30]);
  assert.deepEqual(
    [5, 6, 12, 18].map((row) => [numbers(found, "seed")[row], numbers(found, "jump")[row]]),
    [
      [0, 0.5],
      [0, 1],
      [7, 0.5],
      [7, 1],
    ],
  );
  const { loss } = modelWithLoss(found, inputs);
  const objective = await createObjective(loss, { dtype: "f32" });
  for (let row = 0; row < rowCount(found); row += 5) {
    const [again] = await objective.loss(vectorAt(found, "weights", row));
    assert.ok(Math.abs(again / numbers(found, "loss")[row] - 1) < 1e-5, "two sums of f32 in other orders");
  }
  await objective.release();
  for (const k of [0, 1, 2, 3]) {
    const own = numbers(found, "loss").slice(6 * k, 6 * k + 6);
    assert.ok(own[5] < own[0], `${own}`);
  }
  assert.deepEqual(found.summary, { trajectories: 4, rows: 24, startLoss: tail(numbers(model, "loss")) });
});

test("a trajectory is the training that starts at the jump, with the model's own optimizer, and depends on no other", async () => {
  const params = { seeds: [3], steps: [0.5], epochs: 4, includeJump: true };
  const alone = await runStage(jumpAndRetrainStage, params, { ...inputs, model });
  assert.deepEqual([...numbers(alone, "epoch")], [0, 1, 2, 3, 4]);
  const last = vectorAt(model, "weights", 0);
  const there = jumped(last, model.metadata.layout as Layout, { seed: 3, step: 0.5 });
  assert.deepEqual(vectorAt(alone, "weights", 0), Float64Array.from(Float32Array.from(there)));
  const whole = await runInPieces(
    jumpAndRetrainStage,
    { ...params, seeds: [1, 3], steps: [0.5, 1] },
    { ...inputs, model },
  );
  assert.deepEqual(vectorAt(whole, "weights", 14), vectorAt(alone, "weights", 4));
  const training = alone.metadata.training as Record<string, unknown>;
  assert.deepEqual(training.optimizer, (model.metadata.training as Record<string, unknown>).optimizer);
  assert.equal(training.batchSize, 20);
  // Another batch size makes other steps; the order of the samples is another with each jump.
  const larger = await runStage(jumpAndRetrainStage, { ...params, batchSize: 50 }, { ...inputs, model });
  assert.equal(tail(numbers(larger, "step")), 8);
});

test("batch norms keep their statistics and images their augmentation", async () => {
  const data = datasetArtifact(colouredShapes({ count: 24, seed: 0, split: "train" }), {});
  const architecture = {
    kind: "cnn",
    image: [3, 32, 32],
    blocks: [{ channels: 4, stride: 4 }],
    classes: 10,
    batchNorm: true,
  };
  const params = { ...base, architecture, augment: { flip: true }, epochs: 1, batchSize: 8 };
  const images = await runStage(trainStage, params, { data });
  const jump = { seeds: [0], steps: [0.5], epochs: 2, includeJump: true };
  const found = await runStage(jumpAndRetrainStage, jump, { data, model: images });
  assert.deepEqual(vectorAt(found, "state", 0), vectorAt(images, "state", 0));
  assert.notDeepEqual(vectorAt(found, "state", 2), vectorAt(images, "state", 0));
  assert.deepEqual((found.metadata.training as { augment: object }).augment, { flip: true, crop: 0 });
});

for (const optimizer of [
  { kind: "lbfgs", maxIterations: 30 },
  { kind: "adam", iterations: 30 },
]) {
  test(`a pinn by ${optimizer.kind} is retrained in iterations, several to an epoch`, async () => {
    const solved = await runStage(trainStage, { ...pinn, optimizer });
    const params = { seeds: [0], steps: [0.25, 0.5], epochs: 5, iterationsPerEpoch: 4 };
    const found = await runInPieces(jumpAndRetrainStage, params, { model: solved });
    assert.deepEqual([...numbers(found, "step")], [4, 8, 12, 16, 20, 4, 8, 12, 16, 20]);
    assert.deepEqual([...numbers(found, "epoch")], [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]);
    assert.ok(numbers(found, "loss")[4] < numbers(found, "loss")[0]);
    await assert.rejects(
      runInPieces(jumpAndRetrainStage, params, { model: solved, data: inputs.data }),
      /remove the input "data"/,
    );
  });
}

test("L-BFGS on samples takes iterations, too; mini-batches have epochs of their own", async () => {
  const lbfgs = { optimizer: { kind: "lbfgs" }, seeds: [0], steps: [1], epochs: 3, iterationsPerEpoch: 2 };
  const found = await runInPieces(jumpAndRetrainStage, lbfgs, { ...inputs, model });
  assert.deepEqual([...numbers(found, "step")], [2, 4, 6]);
  const params = { seeds: [0], steps: [1], epochs: 1, iterationsPerEpoch: 2 };
  await assert.rejects(
    runInPieces(jumpAndRetrainStage, params, { ...inputs, model }),
    /iterationsPerEpoch needs iterations/,
  );
});

test("a trajectory that diverges ends at its last finite loss and is named; if all do, that is an error", async () => {
  // Weights beyond the largest number of f32 have no finite loss.
  const params = { seeds: [0], steps: [0.5, 1e38], epochs: 3 };
  const found = await runInPieces(jumpAndRetrainStage, params, { ...inputs, model });
  assert.equal(rowCount(found), 3);
  assert.ok(numbers(found, "loss").every(Number.isFinite));
  const [good, bad] = found.metadata.trajectories as { rows: number; stopped: string }[];
  assert.deepEqual([good.rows, bad.rows, bad.stopped], [3, 0, "non-finite loss"]);
  assert.match(found.summary.warning as string, /trajectory 1 \(seed 0, step 1e\+38\) has 0 of 3 rows/);
  await assert.rejects(
    runInPieces(jumpAndRetrainStage, { ...params, steps: [1e38] }, { ...inputs, model }),
    /no jump ended at a finite loss/,
  );
  const wild = { seeds: [0], steps: [0.5], epochs: 30, optimizer: { kind: "sgd", learningRate: 1e12 } };
  const left = await runInPieces(jumpAndRetrainStage, { ...wild, includeJump: true }, { ...inputs, model });
  const epochs = [...numbers(left, "epoch")];
  assert.ok(epochs.length < 31 && epochs.every((epoch, i) => epoch === i), `${epochs}`);
});

test("a model that does not say how it was trained needs an optimizer", async () => {
  const { training: _, ...metadata } = model.metadata;
  const silent: Artifact = { ...model, metadata };
  const params = { seeds: [0], steps: [0.5], epochs: 1 };
  await assert.rejects(runStage(jumpAndRetrainStage, params, { ...inputs, model: silent }), /set optimizer/);
  const optimizer = { kind: "sgd", learningRate: 0.01 };
  const found = await runStage(jumpAndRetrainStage, { ...params, optimizer }, { ...inputs, model: silent });
  assert.equal(rowCount(found), 1);
  await assert.rejects(runStage(jumpAndRetrainStage, params, { model }), /connect them to the port "data"/);
});
