import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, artifact, numbers } from "../../src/artifact/artifact.js";
import { symmetricEigen } from "../../src/linalg/symmetricEigen.js";
import { createModel } from "../../src/models/networks/architecture.js";
import type { Curvature } from "../../src/models/problems/curvature.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { schemaOf } from "../../src/pipeline/schemas.js";
import { datasetArtifact } from "../../stages/artifacts/dataset.js";
import { matrixWords } from "../../stages/artifacts/spectrum.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { figureStage } from "../../stages/figure.js";
import { hessianStage } from "../../stages/hessian.js";
import { modelWithLoss } from "../../stages/inputs/modelAtPorts.js";
import { modelOf } from "./modelOnData.js";
import { runInPieces, runStage } from "./runStage.js";

const architecture = { kind: "mlp", widths: [2, 6, 5, 1], activation: "tanh" } as const;
const problem = {
  kind: "pinn",
  equation: "u_t + beta * u_x",
  coefficients: { beta: 2 },
  domain: { x: [0, "2*pi"], t: [0, 1] },
  grid: { x: 16, t: 8 },
  initial: "sin(x)",
  boundary: "periodic",
  collocation: { points: 20, seed: 0 },
};
const weights = createModel(architecture).initialize(1);
const model = artifact(
  "model",
  { step: Int32Array.of(0), loss: Float64Array.of(0), weights: { width: weights.length, values: weights } },
  { architecture, problem },
);

/** A dense curvature matrix, row by row. */
async function denseHessian(matrixName: Curvature = "hessian"): Promise<Float64Array> {
  const objective = await createObjective(modelWithLoss(model).loss, { dtype: "f64" });
  const n = weights.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const unit = Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0));
    matrix.set(await objective.curvatureProduct(matrixName, weights, unit), i * n);
  }
  await objective.release();
  return matrix;
}

function rowsOf(spectrum: Artifact, block: string, quantity: string) {
  const [blocks, quantities] = [spectrum.columns.block, spectrum.columns.quantity] as string[][];
  const keep = (_: number, row: number) => blocks[row] === block && quantities[row] === quantity;
  const column = (name: string) => numbers(spectrum, name).filter(keep);
  return { position: column("position"), value: column("value"), error: column("error") };
}

test("every quantity of every block is that of the dense Hessian, within its error", async () => {
  const params = { top: 3, bottom: 2, blocks: "layer", trace: { tolerance: 0.02 } };
  const spectrum = await runStage(hessianStage, params, { model });
  const matrix = await denseHessian();
  const n = weights.length;
  const blocks = { model: [0, n], layer_0: [0, 18], layer_1: [18, 53], layer_2: [53, 59] };
  let sum = 0;
  for (const [block, [start, end]] of Object.entries(blocks)) {
    const size = end - start;
    const sub = Float64Array.from(
      { length: size * size },
      (_, at) => matrix[(start + Math.floor(at / size)) * n + start + (at % size)],
    );
    const exact = symmetricEigen(sub, size).values;
    const scale = Math.max(...exact.map(Math.abs));
    const [top, bottom] = [rowsOf(spectrum, block, "top"), rowsOf(spectrum, block, "bottom")];
    assert.deepEqual([...top.position, ...bottom.position], [1, 2, 3, 1, 2]);
    for (const k of [0, 1, 2]) assert.ok(Math.abs(top.value[k] - exact[size - 1 - k]) <= top.error[k] + 1e-12 * scale);
    for (const k of [0, 1]) assert.ok(Math.abs(bottom.value[k] - exact[k]) <= bottom.error[k] + 1e-12 * scale);
    assert.ok(top.error.every((error) => error <= 1e-9 * scale));

    const trace = exact.reduce((a, b) => a + b);
    const estimate = rowsOf(spectrum, block, "trace");
    assert.ok(Math.abs(estimate.value[0] - trace) <= 4 * estimate.error[0] + 1e-12, `${block}: ${estimate.value}`);
    assert.ok(estimate.error[0] <= 0.02 * Math.abs(estimate.value[0]));
    if (block !== "model") sum += trace;
    const moment = rowsOf(spectrum, block, "moment");
    assert.ok(Math.abs(moment.value[0] - trace / size) <= 4 * moment.error[0] + 1e-12, `${block}: ${moment.value}`);

    const { position, value } = rowsOf(spectrum, block, "density");
    const integral = position.reduce(
      (total, x, i) => (i === 0 ? 0 : total + ((x - position[i - 1]) * (value[i] + value[i - 1])) / 2),
      0,
    );
    assert.ok(Math.abs(integral - 1) < 1e-4);
    const nodes = rowsOf(spectrum, block, "node");
    assert.ok(Math.abs(nodes.value.reduce((a, b) => a + b) - 1) < 1e-12);
  }
  const whole = rowsOf(spectrum, "model", "trace");
  assert.ok(Math.abs(sum - whole.value[0]) <= 4 * whole.error[0]);
  assert.deepEqual(Object.keys(spectrum.summary), [
    "eigenvalue1",
    "eigenvalue2",
    "eigenvalue3",
    "smallestEigenvalue1",
    "smallestEigenvalue2",
    "trace",
    "traceError",
  ]);
});

