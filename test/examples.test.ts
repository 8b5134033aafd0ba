/**
 * Every example of every stage is run, as it is in the schema: in one pipeline, on small inputs that its first stages
 * make.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { schemaOf } from "../src/pipeline/schemas.js";
import { kinds } from "../stages/index.js";
import { npyBytes, npzBytes } from "./files/weightFiles.js";

const folder = mkdtempSync(join(tmpdir(), "cirque-examples-"));
after(() => rmSync(folder, { recursive: true }));

const network = { kind: "mlp", widths: [2, 6, 2], activation: "tanh" };
const training = {
  architecture: network,
  problem: { kind: "supervised" },
  optimizer: { kind: "sgd", learningRate: 0.2, momentum: 0.9 },
  batchSize: 20,
  checkpoints: { every: 1 },
};
const onSamples = { model: "one", directions: "random", data: "samples" };

/**
 * What the examples are given. `seed` stands for networks that are told apart, `network` for the many that are
 * classified.
 */
const inputs = {
  samples: { uses: "load-data", with: { name: "two-moons", count: 60, noise: 0.1 } },
  unseen: { uses: "load-data", with: { name: "two-moons", count: 60, noise: 0.1, split: "test" } },
  one: { uses: "train", from: { data: "samples", validation: "unseen" }, with: { ...training, epochs: 20 } },
  minima: { uses: "train", from: { data: "samples" }, with: { ...training, epochs: 8, seed: "${seed}" } },
  random: { uses: "compute-directions", from: { model: "one" }, with: { method: "random" } },
  grid: { uses: "sample-grid", from: onSamples, with: { steps: 9, dtype: "f32" } },
  kept: { uses: "checkpoint", from: { model: "one" }, with: { epoch: "${epoch}" } },
  film: { uses: "sample-grid", from: { ...onSamples, model: "kept" }, with: { steps: 9, dtype: "f32" } },
  scattered: { uses: "sample-points", from: onSamples, with: { count: 100, dtype: "f32" } },
  tree: { uses: "merge-tree", from: { grid: "grid" } },
  bars: { uses: "barcode", from: { tree: "tree" } },
  jumps: {
    uses: "jump-and-retrain",
    from: { model: "one", data: "samples", validation: "unseen" },
    with: { seeds: [0, 1, 2], steps: [0.5, 1], epochs: 15 },
  },
  paths: { uses: "connect-minima", from: { minima: "minima", data: "samples" }, with: { points: 3, epochs: 5 } },
  directions: { uses: "compute-directions", from: { model: "minima" }, with: { method: "random" } },
  grids: {
    uses: "sample-grid",
    from: { model: "minima", directions: "directions", data: "samples" },
    with: { steps: 9, dtype: "f32" },
  },
  trees: { uses: "merge-tree", from: { grid: "grids" } },
  barcodes: { uses: "barcode", from: { tree: "trees" } },
  profiles: { uses: "profile", from: { tree: "trees" } },
  metrics: { uses: "landscape-metrics", from: { tree: "trees" } },
  tests: { uses: "evaluate", from: { model: "minima", data: "unseen" } },
  near: { uses: "sample-points", from: onSamples, with: { count: 20, dtype: "f32", seed: "${network}" } },
  described: { uses: "features", from: { samples: "near" } },
  labels: { uses: "./labels.mjs", with: { network: "${network}" } },
  curves: { uses: "gather", from: { table: "minima" }, with: { rows: "all" } },
};

