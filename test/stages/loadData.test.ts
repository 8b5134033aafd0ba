import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { artifact, rowCount } from "../../src/artifact/artifact.js";
import { encodeArtifact } from "../../src/artifact/artifactFile.js";
import { inputSize, targetSize } from "../../src/data/dataset.js";
import { loadPipeline } from "../../src/pipeline/config.js";
import { plan } from "../../src/pipeline/plan.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import { datasetOf } from "../../stages/artifacts/dataset.js";
import { loadStages } from "../../stages/index.js";
import { loadDataStage } from "../../stages/loadData.js";
import { folderOf } from "../data/files.js";
import { runStage } from "./runStage.js";

const stages = await loadStages();

const builtIn = ["two-moons", "spirals", "blobs", "tree", "digits", "shapes", "segmentation", "markov-text"];

test("every built-in data set loads by its name alone, with the same bytes each time", async () => {
  for (const name of builtIn) {
    const params = { name, count: 12 };
    const loaded = await runStage(loadDataStage, params);
    const dataset = datasetOf(loaded);
    assert.equal(rowCount(loaded), 12);
    assert.equal(dataset.inputs.length, 12 * inputSize(dataset));
    assert.equal(dataset.targets.length, 12 * targetSize(dataset));
    const { metadata } = loaded;
    assert.deepEqual([metadata.name, metadata.split, metadata.available], [name, "train", 12]);
    assert.deepEqual(encodeArtifact(await runStage(loadDataStage, params)), encodeArtifact(loaded));
  }
});

test("label noise and splits change what they say and nothing else", async () => {
  const load = async (params: object) =>
    datasetOf(await runStage(loadDataStage, { name: "blobs", count: 40, ...params }));
  const clean = await load({});
  const noisy = await load({ labelNoise: 0.25 });
  assert.deepEqual(noisy.inputs, clean.inputs);
  assert.equal(noisy.targets.filter((label, row) => label !== clean.targets[row]).length, 10);
  assert.notDeepEqual((await load({ split: "test" })).inputs, clean.inputs);
});

test("an unknown data set or one's unknown parameter is named, with the nearest that is known", () => {
  const fault = (params: object) => validate("load-data", params, "data")[0].message;
  assert.match(fault({ name: "two-mons" }), /data\.name is "two-mons".*did you mean "two-moons"/);
  assert.match(fault({ name: "digits", noise: 1 }), /data has no "noise"/);
});

test("a stored dataset is read back exactly, and what is none is named", async () => {
  const stored = await runStage(loadDataStage, { name: "shapes", count: 5 });
  const folder = folderOf({
    "shapes.arrow": encodeArtifact(stored),
    "bad.arrow": encodeArtifact({ ...stored, metadata: { ...stored.metadata, classes: ["one", "two"] } }),
    "table.arrow": encodeArtifact(artifact("table", { a: Float64Array.of(1) })),
    "text.arrow": "not an Arrow",
  });
  const load = (file: string) => runStage(loadDataStage, { name: "arrow", path: `${folder}/${file}` });
  assert.deepEqual(datasetOf(await load("shapes.arrow")), datasetOf(stored));
  await assert.rejects(load("bad.arrow"), /bad\.arrow: target number \d+ is \d+; expected a whole number from 0 to 1/);
  await assert.rejects(load("table.arrow"), /table\.arrow holds a table; expected a dataset/);
  await assert.rejects(load("text.arrow"), /text\.arrow is not a dataset/);
});

const points = "x,y,kind\n" + Array.from({ length: 30 }, (_, i) => `${i},${i % 7},${"abc"[i % 3]}\n`).join("");

test("a subset of files is drawn by seed, keeps the classes' shares, and begins a larger one", async () => {
  const folder = folderOf({ "points.csv": points });
  const load = async (params: object) =>
    datasetOf(await runStage(loadDataStage, { name: "csv", path: `${folder}/points.csv`, target: "kind", ...params }));
  const twelve = await load({ limit: 12, stratify: true });
  assert.deepEqual(
    [0, 1, 2].map((label) => twelve.targets.filter((found) => found === label).length),
    [4, 4, 4],
  );
  const five = await load({ limit: 5, stratify: true });
  assert.deepEqual(five.inputs, twelve.inputs.slice(0, 10));
  assert.deepEqual([five.offset, five.scale], [twelve.offset, twelve.scale], "standardised alike");
  assert.notDeepEqual((await load({ limit: 12, stratify: true, seed: 1 })).inputs, twelve.inputs);
});

const planned = (folder: string, stage: string) => {
  writeFileSync(join(folder, "p.yaml"), `name: p\nstages:\n  data: { uses: load-data, with: ${stage} }\n`);
  return plan(loadPipeline(join(folder, "p.yaml")), stages).steps[0].key;
};

test("the key of a step follows the content of the files", () => {
  const folder = folderOf({ "points.csv": points });
  const key = () => planned(folder, "{ name: csv, path: points.csv, target: kind }");
  const before = key();
  assert.equal(key(), before);
  writeFileSync(join(folder, "points.csv"), points.replace("29,1,c", "29,2,c"));
  assert.notEqual(key(), before);
  writeFileSync(join(folder, "points.csv"), points);
  assert.equal(key(), before);
});

test("a data set whose files are not there says where they belong and how to get them", () => {
  const folder = folderOf({});
  const where = join(folder, "data", "mnist");
  const command = `cirque data fetch mnist --to ${relative(process.cwd(), where)}`;
  assert.throws(
    () => planned(folder, "{ name: mnist }"),
    (error: Error) =>
      /p\.yaml:3:\d+ data\.path is "data\/mnist", but .*data\/mnist does not exist/.test(error.message) &&
      error.message.includes("train-images-idx3-ubyte") &&
      error.message.includes(command),
  );
  assert.throws(() => planned(folder, "{ name: csv, path: none.csv, target: kind }"), /none\.csv does not exist/);
  // A near name does not take the place of the advice.
  mkdirSync(join(folder, "data", "mnist2"), { recursive: true });
  assert.throws(() => planned(folder, "{ name: mnist }"), /did you mean "mnist2"\?.*cirque data fetch mnist --to/);
});

test("parameters that exclude each other are found before anything runs", () => {
  const folder = folderOf({ "points.csv": points });
  const check = (rest: string) => () => planned(folder, `{ name: csv, path: points.csv, target: y, ${rest} }`);
  assert.throws(
    check("task: regression, labelNoise: 0.1"),
    /labelNoise: is 0\.1; expected 0, as regression has no labels/,
  );
  assert.throws(check("task: regression, limit: 3, stratify: true"), /stratify: is true; expected false/);
  assert.throws(check("testFraction: 0.6, validationFraction: 0.5"), /leave nothing for training/);
});