const eigenvaluesOnly = { top: 3, bottom: 1, trace: false, density: false };

test("the other matrices of curvature, and the block of some tensors, are those of the dense matrix", async () => {
  const [start, end] = [18, 53];
  for (const matrixName of ["ggn", "fisher", "empirical-fisher"] as const) {
    const matrix = await denseHessian(matrixName);
    const n = weights.length;
    const whole = symmetricEigen(matrix, n).values;
    const spectrum = await runStage(hessianStage, { ...eigenvaluesOnly, matrix: matrixName }, { model });
    assert.equal(spectrum.metadata.matrix, matrixName);
    const [svg] = (await runStage(figureStage, { plot: "spectrum" }, { spectrum })).columns.svg as string[];
    assert.match(svg, new RegExp(`>${matrixWords[matrixName]} eigenvalues<`));
    const found = rowsOf(spectrum, "model", "top").value;
    for (const k of [0, 1, 2]) assert.ok(Math.abs(found[k] / whole[n - 1 - k] - 1) < 1e-9, matrixName);
    assert.ok(rowsOf(spectrum, "model", "bottom").value[0] > -1e-12 * whole[n - 1], "positive semidefinite");

    const tensors = { tensors: ["layer_1.*"] };
    const part = await runStage(hessianStage, { ...eigenvaluesOnly, matrix: matrixName, ...tensors }, { model });
    const size = end - start;
    const at = (i: number) => (start + Math.floor(i / size)) * n + start + (i % size);
    const exact = symmetricEigen(
      Float64Array.from({ length: size * size }, (_, i) => matrix[at(i)]),
      size,
    ).values;
    const own = rowsOf(part, "model", "top").value;
    for (const k of [0, 1, 2]) assert.ok(Math.abs(own[k] / exact[size - 1 - k] - 1) < 1e-9, matrixName);
  }
  await assert.rejects(
    runStage(hessianStage, { ...eigenvaluesOnly, tensors: ["layer_9.weight"] }, { model }),
    /no tensor of the network matches "layer_9.weight"; it has layer_0.weight, layer_0.bias, /,
  );
});

test("at every checkpoint, in pieces or at once, in one table; the headlines are those of the last", async () => {
  const checkpoints = [weights, weights.map((w) => 1.5 * w), weights.map((w) => w / 2)];
  const model = modelOf(architecture, problem as never, checkpoints);
  const params = { ...eigenvaluesOnly, rows: "all", gradient: true };
  const all = await runStage(hessianStage, params, { model });
  assert.deepEqual(await runInPieces(hessianStage, params, { model }), all);
  const row = all.columns.row as Int32Array;
  for (const [k, own] of checkpoints.entries()) {
    const single = await runStage(
      hessianStage,
      { ...eigenvaluesOnly, gradient: true },
      { model: modelOf(architecture, problem as never, [own]) },
    );
    const values = numbers(all, "value").filter((_, i) => row[i] === k);
    assert.deepEqual(values, numbers(single, "value"));
    assert.ok((all.columns.step as Int32Array).every((step, i) => row[i] !== k || step === 10 * k));
    if (k === 2) assert.deepEqual(all.summary, single.summary);
  }
});

