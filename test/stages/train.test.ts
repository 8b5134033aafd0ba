import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Artifact, numbers, rowCount, vectorAt } from "../../src/artifact/artifact.js";
import type { Dataset } from "../../src/data/dataset.js";
import { drawnDigits } from "../../src/data/generated/digits.js";
import { markovText } from "../../src/data/generated/markovText.js";
import { twoMoons } from "../../src/data/generated/plane.js";
import { colouredShapes, shapesToSegment } from "../../src/data/generated/shapes.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { datasetArtifact } from "../../stages/artifacts/dataset.js";
import { weightsOf } from "../../stages/artifacts/model.js";
import { evaluateStage } from "../../stages/evaluate.js";
import { modelWithLoss } from "../../stages/inputs/modelAtPorts.js";
import { loadModelStage } from "../../stages/loadModel.js";
import { trainStage } from "../../stages/train.js";
import { npyBytes } from "../files/weightFiles.js";
import { muellerBrown, muellerBrownMinima, plane } from "../models/landscapes.js";
import { runStage } from "./runStage.js";
import { model, tiny } from "./tinyPinn.js";

const as = (dataset: Dataset): Artifact => datasetArtifact(dataset, {});

const moons = (split: string, count = 400) => as(twoMoons({ count, seed: 0, split, noise: 0.15 }));

const mlp = { kind: "mlp", widths: [2, 32, 32, 2], activation: "relu" };

const supervised = { kind: "supervised" };

const trained = await runStage(trainStage, {
  architecture: { kind: "mlp", widths: [2, 4, 1] },
  problem: { kind: "pinn", equation: "u_t + u_x", initial: "sin(x)", collocation: { points: 5 }, grid: { x: 8, t: 4 } },
  optimizer: { kind: "adam", iterations: 30 },
  schedule: { kind: "linear", to: 0, warmup: 5 },
  clipGradient: 1,
  checkpoints: { every: 10, epochs: [1] },
  earlyStop: { patience: 100, metric: "trainLoss" },
});

const small = {
  cnn: {
    architecture: { kind: "cnn", image: [1, 28, 28], blocks: [{ channels: 4 }, { channels: 8 }], classes: 10 },
    data: () => as(drawnDigits({ count: 96, seed: 0, split: "train" })),
  },
  resnet: {
    architecture: { kind: "resnet", image: [3, 32, 32], depth: 8, width: 4, classes: 10 },
    data: () => as(colouredShapes({ count: 96, seed: 0, split: "train" })),
  },
  unet: {
    architecture: { kind: "unet", image: [3, 16, 16], depth: 2, width: 4, classes: 3 },
    data: () => as(shapesToSegment({ count: 96, seed: 0, split: "train", side: 16 })),
  },
  transformer: {
    architecture: {
      kind: "transformer",
      task: "language",
      vocabulary: 6,
      length: 8,
      width: 16,
      depth: 1,
      hidden: 32,
      classes: 6,
    },
    data: () => as(markovText({ count: 96, seed: 0, split: "train", letters: 6, choices: 2, length: 8 })),
  },
};

test("a small network tells two moons apart: 97 % of samples it has not seen", async () => {
  const optimizer = { kind: "adam", learningRate: 0.01 };
  const params = { architecture: mlp, problem: supervised, optimizer, epochs: 40, batchSize: 32 };
  const inputs = { data: moons("train"), validation: moons("test") };
  const model = await runStage(trainStage, params, inputs);
  assert.ok((model.summary.validationAccuracy as number) >= 0.97, `${model.summary.validationAccuracy}`);
  assert.equal(model.metadata.stopped, "maximum epochs");
  const history = model.metadata.history as Record<string, number[]>;
  assert.deepEqual(Object.keys(history), [
    "epoch",
    "learningRate",
    "trainLoss",
    "trainAccuracy",
    "validationLoss",
    "validationAccuracy",
  ]);
  assert.ok(Object.values(history).every((curve) => curve.length === 40));
  // The loss of the last row is that of its weights on all samples.
  const { loss, weights } = modelWithLoss(model, { data: inputs.data });
  const objective = await createObjective(loss, { dtype: "f32" });
  const [again] = await objective.loss(weights);
  await objective.release();
  assert.ok(Math.abs(again / numbers(model, "loss")[0] - 1) < 1e-5);
});

