import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers } from "../../src/artifact/artifact.js";
import type { Dataset } from "../../src/data/dataset.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import type { PinnProblem } from "../../src/models/problems/pinn.js";
import type { SupervisedProblem } from "../../src/models/problems/supervisedProblem.js";
import { datasetArtifact } from "../../stages/artifacts/dataset.js";
import { tableArtifact } from "../../stages/artifacts/table.js";
import { evaluateStage } from "../../stages/evaluate.js";
import { predictStage } from "../../stages/predict.js";
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

test("a reference takes the place of the exact solution, at its own points", async () => {
  const network: Architecture = { kind: "mlp", widths: [2, 1], activation: "tanh" };
  // u = x/2
  const model = modelOf(network, convection, [Float64Array.of(0.5, 0, 0)]);
  const columns = {
    t: Float64Array.of(0, 0, 1, 1),
    x: Float64Array.of(0, 2, 0, 2),
    u: Float64Array.of(3, 1, Number.NaN, -1),
  };
  const scattered = tableArtifact(columns);
  const evaluated = await runStage(evaluateStage, {}, { model, reference: scattered });
  const at = (name: string) => numbers(evaluated, name)[0];
  assert.equal(at("samples"), 3);
  assert.ok(Math.abs(at("relativeL2") - Math.sqrt((9 + 0 + 4) / 11)) < 1e-15, "the NaN does not count");
  assert.equal(at("relativeLInfinity"), 1);
  const table = await runStage(predictStage, {}, { model, reference: scattered });
  assert.deepEqual([...numbers(table, "error")], [-3, 0, Number.NaN, 2]);
  assert.equal(table.metadata.plot, undefined, "scattered points are no grid");

  const solution = { variables: ["x", "t"], shape: [2, 2] };
  const grid = tableArtifact(columns, { plot: "solution", solution, errors: {} });
  const drawn = await runStage(predictStage, {}, { model, reference: grid });
  assert.deepEqual(drawn.metadata.solution, { ...solution, outside: 1, isReference: true });
  assert.deepEqual(
    [...numbers(drawn, "exact")].map((value) => value || 0),
    [3, 1, 0, -1],
  );
});

test("a reference that does not fit is refused", async () => {
  const network: Architecture = { kind: "mlp", widths: [2, 1], activation: "tanh" };
  const model = modelOf(network, convection, [Float64Array.of(0.5, 0, 0)]);
  const evaluate = (columns: Record<string, Float64Array>) =>
    runStage(evaluateStage, {}, { model, reference: tableArtifact(columns) });
  const [x, t] = [Float64Array.of(0), Float64Array.of(0)];
  await assert.rejects(evaluate({ x, u: x }), /reference lacks the variable t; it has x, u; expected x, t/);
  await assert.rejects(evaluate({ x, t, v: x }), /reference has no output; it has x, t, v; expected u/);
  await assert.rejects(evaluate({ x, t, u: Float64Array.of(Number.NaN) }), /column u of the reference has no finite/);
  const trained = { model: sideModel(1), data: data(points), reference: tableArtifact({ x, t, u: x }) };
  await assert.rejects(runStage(evaluateStage, {}, trained), /trained on data; a reference is for a differential/);
});