test("the largest eigenvalues along a training are drawn with the edge of stability, which gradient descent tells", async () => {
  const drawn = async (optimizer: object) => {
    const plain = modelOf(architecture, problem as never, [weights, weights.map((w) => w / 2)]);
    const model = { ...plain, metadata: { ...plain.metadata, training: { optimizer } } };
    const spectrum = await runStage(hessianStage, { ...eigenvaluesOnly, rows: "all" }, { model });
    const [svg] = (await runStage(figureStage, { title: "Training" }, { spectrum })).columns.svg as string[];
    return { svg, stableBelow: spectrum.metadata.stableBelow };
  };
  const sgd = { kind: "sgd", learningRate: 0.1, momentum: 0, nesterov: false };
  const plain = await drawn(sgd);
  assert.ok(Math.abs((plain.stableBelow as number) - 20) < 1e-12);
  assert.match(plain.svg, /edge of stability/);
  assert.ok(Math.abs(((await drawn({ ...sgd, momentum: 0.9 })).stableBelow as number) - 38) < 1e-12);
  const adam = await drawn({ kind: "adam", learningRate: 0.1 });
  assert.equal(adam.stableBelow, undefined);
  assert.doesNotMatch(adam.svg, /edge of stability/);
  // A schedule halves the learning rate; the column has that of the epoch before, and none at the start.
  const halved = { optimizer: sgd, schedule: { kind: "step", every: 1, factor: 0.5, warmup: 0 } };
  const plainModel = modelOf(architecture, problem as never, [weights, weights.map((w) => w / 2)]);
  const scheduled = {
    ...plainModel,
    columns: { ...plainModel.columns, learningRate: Float64Array.of(Number.NaN, 0.05) },
    metadata: { ...plainModel.metadata, training: halved },
  };
  const moving = await runStage(hessianStage, { ...eigenvaluesOnly, rows: "all" }, { model: scheduled });
  assert.deepEqual(moving.metadata.stableBelow, [null, 40]);
  await runStage(figureStage, {}, { spectrum: moving });
  const listed = { ...plainModel, metadata: { ...plainModel.metadata, training: { optimizer: sgd, earlier: [sgd] } } };
  const mixed = await runStage(hessianStage, { ...eigenvaluesOnly, rows: "all" }, { model: listed });
  assert.equal(mixed.metadata.stableBelow, undefined);
  const last = await runStage(hessianStage, eigenvaluesOnly, { model });
  await assert.rejects(
    runStage(figureStage, { plot: "sharpening" }, { spectrum: last }),
    /draws a spectrum at several checkpoints \(rows: all\); this one has the last alone/,
  );
});

