import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers, rowCount, type VectorColumn } from "../../src/artifact/artifact.js";
import { decodeArtifact, encodeArtifact } from "../../src/artifact/artifactFile.js";
import type { Dataset } from "../../src/data/dataset.js";
import { markovText } from "../../src/data/generated/markovText.js";
import { shapesToSegment } from "../../src/data/generated/shapes.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import type { SupervisedProblem } from "../../src/models/problems/supervisedProblem.js";
import { datasetArtifact } from "../../stages/artifacts/dataset.js";
import { evaluateStage } from "../../stages/evaluate.js";
import { predictStage } from "../../stages/predict.js";
import { trainStage } from "../../stages/train.js";
import { muellerBrown, plane } from "../models/landscapes.js";
import { modelOf } from "./modelOnData.js";
import { runStage } from "./runStage.js";

const problem: SupervisedProblem = { kind: "supervised", loss: "cross-entropy", labelSmoothing: 0, weightPenalty: 0 };
const data = (dataset: Dataset) => datasetArtifact(dataset, { name: "test" });

/** Logits (0, w·x): b is right of zero for w > 0. */
const side: Architecture = { kind: "mlp", widths: [1, 2], activation: "tanh" };
const sideModel = (...slopes: number[]) =>
  modelOf(
    side,
    problem,
    slopes.map((w) => Float64Array.of(0, w, 0, 0)),
  );
const points: Dataset = {
  task: "classification",
  inputShape: [1],
  targetShape: [],
  classes: ["a", "b"],
  inputs: Float32Array.of(-1, 2, 3, 1),
  targets: Uint8Array.of(0, 1, 1, 0),
  offset: [0],
  scale: [1],
};

test("predictions of samples by name, with their probabilities", async () => {
  const inputs = { model: sideModel(1), data: data(points) };
  const table = await runStage(predictStage, { limit: 3 }, inputs);
  assert.deepEqual(table.columns.target, ["a", "b", "b"]);
  assert.deepEqual(table.columns.prediction, ["a", "b", "b"]);
  const sigma = (x: number) => 1 / (1 + Math.exp(-x));
  for (const [i, x] of [1, 2, 3].entries()) assert.ok(Math.abs(numbers(table, "probability")[i] - sigma(x)) < 1e-14);
  const first = await runStage(predictStage, { row: 0 }, { ...inputs, model: sideModel(-1, 1) });
  assert.deepEqual(first.columns.prediction, ["b", "a", "a", "a"]);
  assert.ok(Math.abs(numbers(first, "targetProbability")[1] - sigma(-2)) < 1e-14);
});

test("segmented images come with their pixels, in the image's order", async () => {
  const unet: Architecture = {
    kind: "unet",
    image: [3, 16, 16],
    depth: 2,
    width: 4,
    classes: 3,
    batchNorm: true,
    crf: false,
  };
  const dataset = shapesToSegment({ count: 5, seed: 0, split: "test", side: 16 });
  const inputs = {
    model: modelOf(unet, problem, [
      createModel(unet)
        .initialize(0)
        .map((w) => 4 * w),
    ]),
    data: data(dataset),
  };
  const table = await runStage(predictStage, { batchSize: 2 }, inputs);
  assert.equal(rowCount(table), 5);
  const [target, predicted] = ["target", "prediction"].map((name) =>
    Array.from((table.columns[name] as VectorColumn).values),
  );
  const alike = predicted.reduce((sum, label, i) => sum + Number(label === target[i]), 0);
  const evaluated = await runStage(evaluateStage, {}, inputs);
  assert.equal(alike / predicted.length, numbers(evaluated, "accuracy")[0], "the same pixels are right");
  assert.ok(new Set(predicted).size > 1);
  const overlaps = ["object", "background", "border"].map((name) => numbers(evaluated, `iou:${name}`)[0]);
  assert.ok(overlaps.every((overlap) => overlap >= 0 && overlap <= 1));
  const mean = overlaps.reduce((sum, overlap) => sum + overlap, 0) / 3;
  assert.ok(Math.abs(numbers(evaluated, "meanIoU")[0] - mean) < 1e-15);
  assert.notEqual(
    numbers(await runStage(evaluateStage, { statistics: "recomputed" }, inputs), "loss")[0],
    numbers(evaluated, "loss")[0],
  );
  assert.deepEqual(decodeArtifact(encodeArtifact(table)).columns, table.columns);
});

test("a text has a row for each token", async () => {
  const network: Architecture = {
    kind: "transformer",
    task: "language",
    vocabulary: 6,
    length: 8,
    width: 8,
    heads: 2,
    depth: 1,
    hidden: 16,
    classes: 6,
  };
  const text = markovText({ count: 3, seed: 0, split: "test", letters: 6, choices: 2, length: 8 });
  const inputs = { model: modelOf(network, problem, [createModel(network).initialize(0)]), data: data(text) };
  const table = await runStage(predictStage, { batchSize: 2 }, inputs);
  assert.deepEqual([...numbers(table, "place")].slice(6, 10), [6, 7, 0, 1]);
  assert.deepEqual([...numbers(table, "sample")].slice(6, 10), [0, 0, 1, 1]);
  assert.deepEqual(
    table.columns.target,
    Array.from(text.targets, (token) => text.classes[token]),
  );
  const evaluated = await runStage(evaluateStage, {}, inputs);
  const nats = numbers(table, "targetProbability").reduce((sum, p) => sum - Math.log(p), 0) / 24;
  assert.ok(Math.abs(numbers(evaluated, "crossEntropy")[0] - nats) < 1e-13);
  assert.ok(Math.abs(numbers(evaluated, "perplexity")[0] - Math.exp(nats)) < 1e-12);
  assert.ok(!Object.keys(evaluated.columns).some((name) => name.includes(":")));
});

test("numbers come as numbers, one column for each", async () => {
  const regression: Dataset = {
    ...points,
    task: "regression",
    targetShape: [2],
    classes: [],
    targets: Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1),
  };
  const squares: SupervisedProblem = { ...problem, loss: "mean-squared-error" };
  const inputs = { model: modelOf(side, squares, [Float64Array.of(1, 2, 0, 1)]), data: data(regression) };
  const table = await runStage(predictStage, {}, inputs);
  assert.deepEqual(Object.keys(table.columns), ["sample", "target1", "prediction1", "target2", "prediction2"]);
  assert.deepEqual([...numbers(table, "prediction2")], [-1, 5, 7, 3]);
  const evaluated = await runStage(evaluateStage, {}, inputs);
  assert.equal(numbers(evaluated, "meanSquaredError")[0], (1 + 4 + 9 + 1 + 4 + 16 + 36 + 4) / 8);
});

const trained = (optimizer: object, start: object) =>
  runStage(trainStage, { architecture: { ...plane, start }, problem: muellerBrown, optimizer });

test("what has no predictions says so", async () => {
  const model = await trained({ kind: "lbfgs" }, { x: -0.5, y: 1.4 });
  await assert.rejects(runStage(predictStage, {}, { model }), /parameters of a function, which only has a loss/);
  await assert.rejects(runStage(evaluateStage, {}, { model }), /parameters of a function, which only has a loss/);
});
