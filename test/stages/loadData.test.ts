import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeArtifact, rowCount } from "../../src/artifact.js";
import { inputSize, targetSize } from "../../src/data/dataset.js";
import { validate } from "../../src/parameters.js";
import { datasetOf } from "../../stages/dataset.js";
import { loadDataStage } from "../../stages/loadData.js";
import { runStage } from "./runStage.js";

const builtIn = ["two-moons", "spirals", "blobs", "digits", "shapes", "segmentation", "markov-text"];

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