/** The sources of each kind's inputs; a list has those of one example after the other. */
const sources: Record<string, object | object[]> = {
  "load-data": {},
  train: [{}, { data: "samples" }],
  "jump-and-retrain": { model: "one", data: "samples", validation: "unseen" },
  trajectories: { model: "minima" },
  "load-model": {},
  evaluate: { model: "one", data: "unseen" },
  predict: { model: "one", data: "unseen" },
  "reference-solution": {},
  "compute-directions": { model: "one", data: "samples" },
  hessian: { model: "one", data: "samples" },
  sharpness: { model: "one", data: "samples" },
  "sample-grid": onSamples,
  "sample-points": onSamples,
  refine: { ...onSamples, grid: "grid" },
  "import-grid": {},
  project: { model: "one", directions: "random", run: "minima" },
  "connect-minima": { minima: "minima", data: "samples" },
  "merge-tree": { grid: "grid" },
  "contour-tree": { grid: "grid" },
  barcode: [{ tree: "tree" }, { grid: "grid" }],
  "graph-homology": { points: "scattered" },
  embed: { points: "jumps" },
  "loss-barcode": { paths: "paths" },
  profile: { tree: "tree" },
  "landscape-metrics": { tree: "tree" },
  compare: [{ of: "barcodes" }, { of: "trees" }],
  features: { samples: "jumps" },
  classify: { near: "described", labels: "labels" },
  shell: { grid: "grid" },
  gather: { table: ["one", "bars"] },
  aggregate: { table: ["metrics", "tests"] },
  correlate: { table: ["metrics", "tests"] },
  select: [{ of: "minima" }, { of: "minima", measure: "tests" }],
  checkpoint: { model: "one" },
  figure: [{ bars: "bars" }, { table: "curves" }, { grid: "grid" }, { profile: "profiles" }, { table: "curves" }],
  report: [
    { figures: ["grid", "tree"], tables: ["curves"] },
    { figures: ["grid", "tree"], tables: ["curves"] },
    { figures: ["film"] },
  ],
};

function tensor(...shape: number[]) {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, values: Float64Array.from({ length: size }, (_, i) => Math.cos(i)) };
}

const files: Record<string, string | Uint8Array> = {
  "labels.mjs": `export default { version: 1, inputs: {}, output: "table", run: ({ params: { network } }) => ({
    columns: { loss: Float64Array.of(network), weightDecay: Float64Array.of(network % 2), augmentation: [String(network % 3)] },
  }) };`,
  "surface.npy": npyBytes(tensor(4, 5)),
  "losses.csv": "x,y,loss\n0,0,3\n1,0,2\n0,1,1\n1,1,0\n",
  "weights.npz": npzBytes({
    "layer_0.weight": tensor(50, 2),
    "layer_0.bias": tensor(50),
    "layer_1.weight": tensor(1, 50),
    "layer_1.bias": tensor(1),
  }),
  "smoothness.py": "the text that is run by what stands for Python",
};

/** In the place of Python, which need not be there: counts the rows of its input. */
const python = `#!${process.execPath}
const { tableFromIPC, tableToIPC, tableFromArrays } = require(${JSON.stringify(createRequire(import.meta.url).resolve("apache-arrow"))});
const { readFileSync, writeFileSync } = require("node:fs");
const [, , script] = process.argv;
if (script !== "smoothness.py" || JSON.parse(process.env.CIRQUE_PARAMS).window !== 5) process.exit(9);
const { numRows } = tableFromIPC(readFileSync(process.env.CIRQUE_INPUT_GRID));
writeFileSync(process.env.CIRQUE_OUTPUT, tableToIPC(tableFromArrays({ rows: Float64Array.of(numRows) }), "file"));
`;

const examples = kinds.flatMap((uses) =>
  (schemaOf(uses).examples as object[]).map((example, i) => {
    const from = Array.isArray(sources[uses]) ? sources[uses][i] : sources[uses];
    return { name: `${uses}-${i + 1}`, stage: { uses, from, with: example } };
  }),
);

test("every example runs", () => {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/python3"), python);
  chmodSync(join(folder, "bin/python3"), 0o755);
  const pipeline = {
    matrix: { seed: [0, 1, 2, 3], network: Array.from({ length: 10 }, (_, i) => i), epoch: [0, 8] },
    stages: { ...inputs, ...Object.fromEntries(examples.map(({ name, stage }) => [name, stage])) },
    publish: examples.map(({ name }) => name),
  };
  writeFileSync(join(folder, "p.yaml"), JSON.stringify(pipeline));
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(process.cwd(), "dist/src/cli/main.js"), "run", "p.yaml"],
    {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}` },
    },
  );
  assert.equal(status, 0, stderr);

  const manifest = JSON.parse(readFileSync(join(folder, "results/p/manifest.json"), "utf8")) as {
    steps: { step: string; uses: string }[];
    files: Record<string, string>;
  };
  for (const { name, stage } of examples) {
    const steps = manifest.steps.filter(({ step }) => step === name || step.startsWith(`${name}@`));
    assert.ok(steps.length > 0 && steps.every(({ uses }) => uses === stage.uses), name);
  }
});
