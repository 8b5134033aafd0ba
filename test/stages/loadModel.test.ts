import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Artifact, numbers, vectorAt } from "../../src/artifact/artifact.js";
import { decodeArtifact, encodeArtifact } from "../../src/artifact/artifactFile.js";
import { type Layout, tensorSize } from "../../src/models/networks/layout.js";
import { loadPipeline } from "../../src/pipeline/config.js";
import { plan } from "../../src/pipeline/plan.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { loadStages } from "../../stages/index.js";
import { loadDataStage } from "../../stages/loadData.js";
import { loadModelStage } from "../../stages/loadModel.js";
import { sampleGridStage } from "../../stages/sampleGrid.js";
import { trainStage } from "../../stages/train.js";
import { npyBytes, npzBytes, safetensorsBytes, type WrittenArray } from "../files/weightFiles.js";
import { runStage } from "./runStage.js";

const stages = await loadStages();

const tiny = {
  architecture: { kind: "mlp", widths: [2, 5, 1] },
  problem: {
    kind: "pinn",
    equation: "u_t + u_x",
    initial: "sin(x)",
    exact: "sin(x - t)",
    grid: { x: 16, t: 8 },
    collocation: { points: 20 },
  },
};
const folder = mkdtempSync(join(tmpdir(), "cirque-weights-"));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const load = (path: string, params: object = {}) => runStage(loadModelStage, { ...tiny, path, ...params });

const trained = runStage(trainStage, { ...tiny, optimizer: { kind: "adam", iterations: 20, learningRate: 0.01 } });

/** The tensors of a model by name. */
function tensorsOf(model: Artifact) {
  const weights = vectorAt(model, "weights", 0);
  const entries = (model.metadata.layout as Layout).map((tensor) => {
    const values = weights.slice(tensor.offset, tensor.offset + tensorSize(tensor));
    return [tensor.name, { shape: [...tensor.shape], values }];
  });
  return Object.fromEntries(entries) as Record<string, WrittenArray>;
}

test("a trained model comes back from each format with its weights, loss, terms and errors", async () => {
  const model = await trained;
  const values = vectorAt(model, "weights", 0);
  const paths = [
    file("flat.npy", npyBytes({ shape: [values.length], values })),
    file("tensors.npz", npzBytes(tensorsOf(model))),
    file("tensors.safetensors", safetensorsBytes(tensorsOf(model))),
  ];
  for (const path of paths) {
    const loaded = await load(path);
    assert.deepEqual(vectorAt(loaded, "weights", 0), values);
    assert.ok(Math.abs(numbers(loaded, "loss")[0] / numbers(model, "loss")[0] - 1) < 1e-14);
    for (const fact of ["architecture", "problem", "layout", "dtype", "errors", "terms"]) {
      assert.deepEqual(loaded.metadata[fact], model.metadata[fact], fact);
    }
    assert.deepEqual(Object.keys(loaded.summary), ["loss", "relativeL2", "meanAbsolute", "relativeLInfinity"]);
  }
  const loaded = await load(paths[0]);
  const directions = await runStage(computeDirectionsStage, { method: "hessian", count: 1 }, { model: loaded });
  const grid = await runStage(sampleGridStage, { steps: 3, dtype: "f64" }, { model: loaded, directions });
  assert.equal(numbers(grid, "loss")[1], numbers(loaded, "loss")[0]);
});

test("single precision rounds the weights", async () => {
  const values = vectorAt(await trained, "weights", 0);
  const path = file("double.npy", npyBytes({ shape: [values.length], values }));
  const { columns, metadata } = await load(path, { dtype: "f32" });
  assert.deepEqual(columns.weights, { width: values.length, values: Float32Array.from(values) });
  assert.equal(metadata.dtype, "f32");
});

test("a trajectory is a model with a row for each checkpoint; its headline is that of the last", async () => {
  const last = vectorAt(await trained, "weights", 0);
  const first = last.map((w) => w / 2);
  const path = file("path.npy", npyBytes({ shape: [2, last.length], values: Float64Array.of(...first, ...last) }));
  const loaded = await load(path);
  assert.deepEqual(loaded.columns.step, Int32Array.of(0, 1));
  assert.deepEqual([vectorAt(loaded, "weights", 0), vectorAt(loaded, "weights", 1)], [first, last]);
  const [half, whole] = numbers(loaded, "loss");
  assert.equal(whole, (loaded.metadata.terms as { loss: number }).loss);
  assert.equal(loaded.summary.loss, whole);
  assert.notEqual(half, whole);
});