for (const [name, { architecture, data }] of Object.entries(small)) {
  test(`a ${name} learns: the loss falls, the rows are those asked for, its loss is found again from the artifact`, async () => {
    const dataset = data();
    const params = {
      architecture,
      problem: supervised,
      optimizer: { kind: "sgd", learningRate: 0.1, momentum: 0.9 },
      epochs: 4,
      batchSize: 20,
      checkpoints: { epochs: [0, 3] },
    };
    const model = await runStage(trainStage, params, { data: dataset });
    assert.deepEqual([...numbers(model, "epoch")], [0, 3, 4]);
    assert.deepEqual([...numbers(model, "step")], [0, 15, 20]);
    const losses = numbers(model, "loss");
    const history = model.metadata.history as Record<string, number[]>;
    assert.ok(history.trainLoss[3] < 0.95 * history.trainLoss[0], `${history.trainLoss}`);
    for (let row = 0; row < rowCount(model); row++) {
      const { loss, weights } = modelWithLoss(model, { data: dataset, row, batchSize: 50 });
      const objective = await createObjective(loss, { dtype: "f32" });
      const [again] = await objective.loss(weights);
      await objective.release();
      assert.ok(Math.abs(again / losses[row] - 1) < 1e-4, `${row}: ${again} ${losses[row]}`);
    }
    if (model.columns.state) assert.ok(vectorAt(model, "state", 2).every(Number.isFinite));
  });
}

test("weights and statistics that went through a file give the loss that they had", async () => {
  const { architecture, data } = small.resnet;
  const inputs = { data: data() };
  const model = await runStage(
    trainStage,
    { architecture, problem: supervised, optimizer: { kind: "adam" }, epochs: 1 },
    inputs,
  );
  const row = Float64Array.of(...vectorAt(model, "weights", 0), ...vectorAt(model, "state", 0));
  const path = join(mkdtempSync(join(tmpdir(), "cirque-supervised-")), "flat.npy");
  writeFileSync(path, npyBytes({ shape: [row.length], values: row }));
  const params = { path, architecture, problem: supervised, dtype: "f32" };
  const loaded = await runStage(loadModelStage, params, inputs);
  assert.deepEqual(loaded.columns.weights, model.columns.weights);
  assert.deepEqual(loaded.columns.state, model.columns.state);
  assert.ok(Math.abs(numbers(loaded, "loss")[0] / numbers(model, "loss")[0] - 1) < 1e-6);
  await assert.rejects(runStage(loadModelStage, params), /connect them to the port "data"/);
});

test("a supervised problem without samples, and a pinn with some, say what to connect or leave out", async () => {
  const params = { architecture: mlp, problem: supervised, optimizer: { kind: "adam" }, epochs: 1 };
  await assert.rejects(runStage(trainStage, params), /learns from samples; connect them to the port "data"/);
  const model = await runStage(trainStage, params, { data: moons("train", 20) });
  assert.throws(() => modelWithLoss(model), /connect the samples for its loss to the port "data"/);
  const pinn = {
    kind: "pinn",
    equation: "u_t + u_x",
    initial: "sin(x)",
    collocation: { points: 5 },
    grid: { x: 8, t: 4 },
  };
  const solve = {
    architecture: { kind: "mlp", widths: [2, 4, 1] },
    problem: pinn,
    optimizer: { kind: "adam", iterations: 1 },
  };
  await assert.rejects(
    runStage(trainStage, solve, { data: moons("train", 20) }),
    /needs no samples; remove the input "data"/,
  );
  assert.throws(() => modelWithLoss(trained, { data: moons("train", 20) }), /remove the input "data"/);
});

test("a pinn keeps iterations as rows, with learning rates and losses", () => {
  assert.deepEqual([...numbers(trained, "step")], [0, 1, 10, 20, 30]);
  assert.deepEqual([...numbers(trained, "trainLoss")], [...numbers(trained, "loss")]);
  const rates = numbers(trained, "learningRate");
  assert.ok(Number.isNaN(rates[0]) && rates[1] === 0.001 / 5 && rates[4] < 1e-4, `${rates}`);
});