test("the gradient beside the matrix: its share in the top eigenspace, and its noise over mini-batches", async () => {
  const network = { kind: "mlp", widths: [2, 3, 2], activation: "tanh" } as const;
  const theta = createModel(network).initialize(2);
  const inputs = Float32Array.from({ length: 14 }, (_, i) => Math.sin(3 * i));
  const data = datasetArtifact(
    {
      ...{ task: "classification", inputShape: [2], targetShape: [], classes: ["a", "b"] },
      ...{ inputs, targets: Uint8Array.of(0, 1, 1, 0, 1, 0, 0), offset: [0], scale: [1] },
    },
    {},
  );
  const learnt = { kind: "supervised", loss: "cross-entropy", labelSmoothing: 0, weightPenalty: 0 } as const;
  const model = modelOf(network, learnt, [theta]);
  const n = theta.length;
  const params = { top: n, bottom: 0, trace: false, density: false, gradient: true, batchSize: 3 };
  const spectrum = await runStage(hessianStage, params, { model, data });
  const one = (quantity: string) => rowsOf(spectrum, "model", quantity);

  const objective = await createObjective(modelWithLoss(model, { data, batchSize: 3 }).loss, { dtype: "f64" });
  const parts: { gradient: Float64Array; weight: number }[] = [];
  const gradient = await objective.batchGradients(theta, (own, weight) =>
    parts.push({ gradient: own.slice(), weight }),
  );
  const squares = (of: Float64Array) => of.reduce((sum, x) => sum + x * x, 0);
  const away = parts.map(({ gradient: own, weight }) => weight * squares(own.map((x, i) => x - gradient[i])));
  const variance = away.reduce((sum, x) => sum + x, 0);
  assert.equal(parts.length, 3);
  const near = (found: number, expected: number, bound = 1e-12) =>
    assert.ok(Math.abs(found / expected - 1) < bound, `${found} ${expected}`);
  near(one("gradientNorm").value[0] ** 2, squares(gradient));
  near(one("gradientVariance").value[0], variance);
  near(one("gradientDiversity").value[0], (variance + squares(gradient)) / squares(gradient));
  const { value: shares } = one("alignment");
  near(shares[n - 1], 1);
  assert.ok(
    shares.every((share, k) => k === 0 || share >= shares[k - 1]),
    "shares add up",
  );

  // E ‖M_b − M‖² from the dense matrices.
  let exact = 0;
  for (let i = 0; i < n; i++) {
    const unit = Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0));
    const columns: { product: Float64Array; weight: number }[] = [];
    const each = (product: Float64Array, weight: number) => columns.push({ product: product.slice(), weight });
    const mean = await objective.curvatureProduct("hessian", theta, unit, each);
    for (const { product, weight } of columns) exact += weight * squares(product.map((x, j) => x - mean[j]));
  }
  await objective.release();
  const matrixVariance = one("matrixVariance");
  assert.ok(Math.abs(matrixVariance.value[0] - exact) < 4 * matrixVariance.error[0], `${exact}`);

  assert.equal(spectrum.summary.gradientVariance, one("gradientVariance").value[0]);
  assert.equal(spectrum.summary[`alignment${n}`], shares[n - 1]);

  const whole = await runStage(hessianStage, { ...params, batchSize: 7 }, { model, data });
  assert.equal(rowsOf(whole, "model", "gradientVariance").value.length, 0, "one batch has no noise");
});

test("in pieces or at once, one quantity of one block a piece, the same bytes", async () => {
  const params = { blocks: "tensor", top: 1, density: { probes: 2, steps: 5 }, seed: 3 };
  const whole = await runStage(hessianStage, params, { model });
  const pieces = await runInPieces(hessianStage, params, { model });
  assert.deepEqual(pieces, whole);
  const estimates = whole.metadata.estimates as { block: string; quantity: string }[];
  assert.equal(estimates.length, 7 * 4);
  assert.notDeepEqual(await runStage(hessianStage, { ...params, seed: 4 }, { model }), whole);
});

test("eigenvalues that have not converged are refused, or kept with their residuals when that is allowed", async () => {
  const params = { top: 2, bottom: 0, trace: false, density: false, maxIterations: 4 };
  await assert.rejects(
    runStage(hessianStage, params, { model }),
    /the 2 largest Hessian eigenvalues of model did not converge in 4 products: .* set allowUnconverged/,
  );
  const kept = await runStage(hessianStage, { ...params, allowUnconverged: true }, { model });
  assert.equal(kept.summary.unconverged, "model top");
  const exact = symmetricEigen(await denseHessian(), weights.length).values;
  const { value, error } = rowsOf(kept, "model", "top");
  for (const [k, found] of value.entries()) {
    assert.ok(error[k] > 1e-9 * found);
    assert.ok(
      exact.some((x) => Math.abs(x - found) <= error[k]),
      "an eigenvalue lies within the error",
    );
  }
});

test("a trace that has not reached its tolerance says so, with the error that it has", async () => {
  const trace = { method: "hutchinson", tolerance: 1e-6, maxProducts: 25 };
  const { metadata, summary } = await runStage(hessianStage, { top: 0, bottom: 0, density: false, trace }, { model });
  const [{ reached, products }] = metadata.estimates as { reached: boolean; products: number }[];
  assert.deepEqual([reached, products], [false, 25]);
  assert.ok((summary.traceError as number) > 1e-6 * (summary.trace as number));
});

