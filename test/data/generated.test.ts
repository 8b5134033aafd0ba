import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type Dataset, inputSize, networkSamples, sampleCount, targetSize } from "../../src/data/dataset.js";
import { drawnDigits } from "../../src/data/generated/digits.js";
import { entropyRate, markovChain, markovText } from "../../src/data/generated/markovText.js";
import type { GeneratorOptions } from "../../src/data/generated/options.js";
import { gaussianBlobs, spirals, twoMoons } from "../../src/data/generated/plane.js";
import { colouredShapes, shapesToSegment } from "../../src/data/generated/shapes.js";
import { artificialTree } from "../../src/data/generated/tree.js";

const generators: Record<string, (options: GeneratorOptions) => Dataset> = {
  "two moons": (options) => twoMoons({ ...options, noise: 0.1 }),
  spirals: (options) => spirals({ ...options, noise: 0.02, classes: 3, turns: 1.5 }),
  "Gaussian blobs": (options) => gaussianBlobs({ ...options, noise: 0.3, classes: 4, features: 5 }),
  "artificial tree": (options) =>
    artificialTree({ ...options, noise: 0.5, classes: 6, features: 12, length: 30, multiplier: 2 }),
  "drawn digits": drawnDigits,
  "coloured shapes": colouredShapes,
  "shapes to segment": (options) => shapesToSegment({ ...options, side: 24 }),
  "Markov text": (options) => markovText({ ...options, letters: 12, choices: 3, length: 16 }),
};

for (const [name, generate] of Object.entries(generators)) {
  test(`${name}: samples of the stated shape and labels, the same for the same seed, others for others`, () => {
    const dataset = generate({ count: 60, seed: 3, split: "train" });
    assert.equal(sampleCount(dataset), 60);
    assert.equal(dataset.targets.length, 60 * targetSize(dataset));
    const labels = new Set(dataset.targets);
    assert.ok([...labels].every((label) => Number.isInteger(label) && label >= 0 && label < dataset.classes.length));
    assert.ok(labels.size >= Math.min(dataset.classes.length, 8), "almost every class occurs");

    assert.deepEqual(generate({ count: 60, seed: 3, split: "train" }), dataset);
    const fewer = generate({ count: 20, seed: 3, split: "train" });
    assert.deepEqual(fewer.inputs, dataset.inputs.slice(0, 20 * inputSize(dataset)), "fewer are the first of more");
    const rows = (of: Dataset) =>
      Array.from({ length: 60 }, (_, i) =>
        createHash("sha256")
          .update(of.inputs.slice(i * inputSize(of), (i + 1) * inputSize(of)))
          .digest("hex"),
      );
    const own = new Set(rows(dataset));
    for (const other of [
      generate({ count: 60, seed: 3, split: "test" }),
      generate({ count: 60, seed: 4, split: "train" }),
    ]) {
      assert.deepEqual(
        rows(other).filter((row) => own.has(row)),
        [],
      );
    }
  });
}

test("images come standardised: mean near 0 and deviation near 1", () => {
  for (const dataset of [
    drawnDigits({ count: 200, seed: 0, split: "train" }),
    colouredShapes({ count: 200, seed: 0, split: "train" }),
    shapesToSegment({ count: 40, seed: 0, split: "train", side: 48 }),
  ]) {
    const inputs = Float64Array.from(networkSamples(dataset).inputs);
    const mean = inputs.reduce((sum, x) => sum + x, 0) / inputs.length;
    const variance = inputs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / inputs.length;
    assert.ok(Math.abs(mean) < 0.15, `mean ${mean}`);
    assert.ok(variance > 0.7 && variance < 1.4, `variance ${variance}`);
  }
});

test("moons without noise lie on their half circles", () => {
  const { inputs, targets } = twoMoons({ count: 100, seed: 0, split: "train", noise: 0 });
  for (let i = 0; i < 100; i++) {
    const [x, y] = [inputs[2 * i] + 0.5, inputs[2 * i + 1] + 0.25];
    const radius = targets[i] === 0 ? Math.hypot(x, y) : Math.hypot(1 - x, 0.5 - y);
    assert.ok(Math.abs(radius - 1) < 1e-6);
    assert.ok(targets[i] === 0 ? y >= -1e-6 : y <= 0.5 + 1e-6);
  }
});

test("without noise a tree has as many places as steps, each within a step of another, and all branches join the first", () => {
  const [classes, length, features] = [5, 12, 3];
  const { inputs, targets } = artificialTree({
    ...{ count: 3000, seed: 2, split: "train", noise: 0, classes, length, features, multiplier: 2 },
  });
  const places = new Map<string, { label: number; place: number[] }>();
  for (const [i, label] of targets.entries()) {
    const place = Array.from(inputs.subarray(i * features, (i + 1) * features));
    places.set(place.join(), { label, place });
  }
  assert.equal(places.size, classes * length);
  const all = [...places.values()];
  const isStep = (a: number[], b: number[]) => a.every((x, k) => Math.abs(x - b[k]) <= 1 + 1e-6);
  // The places that steps lead to from the first branch are the whole tree.
  const reached = new Set(all.filter(({ label }) => label === 0));
  for (const { place } of reached) for (const other of all) if (isStep(place, other.place)) reached.add(other);
  assert.equal(reached.size, all.length);
  const ofBranch = (label: number) => all.filter((own) => own.label === label).map(({ place }) => place);
  for (let label = 1; label < classes; label++) {
    assert.ok(ofBranch(label).some((place) => ofBranch(0).some((start) => isStep(place, start))));
  }
});

test("a tree of many branches labels each", () => {
  const { targets } = artificialTree({
    ...{ count: 2000, seed: 1, split: "train", noise: 0, classes: 400, length: 2, features: 1, multiplier: 2 },
  });
  assert.ok(targets.some((label) => label > 300));
});

test("borders separate objects from background", () => {
  const side = 40;
  const { targets } = shapesToSegment({ count: 10, seed: 0, split: "train", side });
  for (let p = 0; p < targets.length; p++) {
    if (p % side === side - 1) continue;
    assert.notDeepEqual([targets[p], targets[p + 1]].sort(), [0, 1], "no object touches background");
  }
});

test("the targets of text are its inputs a letter later, and letters follow as the chain says", () => {
  const [letters, length, count] = [6, 200, 400];
  const { inputs, targets } = markovText({ count, seed: 1, split: "train", letters, choices: 3, length });
  const chain = markovChain(1, letters, 3);
  let nats = 0;
  let told = 0;
  for (let i = 0; i < count; i++) {
    const row = i * length;
    assert.deepEqual(targets.slice(row, row + length - 1), inputs.slice(row + 1, row + length));
    for (let k = 1; k < length; k++) {
      const pair = inputs[row + k - 1] * letters + inputs[row + k];
      nats -= Math.log(chain.next[pair * letters + targets[row + k]]);
      told++;
    }
  }
  // 80,000 letters: the mean is within a few thousandths of the entropy rate.
  assert.ok(Math.abs(nats / told - entropyRate(chain)) < 0.01, `${nats / told} ${entropyRate(chain)}`);
});

test("the entropy rate of a chain without memory is the entropy of its letters", () => {
  const probabilities = [0.5, 0.25, 0.25];
  const next = Float64Array.from({ length: 27 }, (_, i) => probabilities[i % 3]);
  assert.ok(Math.abs(entropyRate({ letters: "abc", next }) - 1.5 * Math.log(2)) < 1e-12);
});