test("weights that are not finite are kept and counted, and so is the loss that they give", async () => {
  const values = vectorAt(await trained, "weights", 0);
  values[3] = NaN;
  values[4] = Infinity;
  const loaded = await load(file("nan.npy", npyBytes({ shape: [values.length], values })));
  assert.deepEqual(vectorAt(loaded, "weights", 0), values);
  assert.ok(Number.isNaN(numbers(loaded, "loss")[0]));
  assert.ok(Number.isNaN(loaded.summary.loss));
  assert.equal(loaded.summary.nonFiniteWeights, 2);
  const stored = decodeArtifact(encodeArtifact(loaded));
  assert.deepEqual(stored.metadata, loaded.metadata);
});

test("a loss with points from files and points of one's own; the artifact needs the files no more", async () => {
  const values = vectorAt(await trained, "weights", 0);
  const weights = file("w.npy", npyBytes({ shape: [values.length], values }));
  const table = file("collocation.csv", Buffer.from("t,x\n0.5,1\n0.25,2\n"));
  const archive = file("points.npz", npzBytes({ t_b: { shape: [2, 1], values: Float64Array.of(0, 1) } }));
  const side = (x: number | string) => ({ path: archive, x: [x, x], t: "t_b" });
  const points = {
    initial: { x: [0], t: ["pi/128"], u: [0.5] },
    boundary: { x: { lower: side(0), upper: side("2*pi") } },
    collocation: { path: table },
  };
  const problem = { ...tiny.problem, initial: undefined, points };
  const loaded = await load(weights, { problem });
  const same = {
    initial: { x: [0], t: [Math.PI / 128], u: [0.5] },
    boundary: { x: { lower: { x: [0, 0], t: [0, 1] }, upper: { x: [2 * Math.PI, 2 * Math.PI], t: [0, 1] } } },
    collocation: { x: [1, 2], t: [0.5, 0.25] },
  };
  assert.deepEqual((loaded.metadata.problem as { points: unknown }).points, same);
  rmSync(table);
  rmSync(archive);
  const directions = await runStage(computeDirectionsStage, { method: "random", count: 1 }, { model: loaded });
  const grid = await runStage(sampleGridStage, { steps: 3, dtype: "f64" }, { model: loaded, directions });
  assert.equal(numbers(grid, "loss")[1], numbers(loaded, "loss")[0]);
  const { points: __, ...plain } = problem;
  assert.deepEqual(await load(weights, { problem: { ...plain, points: same } }), loaded, "written out, the same");

  // The network is trained on the points, too.
  const optimizer = { kind: "adam", iterations: 200, learningRate: 0.01 };
  const fitted = await runStage(trainStage, { ...tiny, problem: { ...plain, points: same }, optimizer });
  assert.ok((fitted.metadata.terms as { initial: number }).initial < 1e-3);
  assert.deepEqual((fitted.metadata.problem as { points: unknown }).points, same);
});

test("the example pipeline names files that are there", () => {
  const { steps } = plan(loadPipeline("pipelines/load-model.yaml"), stages);
  assert.ok(steps.some(({ id }) => id === "model@features=40"));
});

