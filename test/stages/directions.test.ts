import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Artifact, artifact, numbers, vectorAt } from "../../src/artifact/artifact.js";
import { randomDirections } from "../../src/landscape/randomDirections.js";
import { dot, maxAbs, norm } from "../../src/linalg/vectors.js";
import { createModel } from "../../src/models/networks/architecture.js";
import { lossFunction } from "../../src/models/problems/lossFunction.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import type { Source } from "../../src/stage.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { figureStage } from "../../stages/figure.js";
import { projectStage } from "../../stages/project.js";
import { sampleGridStage } from "../../stages/sampleGrid.js";
import { npyFile } from "../files/npyFile.js";
import { runStage } from "./runStage.js";

const architecture = { kind: "mlp", widths: [2, 6, 1], activation: "tanh" } as const;
const problem = {
  kind: "pinn",
  equation: "u_t + beta * u_x",
  coefficients: { beta: 1 },
  domain: { x: [0, "2*pi"], t: [0, 1] },
  grid: { x: 8, t: 4 },
  initial: "sin(x)",
  boundary: "periodic",
  collocation: { points: 10, seed: 0 },
} as const;
const network = createModel(architecture);
const loss = lossFunction(architecture, problem as never);
const size = network.size;
const start = network.initialize(0);
const wiggles = randomDirections({ size, count: 4, seed: 9, distribution: "uniform" });

/** start + Σ aₖ·wiggleₖ */
const away = (...a: number[]) => start.map((w, i) => w + a.reduce((sum, x, k) => sum + x * wiggles[k][i], 0));

/** A model artifact with these checkpoints. */
async function modelOf(...checkpoints: Float64Array[]): Promise<Artifact> {
  const objective = await createObjective(loss, { dtype: "f64" });
  const values = Float64Array.from(checkpoints.flatMap((weights) => [...weights]));
  const losses = await objective.loss(values);
  await objective.release();
  return artifact(
    "model",
    { step: Int32Array.from(checkpoints, (_, k) => 10 * k), loss: losses, weights: { width: size, values } },
    { architecture, problem, layout: network.layout },
  );
}

const directionsBy = (params: object, inputs: Record<string, Artifact | Source[]>) =>
  runStage(computeDirectionsStage, params, inputs);
const sourcesOf = (models: Artifact[]): Source[] =>
  models.map((model, k) => ({ stage: `m${k}`, point: {}, artifact: () => model }));
const labels = (directions: Artifact) => directions.metadata.labels as string[];

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
  await assert.rejects(between(), /method: between needs another model: add from: \{ to: <a model> \}/);
  await assert.rejects(
    directionsBy({ method: "between", count: 2 }, { model: own, to: other }),
    /count is 2; there are only 1 models at "to"/,
  );
  await assert.rejects(between(own), /the other model 1 is equal to the first/);
  await assert.rejects(between(other, await modelOf(away(-2))), /direction 2 depends linearly on those before it/);
  await assert.rejects(
    directionsBy({ method: "random" }, { model: own, to: other }),
    /directions by method: random use no other models; leave out the input "to"/,
  );
  const layout = createModel({ ...architecture, widths: [2, 5, 1] }).layout;
  await assert.rejects(
    between({ ...other, metadata: { ...other.metadata, layout } }),
    /model 1 at "to" has layer_0\.weight of shape \[5, 2\]; expected \[6, 2\], as in the model/,
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
  await assert.rejects(by({ count: 4 }), /4 principal components are wanted.*expected count at most 3/);
  const mean = await by({ count: 3, center: "mean", ignore: ["bias"] });
  for (const { name, role, offset, shape } of network.layout) {
    const entries = vectorAt(mean, "vector", 0).subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
    assert.equal(maxAbs(entries) === 0, role === "bias", name);
  }
  await assert.rejects(directionsBy({ method: "pca" }, { model: own }), /the model has one checkpoint: keep more/);
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

test("a projection is in the unit of the grid that it is drawn over", async () => {
  const [own, other] = [await modelOf(start), await modelOf(away(0.3, 0.2, 0.1))];
  const directions = await directionsBy({ method: "random", normalize: "none" }, { model: own });
  const [plain, relative] = await Promise.all(
    ["direction", "relative"].map((unit) => runStage(projectStage, { unit }, { model: own, directions, other })),
  );
  for (const k of [0, 1]) {
    const scale = norm(start) / norm(vectorAt(directions, "vector", k));
    const [a, b] = [plain, relative].map((points) => numbers(points, `a${k + 1}`)[0]);
    assert.ok(Math.abs(b * scale - a) < 1e-12 * Math.abs(a));
  }
  assert.deepEqual(numbers(plain, "residual"), numbers(relative, "residual"));
  const grid = await runStage(sampleGridStage, { steps: 3 }, { model: own, directions });
  await assert.rejects(
    runStage(figureStage, {}, { grid, path: relative }),
    /the path's coordinates have the unit "relative", the grid's "direction"; expected the same/,
  );
  const elsewhere = await directionsBy({ method: "gradient" }, { model: own });
  const path = await runStage(projectStage, {}, { model: own, directions: elsewhere, other });
  await assert.rejects(
    runStage(figureStage, {}, { grid, path }),
    /the path's coordinates have the directions \["gradient"\]/,
  );
  const drawn = await runStage(figureStage, {}, { grid, path: plain });
  assert.match((drawn.columns.svg as string[])[0], />other</);
});

test("a pipeline draws two trainings over the plane through their models", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-path-"));
  const train = (seed: number) => `{ uses: train, with: { seed: ${seed}, optimizer: { kind: lbfgs, maxIterations: 20 },
    architecture: { kind: mlp, widths: [2, 6, 1] }, problem: { kind: pinn, equation: "u_t + u_x", initial: "sin(x)",
    grid: { x: 8, t: 4 }, collocation: { points: 10 } } } }`;
  writeFileSync(
    join(folder, "p.yaml"),
    `name: p
stages:
  one: ${train(0)}
  two: ${train(1)}
  three: ${train(2)}
  plane: { uses: compute-directions, from: { model: one, to: [two, three] }, with: { method: between } }
  grid: { uses: sample-grid, from: { model: one, directions: plane }, with: { steps: 9, range: [-0.5, 1.5] } }
  where: { uses: project, from: { model: one, directions: plane, one: one, two: two, three: three } }
  map: { uses: figure, from: { grid: grid, path: where }, with: { plot: contour } }
publish: [where]
`,
  );
  const cli = join(process.cwd(), "dist/src/cli/main.js");
  const { status, stderr } = spawnSync(process.execPath, [cli, "run", "p.yaml", "-q"], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const [header, ...rows] = readFileSync(join(folder, "results/p/tables/where.csv"), "utf8").trim().split(/\r?\n/);
  assert.equal(header, "loss,a1,a2,distance,residual,step,model");
  const cells = rows.map((row) => row.split(","));
  assert.deepEqual(
    cells.map(([, a1, a2, , , , model]) => [Math.abs(Math.round(Number(a1))), Math.abs(Math.round(Number(a2))), model]),
    [
      [0, 0, "one"],
      [1, 0, "two"],
      [0, 1, "three"],
    ],
  );
  assert.ok(cells.every(([, , , , residual]) => Number(residual) < 1e-12));
  assert.match(readFileSync(join(folder, "results/p/figures/map.svg"), "utf8"), />three</);
});