test("single precision finds the same eigenvalues to its own accuracy", async () => {
  const params = { top: 2, bottom: 0, trace: false, density: false };
  const value = async (dtype: string) =>
    rowsOf(await runStage(hessianStage, { ...params, dtype }, { model }), "model", "top").value;
  const [single, double] = [await value("f32"), await value("f64")];
  assert.ok(single.every((x, k) => x !== double[k] && Math.abs(x / double[k] - 1) < 1e-4));
});

test("parameters that ask for nothing or contradict each other are refused before anything runs", () => {
  const check = (params: object) => {
    const trace = { maxProducts: 1000, minProbes: 20 };
    return hessianStage
      .check?.({
        top: 5,
        bottom: 1,
        trace,
        density: {},
        maxIterations: 1000,
        allowUnconverged: false,
        ...params,
      } as never)
      .map(({ message }) => message);
  };
  assert.deepEqual(check({}), []);
  assert.deepEqual(check({ top: 0, bottom: 0, trace: false, density: false }), [
    "computes nothing: top and bottom are 0; trace, density and gradient are false",
  ]);
  assert.deepEqual(check({ top: 0, bottom: 0, maxIterations: 7 }), [
    "is for eigenvalues, but top and bottom are 0; remove it",
  ]);
  assert.deepEqual(check({ density: true }), ["is true; expected false, or its parameters ({} for the defaults)"]);
  assert.deepEqual(check({ trace: { maxProducts: 10, minProbes: 20 } }), ["is 10, less than minProbes, 20"]);
});

test("the schema's examples run, and those with a density are drawn", async () => {
  for (const example of schemaOf("hessian").examples as { density?: object | false }[]) {
    const spectrum = await runStage(hessianStage, example, { model });
    const figure = runStage(figureStage, { plot: "density", title: "Hessian" }, { spectrum });
    if (example.density === false) await assert.rejects(figure, /draws a spectrum with a density; this one has none/);
    else assert.match(((await figure).columns.svg as string[])[0], /density of eigenvalues/);
  }
});

test("eigenvectors that compute-directions has found are not searched for again, and must be those of the matrix", async () => {
  const laidOut = { ...model, metadata: { ...model.metadata, layout: createModel(architecture).layout } };
  const params = { top: 2, bottom: 0, trace: false, density: false };
  const directions = await runStage(computeDirectionsStage, { method: "hessian", count: 3 }, { model: laidOut });
  const own = await runStage(hessianStage, params, { model });
  const shared = await runStage(hessianStage, params, { model, directions });
  const [found, given] = [own, shared].map((of) => rowsOf(of, "model", "top"));
  for (const k of [0, 1]) assert.ok(Math.abs(found.value[k] - given.value[k]) < 1e-9 * found.value[0]);
  assert.ok(given.error.every((error) => error < 1e-7 * found.value[0]));
  const { estimates } = shared.metadata as { estimates: { products: number; eigenvectors: string }[] };
  assert.deepEqual([estimates[0].products, estimates[0].eigenvectors], [3, "given"], "a product for each direction");

  const refused = (method: object, message: RegExp, more: object = {}) =>
    assert.rejects(async () => {
      const others = await runStage(computeDirectionsStage, method, { model: laidOut });
      await runStage(hessianStage, { ...params, ...more }, { model, directions: others });
    }, message);
  await refused({ method: "random" }, /were found by method: random; expected the largest eigenvectors/);
  await refused({ method: "hessian", count: 2, which: "smallest" }, /were found by which: smallest/);
  await refused({ method: "hessian", count: 2, normalize: "layer" }, /no eigenvectors of this Hessian matrix/);
  await refused({ method: "hessian", count: 2, matrix: "ggn" }, /no eigenvectors of this Hessian matrix/);
  await refused({ method: "hessian", count: 1 }, /hold 1 of the 2 largest eigenvalues; raise their count/);
});