test("parameters that a training has no use for are refused before it begins", () => {
  const schedule = { kind: "constant", warmup: 0 };
  const faults = (params: object) =>
    trainStage
      .check?.({
        architecture: { ...mlp, activation: "relu" },
        problem: { ...supervised, loss: "cross-entropy", labelSmoothing: 0 },
        schedule,
        ...params,
      } as never)
      ?.map(({ path, message }) => `${path.join(".")} ${message}`);
  assert.deepEqual(faults({ optimizer: { kind: "adam" }, epochs: 3, batchSize: 5, augment: {}, clipGradient: 1 }), []);
  assert.match(
    String(faults({ optimizer: { kind: "adam", iterations: 5 } })),
    /optimizer.iterations applies to problems without samples/,
  );
  assert.match(String(faults({ optimizer: { kind: "lbfgs" }, epochs: 3 })), /epochs needs .* with mini-batches/);
  assert.match(
    String(faults({ optimizer: { kind: "lbfgs" }, clipGradient: 3 })),
    /clipGradient has no effect with lbfgs/,
  );
  assert.match(
    String(faults({ optimizer: { kind: "lbfgs" }, schedule: { kind: "cosine", to: 0, warmup: 0 } })),
    /schedule has no effect with lbfgs/,
  );
  const resnet = { ...small.resnet.architecture, residual: true, batchNorm: true };
  assert.match(
    String(faults({ optimizer: { kind: "lbfgs" }, architecture: resnet })),
    /needs a batch of all samples when there are batch norms/,
  );
  const smooth = { kind: "supervised", loss: "mean-squared-error", labelSmoothing: 0.1 };
  assert.match(
    String(faults({ optimizer: { kind: "adam" }, problem: smooth })),
    /problem.labelSmoothing is 0.1, but mean-squared-error has no labels/,
  );
  assert.match(
    String(faults({ optimizer: { kind: "adam" }, initialization: "siren" })),
    /initialization is siren, which is for an mlp of sines .*; set activation: sin and omega: 30/,
  );
  const cosines = { ...mlp, activation: "tanh", omega: 30 };
  assert.match(
    String(faults({ optimizer: { kind: "adam" }, architecture: cosines })),
    /architecture an mlp with omega .*; found the activation tanh/,
  );
});

test("the network of the convection papers at beta 1 reaches the published loss, 5.1e-5, and an error below 1 %", async () => {
  const model = await runStage(trainStage, {
    architecture: { kind: "mlp", widths: [2, 50, 50, 50, 50, 1] },
    problem: {
      kind: "pinn",
      equation: "u_t + beta * u_x",
      coefficients: { beta: 1 },
      initial: "sin(x)",
      exact: "sin(x - beta * t)",
    },
  });
  assert.ok((model.summary.loss as number) <= 5.1e-5, `${model.summary.loss}`);
  assert.ok((model.summary.relativeL2 as number) <= 1e-2, `${model.summary.relativeL2}`);
});

test("training lowers the loss, keeps every loss, and measures the error against the exact solution", async () => {
  const { columns, metadata, summary } = await model();
  const losses = (metadata.history as { trainLoss: number[] }).trainLoss;
  assert.equal((columns.step as Int32Array)[0], losses.length - 1);
  assert.equal((columns.loss as Float64Array)[0], losses.at(-1));
  assert.ok((losses.at(-1) as number) < 0.05 * losses[0]);
  const { initial, boundary, residual, loss } = metadata.terms as Record<string, number>;
  assert.ok(Math.abs(initial + boundary + residual - loss) < 1e-12);
  assert.ok((summary.relativeL2 as number) < 0.3);
});