test("parameters that do not go together", () => {
  const faults = (params: object) => {
    const given = structuredClone({ path: "w.npz", ...tiny, ...params });
    assert.deepEqual(validate("load-model", given, "m"), []);
    return loadModelStage.check?.(given as never).map(({ path, message }) => `${path.join(".")}: ${message}`);
  };
  assert.deepEqual(faults({}), []);
  assert.deepEqual(faults({ path: "w.txt" }), [
    'path: is "w.txt"; expected a name that ends in .npy, .npz, .safetensors, .pt, .pth, .ckpt, .bin, .h5, .hdf5, .keras, .json, or a format',
  ]);
  assert.deepEqual(faults({ path: undefined }), [": lacks path: the file of the weights"]);
  assert.deepEqual(faults({ path: "w.bin", format: "npy" }), []);
  assert.deepEqual(faults({ path: "w.npy", key: "a" }), [
    "key: has no effect, because a .npy file holds one array; leave it out",
  ]);
  assert.deepEqual(faults({ key: "a", prefix: "b" }), [
    "prefix: has no effect together with key; leave one of them out",
  ]);
  assert.deepEqual(faults({ names: { "layer_0.wieght": "a" } }), [
    'names.layer_0.wieght: the network has no tensor "layer_0.wieght"; did you mean "layer_0.weight"?',
  ]);
  assert.deepEqual(faults({ architecture: { kind: "mlp", widths: [3, 1] } }), [
    "architecture.widths.0: is 3; a pinn problem has 2 inputs (x and t)",
  ]);
  const image = {
    kind: "resnet",
    image: [3, 32, 32],
    depth: 20,
    width: 16,
    classes: 10,
    residual: true,
    batchNorm: true,
  };
  assert.deepEqual(faults({ architecture: image }), [
    "architecture: has 3072 inputs; a pinn problem has 2 inputs (x and t)",
    "architecture: has 10 outputs; a pinn problem has 1 output (u)",
  ]);
  assert.deepEqual(faults({ architecture: { ...image, depth: 21 } }), [
    "architecture: resnet: depth is 21, expected 6n + 2: 8, 14, 20, 32, 56, …",
  ]);
});

test("on the command line: no file is a fault of the pipeline (2), a file that does not fit one of its stage (1)", async () => {
  const values = vectorAt(await trained, "weights", 0);
  const flow = (value: unknown) => JSON.stringify(value);
  const pipeline = file(
    "p.yaml",
    Buffer.from(`name: p
params: { weights: good.npy }
stages:
  model: { uses: load-model, with: { path: "\${weights}", architecture: ${flow(tiny.architecture)}, problem: ${flow(tiny.problem)} } }
  table: { uses: gather, from: { table: model } }
`),
  );
  file("good.npy", npyBytes({ shape: [values.length], values }));
  file("short.npy", npyBytes({ shape: [7], values: values.slice(0, 7) }));
  truncateSync(file("cut.npy", npyBytes({ shape: [values.length], values })), 100);
  const cirque = (...args: string[]) => {
    const cli = join(process.cwd(), "dist/src/cli/main.js");
    const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
    return { status, stderr };
  };
  const good = cirque("run", pipeline);
  assert.equal(good.status, 0, good.stderr);
  const missing = cirque("run", pipeline, "--set", "weights=god.npy");
  assert.equal(missing.status, 2);
  assert.match(
    missing.stderr,
    /p\.yaml:4:\d+ model\.path is "god\.npy", but .* does not exist; .*did you mean "good\.npy"\?/,
  );
  const short = cirque("run", pipeline, "--set", "weights=short.npy");
  assert.equal(short.status, 1);
  assert.match(short.stderr, /short\.npy has shape \[7\]; expected \[21\], the parameters of the network/);
  const cut = cirque("run", pipeline, "--set", "weights=cut.npy");
  assert.equal(cut.status, 1);
  assert.match(cut.stderr, /cut\.npy is cut short/);
});

test("samples of a file that were standardised are a warning: the network may want the values of the file", async () => {
  const architecture = { kind: "mlp", widths: [2, 1] };
  const weights = file("linear.npy", npyBytes({ shape: [3], values: Float64Array.of(1, 2, 3) }));
  const x = { shape: [3, 2], values: Float64Array.of(1, 2, 3, 4, 5, 9) };
  const path = file("own.npz", npzBytes({ x, y: { shape: [3, 1], values: Float64Array.of(1, 2, 3) } }));
  const said = async (parameters: object) => {
    const data = await runStage(loadDataStage, {
      name: "npz",
      path,
      inputs: "x",
      targets: "y",
      task: "regression",
      ...parameters,
    });
    const params = { path: weights, architecture, problem: { kind: "supervised", loss: "mean-squared-error" } };
    let told = "";
    await runStage(loadModelStage, params, { data }, { log: (text) => (told += text) });
    return told;
  };
  assert.match(await said({}), /samples are standardised: .* needs standardize: false where they are loaded/);
  assert.doesNotMatch(await said({ standardize: false }), /standardi/);
});
