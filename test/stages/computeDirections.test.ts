import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Artifact, numbers, vectorAt } from "../../src/artifact/artifact.js";
import { symmetricEigen } from "../../src/linalg/symmetricEigen.js";
import { dot, maxAbs, norm } from "../../src/linalg/vectors.js";
import { createModel } from "../../src/models/networks/architecture.js";
import type { TensorLayout } from "../../src/models/networks/layout.js";
import { tensorView } from "../../src/models/networks/layout.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { modelWithLoss } from "../../stages/inputs/modelAtPorts.js";
import { projectStage } from "../../stages/project.js";
import { sampleGridStage } from "../../stages/sampleGrid.js";
import { npyFile } from "../files/npyFile.js";
import { runStage } from "./runStage.js";
import { model } from "./tinyPinn.js";
import {
  architecture,
  away,
  directionsBy,
  labels,
  modelOf,
  network,
  size,
  sourcesOf,
  start,
  wiggles,
} from "./wiggledModels.js";

test("Hessian directions are the leading eigenvectors of the dense Hessian", async () => {
  const directions = await runStage(computeDirectionsStage, { method: "hessian", count: 3 }, { model: await model() });
  const { loss, weights } = modelWithLoss(await model());
  const objective = await createObjective(loss, { dtype: "f64" });
  const eigenvalues = numbers(directions, "eigenvalue");
  // Every column of the Hessian, and all its eigenvalues by the dense solver.
  const n = weights.length;
  const columns = await Promise.all(
    Array.from({ length: n }, (_, i) =>
      objective.hessianVectorProduct(
        weights,
        Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)),
      ),
    ),
  );
  const dense = symmetricEigen(Float64Array.from(columns.flatMap((column) => [...column])), n);
  const byMagnitude = [...dense.values].sort((a, b) => Math.abs(b) - Math.abs(a));
  for (const [k, eigenvalue] of eigenvalues.entries()) {
    assert.ok(Math.abs(eigenvalue - byMagnitude[k]) < 1e-8 * byMagnitude[0]);
    const v = vectorAt(directions, "vector", k);
    const residual = columns.map((column, i) => column.reduce((sum, h, j) => sum + h * v[j], 0) - eigenvalue * v[i]);
    assert.ok(Math.abs(norm(v) - 1) < 1e-12);
    assert.ok(norm(Float64Array.from(residual)) < 1e-7 * eigenvalues[0], `eigenpair ${k}`);
    assert.ok(numbers(directions, "residual")[k] < 1e-7 * eigenvalues[0]);
  }
  await objective.release();
});

test("random directions are filter-normalised, biases left alone, and recorded with their norms", async () => {
  const of = await model();
  const directions = await runStage(computeDirectionsStage, { method: "random", count: 2, seed: 3 }, { model: of });
  const layout = of.metadata.layout as TensorLayout[];
  const { weights } = modelWithLoss(of);
  for (const k of [0, 1]) {
    const vector = vectorAt(directions, "vector", k);
    for (const tensor of layout) {
      const [d, w] = [tensorView(vector, tensor), tensorView(weights, tensor)];
      if (tensor.role === "bias") assert.ok(d.every((value) => value === 0));
      else {
        const width = tensor.shape[1];
        for (let row = 0; row < tensor.shape[0]; row++) {
          const filter = (x: Float64Array) => norm(x.subarray(row * width, (row + 1) * width));
          assert.ok(Math.abs(filter(d) - filter(w)) < 1e-8 * filter(w));
        }
      }
    }
  }
  assert.ok(numbers(directions, "eigenvalue").every(Number.isNaN), "random vectors have none");
  assert.equal((directions.metadata.tensors as unknown[][])[0].length, layout.length);
});