test("a training in three variables lowers the loss; without t there is no initial term", async () => {
  const plane = {
    ...tiny.problem,
    equation: "u_t - nu*(u_xx + u_yy)",
    boundary: "periodic",
    coefficients: { nu: 0.3 },
    domain: { x: [0, "2*pi"], y: [0, "2*pi"], t: [0, 1] },
    grid: { x: 6, y: 6, t: 4 },
    initial: "sin(x)*sin(y)",
    exact: "exp(-2*nu*t)*sin(x)*sin(y)",
  };
  const optimizer = { kind: "lbfgs", maxIterations: 30 };
  const architecture = { kind: "mlp", widths: [3, 7, 1] };
  const { metadata, summary } = await runStage(trainStage, { architecture, problem: plane, optimizer });
  assert.deepEqual(
    trainStage.check?.({
      architecture: { ...tiny.architecture, activation: "tanh" },
      problem: plane,
      optimizer,
      schedule: { kind: "constant", warmup: 0 },
    } as never),
    [{ path: ["architecture", "widths", 0], message: "is 2; a pinn problem has 3 inputs (x, y and t)" }],
  );
  const losses = (metadata.history as { trainLoss: number[] }).trainLoss;
  assert.ok((losses.at(-1) as number) < 0.8 * losses[0], `${losses[0]} to ${losses.at(-1)}`);
  assert.ok(Number.isFinite(summary.relativeL2));

  const line = {
    kind: "pinn",
    equation: "u_xx + u - 1",
    domain: { x: [0, "2*pi"] },
    grid: { x: 8 },
    collocation: { points: 7 },
  };
  const trained = await runStage(trainStage, {
    architecture: { kind: "mlp", widths: [1, 7, 1] },
    problem: line,
    optimizer,
  });
  assert.deepEqual(Object.keys(trained.metadata.terms as object), ["loss", "boundary", "residual"]);
  assert.ok((trained.metadata.terms as { loss: number }).loss < 1e-2);
});

test("the seed and the number type decide the weights, the same config the same bits", async () => {
  const short = { ...tiny, optimizer: { kind: "adam", iterations: 5 } };
  const weights = async (params: object) => vectorAt(await runStage(trainStage, { ...short, ...params }), "weights", 0);
  const base = await weights({});
  assert.deepEqual(await weights({}), base);
  assert.notDeepEqual(await weights({ seed: 1 }), base);
  const single = await weights({ dtype: "f32" });
  assert.notDeepEqual(single, base);
  assert.ok(single.every((w, i) => Math.abs(w - base[i]) < 1e-4));
});

test("a training that diverges keeps its last finite weights and says so", async () => {
  const wild = { kind: "sgd", learningRate: 1e6, iterations: 100 };
  const { metadata, columns } = await runStage(trainStage, { ...tiny, optimizer: wild });
  assert.equal(metadata.stopped, "non-finite loss");
  assert.ok(Number.isFinite((columns.loss as Float64Array)[0]));
});

const onSurface = (optimizer: object, start: object) =>
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
      const model = await onSurface(optimizer, { x: x + 0.03, y: y - 0.02 });
      const loss = numbers(model, "loss").at(-1)!;
      assert.ok(Math.abs(loss - energy) < 1e-6, `${optimizer.kind}: ${loss}, expected ${energy}`);
    }
  }
});

test("without an optimizer samples are learnt by adam, an equation is solved by lbfgs, and the log says so", async () => {
  const lines: string[] = [];
  const log = (text: string) => lines.push(text);
  const learner = { architecture: mlp, problem: supervised, epochs: 3, seed: 1 };
  const data = moons("train", 100);
  const byDefault = await runStage(trainStage, learner, { data, validation: moons("test", 50) }, { log });
  assert.equal(lines[0], "optimizer: adam with learningRate 0.001, the default for problems with samples\n");
  assert.equal(lines.length, 4, "a line for each epoch");
  assert.match(lines[3], /^3: learningRate 0.001, trainLoss [\d.]+, trainAccuracy [\d.]+, validationLoss [\d.]+, /);
  const named = await runStage(trainStage, { ...learner, optimizer: { kind: "adam" } }, { data });
  assert.deepEqual(vectorAt(byDefault, "weights", 0), vectorAt(named, "weights", 0));

  lines.length = 0;
  const equation = { ...tiny, architecture: { kind: "mlp", widths: [2, 3, 1] } };
  const solved = await runStage(trainStage, equation, {}, { log });
  assert.match(lines[0], /^optimizer: lbfgs with learningRate 1, the default for problems without samples/);
  const lbfgs = await runStage(trainStage, { ...equation, optimizer: { kind: "lbfgs" } });
  assert.deepEqual(vectorAt(solved, "weights", 0), vectorAt(lbfgs, "weights", 0));
  const iterations = solved.summary.iterations as number;
  assert.ok(lines.length > Math.min(iterations, 100) && lines.length < 400, `${lines.length} lines`);
});

