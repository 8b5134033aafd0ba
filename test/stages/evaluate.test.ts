import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers, rowCount, type VectorColumn } from "../../src/artifact/artifact.js";
import { decodeArtifact, encodeArtifact } from "../../src/artifact/artifactFile.js";
import type { Dataset } from "../../src/data/dataset.js";
import { markovText } from "../../src/data/generated/markovText.js";
import { shapesToSegment } from "../../src/data/generated/shapes.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import type { PinnProblem } from "../../src/models/problems/pinn.js";
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

test("a row for each chosen checkpoint, with the measures of each class", async () => {
  const inputs = { model: sideModel(-1, 0, 1), data: data(points) };
  const table = await runStage(evaluateStage, { rows: "all" }, inputs);
  assert.deepEqual(Object.keys(table.columns), [
    ...["step", "epoch", "loss", "crossEntropy", "accuracy", "samples", "nonFinite"],
    ...["accuracy:a", "accuracy:b"],
  ]);
  assert.deepEqual([...numbers(table, "step")], [0, 10, 20]);
  assert.deepEqual([...numbers(table, "accuracy")], [1 / 4, 1 / 2, 3 / 4]);
  assert.deepEqual([...numbers(table, "accuracy:b")], [0, 0, 1]);
  assert.deepEqual(table.metadata.confusion, {
    classes: ["a", "b"],
    counts: [
      [1, 1],
      [0, 2],
    ],
    unpredicted: [0, 0],
  });
  assert.equal(table.summary.accuracy, 3 / 4, "headline numbers are those of the last row");

  const last = await runStage(evaluateStage, {}, inputs);
  assert.deepEqual([...numbers(last, "step")], [20]);
  const chosen = await runStage(evaluateStage, { rows: [2, 0] }, inputs);
  assert.deepEqual([...numbers(chosen, "epoch")], [2, 0]);
  await assert.rejects(runStage(evaluateStage, { rows: [3] }, inputs), /has 3 checkpoints, from 0 to 2; found 3/);
});

test("data that are missing, superfluous or of another kind are refused", async () => {
  await assert.rejects(runStage(evaluateStage, {}, { model: sideModel(1) }), /trained on data; expected a dataset/);
  const pinn = modelOf({ kind: "mlp", widths: [2, 3, 1], activation: "tanh" }, convection, [
    createModel({ kind: "mlp", widths: [2, 3, 1], activation: "tanh" }).initialize(0),
  ]);
  await assert.rejects(
    runStage(evaluateStage, {}, { model: pinn, data: data(points) }),
    /solves a differential equation, which has no data; remove/,
  );
  const three = { ...points, classes: ["a", "b", "c"] };
  await assert.rejects(runStage(predictStage, {}, { model: sideModel(1), data: data(three) }), /2 classes.*3 classes/);
});

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

const convection: PinnProblem = {
  kind: "pinn",
  equation: "u_t + u_x",
  domain: { x: [0, "2*pi"], t: [0, 1] },
  grid: { x: 8, t: 3 },
  initial: "sin(x)",
  boundary: "periodic",
  exact: "sin(x - t)",
  collocation: { points: 5, seed: 0 },
};

test("a solution of a differential equation: loss terms, errors, and u on the grid", async () => {
  const network: Architecture = { kind: "mlp", widths: [2, 1], activation: "tanh" };
  // u = x/2: the residual is 1/2 everywhere, the ends of the period differ by π.
  const inputs = { model: modelOf(network, convection, [Float64Array.of(0.5, 0, 0)]) };
  const evaluated = await runStage(evaluateStage, {}, inputs);
  const at = (name: string) => numbers(evaluated, name)[0];
  assert.equal(at("residual"), 0.25);
  assert.ok(Math.abs(at("boundary") - Math.PI ** 2) < 1e-12);
  assert.ok(Math.abs(at("loss") - at("initial") - at("boundary") - at("residual")) < 1e-14);
  const table = await runStage(predictStage, {}, inputs);
  assert.deepEqual(table.metadata.solution, { variables: ["x", "t"], shape: [8, 3] });
  const [x, t, u, exact, error] = ["x", "t", "u", "exact", "error"].map((name) => numbers(table, name));
  assert.equal(u.length, 24);
  for (let i = 0; i < 24; i++) {
    assert.ok(Math.abs(u[i] - x[i] / 2) < 1e-15);
    assert.equal(exact[i], Math.sin(x[i] - t[i]));
    assert.equal(error[i], u[i] - exact[i]);
  }
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  assert.ok(Math.abs(at("relativeL2") - norm(error) / norm(exact)) < 1e-14);

  const broken = modelOf(network, convection, [Float64Array.of(0.5, Number.NaN, 0)]);
  assert.deepEqual([...numbers(await runStage(evaluateStage, {}, { model: broken }), "nonFinite")], [24]);
});

test("a system: every output has its column, and its errors if its exact solution is known", async () => {
  const network: Architecture = { kind: "mlp", widths: [2, 2], activation: "tanh" };
  const system: PinnProblem = {
    ...convection,
    ...{ outputs: ["u", "v"], equation: { first: "u_t + v_x", second: "v_t + u_x" }, exact: { v: "x" } },
    initial: { u: "0", v: "x" },
  };
  // u = x/2, v = x + t
  const inputs = { model: modelOf(network, system, [Float64Array.of(0.5, 0, 1, 1, 0, 0)]) };
  const evaluated = await runStage(evaluateStage, {}, inputs);
  const at = (name: string) => numbers(evaluated, name)[0];
  assert.ok(Math.abs(at("residual_first") - 1) < 1e-14);
  assert.ok(Math.abs(at("residual_second") - 1.5 ** 2) < 1e-14);
  assert.ok(at("initial_v") < 1e-28);
  assert.ok(Math.abs(at("meanAbsolute_v") - 0.5) < 1e-14);
  const table = await runStage(predictStage, {}, inputs);
  assert.deepEqual(Object.keys(table.columns), ["x", "t", "u", "v", "exact_v", "error_v"]);
  assert.deepEqual(table.metadata.solution, { variables: ["x", "t"], shape: [8, 3], outputs: ["u", "v"] });
  for (const [i, x] of numbers(table, "x").entries()) {
    assert.ok(Math.abs(numbers(table, "u")[i] - x / 2) < 1e-15);
    assert.ok(Math.abs(numbers(table, "error_v")[i] - numbers(table, "t")[i]) < 1e-14);
  }
});

const trained = (optimizer: object, start: object) =>
  runStage(trainStage, { architecture: { ...plane, start }, problem: muellerBrown, optimizer });

test("what has no predictions says so", async () => {
  const model = await trained({ kind: "lbfgs" }, { x: -0.5, y: 1.4 });
  await assert.rejects(runStage(predictStage, {}, { model }), /parameters of a function, which only has a loss/);
  await assert.rejects(runStage(evaluateStage, {}, { model }), /parameters of a function, which only has a loss/);
});