test("eigenvectors of the Gauss–Newton matrix, in the weights of one layer alone", async () => {
  const of = await model();
  const params = { method: "hessian", count: 2, matrix: "ggn", tensors: ["layer_1.*"] };
  const directions = await runStage(computeDirectionsStage, params, { model: of });
  assert.match((directions.metadata.labels as string[])[0], /^Gauss–Newton eigenvector 1 \(λ = /);
  const { loss, weights } = modelWithLoss(of);
  const objective = await createObjective(loss, { dtype: "f64" });
  const layout = of.metadata.layout as TensorLayout[];
  for (const k of [0, 1]) {
    const v = vectorAt(directions, "vector", k).slice();
    const product = await objective.curvatureProduct("ggn", weights, v);
    const eigenvalue = numbers(directions, "eigenvalue")[k];
    for (const tensor of layout) {
      const [own, image] = [tensorView(v, tensor), tensorView(product, tensor)];
      if (tensor.name.startsWith("layer_0")) assert.ok(own.every((x) => x === 0));
      else assert.ok(image.every((x, i) => Math.abs(x - eigenvalue * own[i]) < 1e-7 * eigenvalue));
    }
  }
  await objective.release();
});

test("eigenvectors that have not converged are refused, with what would do", async () => {
  await assert.rejects(
    runStage(computeDirectionsStage, { method: "hessian", count: 2, maxIterations: 3 }, { model: await model() }),
    /2 Hessian eigenvectors did not converge in 3 products: .*raise maxIterations, or tolerance \(1e-8\), ask for fewer/,
  );
});

test("lines to other models: grid coordinate 1 along an axis is the other model, to the last bit of its loss", async () => {
  const [own, first, second] = [await modelOf(start), await modelOf(away(0.5)), await modelOf(away(0.1, -0.8))];
  const directions = await directionsBy({ method: "between" }, { model: own, to: sourcesOf([first, second]) });
  assert.deepEqual(labels(directions), ["line to model 1", "line to model 2"]);
  assert.ok(Math.abs((directions.summary.distance1 as number) - 0.5 * norm(wiggles[0])) < 1e-12);
  const grid = await runStage(sampleGridStage, { steps: 2, range: [0, 1] }, { model: own, directions });
  const losses = numbers(grid, "loss");
  for (const [vertex, model] of [own, first, second].entries()) {
    const expected = numbers(model, "loss")[0];
    assert.ok(Math.abs(losses[vertex] - expected) < 1e-13 * Math.max(1, expected), `${losses[vertex]} ${expected}`);
  }
  const points = await runStage(projectStage, {}, { model: own, directions, second });
  const coordinates = [numbers(points, "a1")[0], numbers(points, "a2")[0]];
  assert.ok(Math.abs(coordinates[0]) < 1e-13 && Math.abs(coordinates[1] - 1) < 1e-13);
});

test("lines that span no plane, equal models and missing or unwanted models are refused", async () => {
  const [own, other] = [await modelOf(start), await modelOf(away(1))];
  const between = (...to: Artifact[]) =>
    directionsBy({ method: "between" }, { model: own, ...(to.length > 0 && { to: sourcesOf(to) }) });
  await assert.rejects(between(), /method: between needs another model; add from: \{ to: <a model> \}/);
  await assert.rejects(
    directionsBy({ method: "between", count: 2 }, { model: own, to: other }),
    /count is 2; expected at most 1, the number of models at "to"/,
  );
  await assert.rejects(between(own), /the other model 1 is equal to the first/);
  await assert.rejects(between(other, await modelOf(away(-2))), /direction 2 depends linearly on earlier ones/);
  await assert.rejects(
    directionsBy({ method: "random" }, { model: own, to: other }),
    /directions by method: random use no other models; remove the input "to"/,
  );
  const layout = createModel({ ...architecture, widths: [2, 5, 1] }).layout;
  await assert.rejects(
    between({ ...other, metadata: { ...other.metadata, layout } }),
    /model 1 at "to" has layer_0\.weight of shape \[5, 2\]; expected \[6, 2\], like the model/,
  );
});

test("the principal components of a trajectory span it: exact coordinates, no residual", async () => {
  const trajectory = await modelOf(away(2, 0), away(1.5, 0.6), away(0.7, -0.2), start);
  const directions = await directionsBy({ method: "pca" }, { model: trajectory });
  const explained = numbers(directions, "explainedVariance");
  assert.ok(Math.abs(explained[0] + explained[1] - 1) < 1e-12 && explained[0] > explained[1]);
  assert.match(labels(directions)[0], /^principal component 1 \(9\d\.?\d* %\)$/);
  assert.equal(directions.metadata.unit, "a step of length 1 in weight space");

  const points = await runStage(projectStage, {}, { model: trajectory, directions });
  assert.deepEqual(points.columns.model, ["model", "model", "model", "model"]);
  assert.deepEqual([...numbers(points, "step")], [0, 10, 20, 30]);
  assert.deepEqual(numbers(points, "loss"), numbers(trajectory, "loss"));
  assert.deepEqual(points.metadata.coordinates, ["a1", "a2"]);
  for (let row = 0; row < 4; row++) {
    const [a1, a2] = [numbers(points, "a1")[row], numbers(points, "a2")[row]];
    const distance = norm(vectorAt(trajectory, "weights", row).map((w, i) => w - start[i]));
    assert.ok(Math.abs(numbers(points, "distance")[row] - distance) < 1e-12);
    assert.ok(Math.abs(Math.hypot(a1, a2) - distance) < 1e-12);
    assert.ok(numbers(points, "residual")[row] < 1e-12);
    const back = start.map(
      (w, i) => w + a1 * vectorAt(directions, "vector", 0)[i] + a2 * vectorAt(directions, "vector", 1)[i],
    );
    assert.ok(maxAbs(back.map((w, i) => w - vectorAt(trajectory, "weights", row)[i])) < 1e-13);
  }
});

test("principal components of several models, around the mean or the last, with roles left out", async () => {
  const models = await Promise.all([away(1), away(0, 1), away(0, 0, 1)].map((weights) => modelOf(weights)));
  const own = await modelOf(start);
  const by = (params: object) => directionsBy({ method: "pca", ...params }, { model: own, to: sourcesOf(models) });
  const explained = numbers(await by({ count: 3 }), "explainedVariance");
  assert.ok(Math.abs(explained.reduce((a, b) => a + b) - 1) < 1e-12);
  await assert.rejects(by({ count: 4 }), /4 principal components are requested.*expected count at most 3/);
  const mean = await by({ count: 3, center: "mean", ignore: ["bias"] });
  for (const { name, role, offset, shape } of network.layout) {
    const entries = vectorAt(mean, "vector", 0).subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
    assert.equal(maxAbs(entries) === 0, role === "bias", name);
  }
  await assert.rejects(directionsBy({ method: "pca" }, { model: own }), /the model has one checkpoint; keep more/);
});

test("the loss rises along the gradient at the rate of its squared length", async () => {
  const own = await modelOf(start);
  const directions = await directionsBy({ method: "gradient" }, { model: own });
  const gradient = vectorAt(directions, "vector", 0);
  const grid = await runStage(sampleGridStage, { steps: 2, range: [-1e-5, 1e-5] }, { model: own, directions });
  const [below, above] = numbers(grid, "loss");
  assert.ok(Math.abs((above - below) / 2e-5 / dot(gradient, gradient) - 1) < 1e-6);
  assert.equal(directions.summary.gradientNorm, norm(gradient));
  const scaled = await directionsBy({ method: "gradient", normalize: "model" }, { model: own });
  assert.ok(Math.abs(numbers(scaled, "normAfter")[0] - norm(start)) < 1e-8);
  assert.equal(numbers(scaled, "normBefore")[0], norm(gradient));
  assert.equal(scaled.metadata.unit, "a step as long as the vector of weights");
});

test("the three ends of the Hessian's spectrum, and Ritz vectors only for those who ask", async () => {
  const own = await modelOf(start);
  const by = (params: object) => directionsBy({ method: "hessian", ...params }, { model: own });
  const all = numbers(await by({ count: size, which: "largest" }), "eigenvalue");
  for (const [which, expected] of [
    ["largest", [...all].slice(0, 3)],
    ["smallest", [...all].reverse().slice(0, 3)],
    ["magnitude", [...all].sort((a, b) => Math.abs(b) - Math.abs(a)).slice(0, 3)],
  ] as const) {
    const found = numbers(await by({ count: 3, which }), "eigenvalue");
    for (const [k, value] of found.entries()) assert.ok(Math.abs(value - expected[k]) < 1e-7 * all[0], which);
  }
  await assert.rejects(
    by({ maxIterations: 3 }),
    /2 Hessian eigenvectors did not converge in 3 products: .*raise maxIterations, or tolerance \(1e-8\), ask for fewer, or set allowUnconverged/,
  );
  const early = await by({ maxIterations: 5, allowUnconverged: true, count: 3, tolerance: 1e-3 });
  const converged = early.columns.converged as Int32Array;
  assert.ok(converged.includes(0), String(converged));
  for (const [k, label] of labels(early).entries()) {
    assert.match(label, converged[k] ? /^Hessian eigenvector/ : /^Ritz vector \d \(λ ≈ \S+ ± \S+\)$/);
    assert.equal(converged[k] === 1, numbers(early, "residual")[k] <= 1e-3 * Math.abs(all[0]));
  }
  assert.equal(early.metadata.searchFinished, false);
});

test("vectors from a file keep their numbers; another size is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-directions-"));
  const own = await modelOf(start);
  const path = join(folder, "d.npy");
  writeFileSync(path, npyFile([3, size], Float64Array.from(wiggles.slice(0, 3).flatMap((w) => [...w]))));
  const all = await directionsBy({ method: "file", path }, { model: own });
  assert.deepEqual(labels(all), ["direction 1 of d.npy", "direction 2 of d.npy", "direction 3 of d.npy"]);
  for (const k of [0, 1, 2]) assert.deepEqual(vectorAt(all, "vector", k), wiggles[k]);
  const two = await directionsBy({ method: "file", path, count: 2, orthogonalize: true }, { model: own });
  assert.ok(Math.abs((two.metadata.cosines as number[])[1]) < 1e-14);
  assert.deepEqual(vectorAt(two, "vector", 0), wiggles[0]);
  writeFileSync(path, npyFile([2, size - 1], new Float64Array(2 * size - 2)));
  await assert.rejects(
    directionsBy({ method: "file", path }, { model: own }),
    new RegExp(`d\\.npy has the shape \\[2, ${size - 1}\\]; expected \\[k, ${size}\\]`),
  );
});

test("weights that are not finite have no landscape around them", async () => {
  const own = await modelOf(start);
  const broken = {
    ...own,
    columns: { ...own.columns, weights: { width: size, values: start.map((w, i) => (i === 4 ? Number.NaN : w)) } },
  };
  await assert.rejects(
    directionsBy({ method: "random" }, { model: broken }),
    /the vector of the model's weights is not finite: entry 4 is NaN/,
  );
});

test("parameters of another method are refused with those of this one", () => {
  const faults = (params: object) => validate("compute-directions", params, "d").map(({ message }) => message);
  assert.match(faults({ method: "gradient", count: 2 })[0], /^d has no "count"; expected "method", "normalize", /);
  assert.match(faults({ method: "hesian" })[0], /^d\.method is "hesian"; expected .*did you mean "hessian"\?/);
  assert.match(faults({})[0], /^d lacks "method"/);
  assert.match(faults({ method: "file" })[0], /^d lacks "path": A \.npy or \.npz file/);
});