test("a list of optimizers runs one after another; terms are curves and columns", async () => {
  const optimizer = [
    { kind: "adam", iterations: 5 },
    { kind: "lbfgs", maxIterations: 4 },
  ];
  const weighted = { ...tiny.problem, weights: { initial: 3 } };
  const checkpoints = { every: 3 };
  const trained = await runStage(trainStage, { ...tiny, problem: weighted, optimizer, terms: true, checkpoints });
  const history = trained.metadata.history as Record<string, number[]>;
  assert.deepEqual(history.epoch.slice(0, 9), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const names = ["initial", "boundary", "residual", "weight_initial", "weight_boundary", "weight_residual"];
  for (const name of names) assert.equal(history[name].length, history.epoch.length, name);
  const { initial, boundary, residual, loss, weight_initial } = trained.columns as Record<string, Float64Array>;
  for (const [i, value] of loss.entries()) {
    assert.equal(weight_initial[i], 3);
    assert.ok(Math.abs(3 * initial[i] + boundary[i] + residual[i] - value) < 1e-12 * value);
  }
  const { optimizer: last, earlier } = trained.metadata.training as { optimizer: object; earlier: object[] };
  assert.deepEqual([(last as { kind: string }).kind, earlier.length], ["lbfgs", 1]);
});

test("an inverse problem: the unknown coefficient is found from noisy data, and follows the weights", async () => {
  const problem = {
    ...{ kind: "pinn", equation: "u_t = nu*u_xx", domain: { x: [0, 1], t: [0, 1] }, grid: { x: 21, t: 11 } },
    ...{ initial: "sin(pi*x)", boundary: { x: { lower: "u = 0", upper: "u = 0" } }, collocation: { points: 100 } },
    ...{ unknowns: { nu: 0.5 }, data: { points: 60, noise: 0.01 }, exact: "exp(-0.1*pi^2*t)*sin(pi*x)" },
  };
  const architecture = { kind: "mlp", widths: [2, 12, 1] };
  const optimizer = { kind: "lbfgs", maxIterations: 250 };
  const model = await runStage(trainStage, {
    architecture,
    problem,
    optimizer,
    checkpoints: { epochs: [0] },
    terms: true,
  });
  const found = numbers(model, "coefficient_nu");
  assert.equal(found[0], 0.5);
  assert.ok(Math.abs(found[1] - 0.1) < 0.01, `${found[1]}`);
  assert.equal(model.summary.coefficient_nu, found[1]);
  assert.equal(weightsOf(model).at(-1), found[1]);
  assert.ok((model.summary.relativeL2 as number) < 0.02);
  // Predictions and the Hessian take the weights with the coefficient.
  const evaluated = await runStage(evaluateStage, { rows: "all" }, { model });
  assert.deepEqual(numbers(evaluated, "coefficient_nu"), found);
});

test("balanced weights move, are recorded, and stay with the model", async () => {
  const optimizer = [
    { kind: "adam", iterations: 6 },
    { kind: "lbfgs", maxIterations: 3 },
  ];
  const balance = { kind: "gradient-norm", every: 2 };
  const balanced = await runStage(trainStage, { ...tiny, optimizer, balance });
  const { weight_initial, weight_residual, initial, boundary, residual, trainLoss } = balanced.metadata
    .history as Record<string, number[]>;
  assert.equal(new Set(weight_initial.slice(0, 6)).size, 3 + 1);
  assert.equal(new Set(weight_initial.slice(6)).size, 1);
  assert.ok(weight_residual.every((weight) => weight === 1));
  const { weights } = balanced.metadata.problem as { weights: Record<string, number> };
  assert.equal(weights.initial, weight_initial.at(-1));
  const last = weights.initial * initial.at(-1)! + weights.boundary * boundary.at(-1)! + residual.at(-1)!;
  assert.ok(Math.abs(last - trainLoss.at(-1)!) < 1e-12 * last);
  // The loss of the model is that of its last weights.
  assert.equal(numbers(await runStage(evaluateStage, {}, { model: balanced }), "loss")[0], trainLoss.at(-1));
});
