import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Dataset } from "../../src/data/dataset.js";
import { gaussianBlobs } from "../../src/data/generated/plane.js";
import { shapesToSegment } from "../../src/data/generated/shapes.js";
import { withLabelNoise } from "../../src/data/labelNoise.js";

const blobs = (count: number, classes: number) =>
  gaussianBlobs({ count, seed: 1, split: "train", noise: 0.1, classes, features: 2 });
const differences = (a: Dataset, b: Dataset) => a.targets.filter((label, row) => label !== b.targets[row]).length;

test("label noise changes exactly the fraction of labels that is asked for, to other classes that exist", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 2, max: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(1000),
      (count, classes, fraction, seed) => {
        const clean = blobs(count, classes);
        const noisy = withLabelNoise(clean, fraction, seed);
        assert.equal(differences(clean, noisy), Math.round(fraction * count));
        assert.ok(noisy.targets.every((label) => label < classes));
        assert.deepEqual(noisy.inputs, clean.inputs);
        assert.deepEqual(withLabelNoise(clean, fraction, seed), noisy);
      },
    ),
    { seed: 7, numRuns: 60 },
  );
});

test("each other class is as likely", () => {
  const clean = blobs(9000, 4);
  const { targets } = withLabelNoise(clean, 1, 5);
  const counts = new Map<string, number>();
  clean.targets.forEach((from, row) => {
    const key = `${from} to ${targets[row]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  assert.equal(counts.size, 12);
  for (const [change, count] of counts) assert.ok(Math.abs(count - 750) < 150, `${change}: ${count}`);
});

test("of each image that share of the pixels changes, whatever images there are beside it", () => {
  const images = (count: number) => shapesToSegment({ count, seed: 2, split: "train", side: 8 });
  const few = withLabelNoise(images(2), 0.3, 4);
  const many = withLabelNoise(images(5), 0.3, 4);
  const clean = images(5);
  for (let image = 0; image < 5; image++) {
    const own = { ...clean, targets: clean.targets.slice(64 * image, 64 * (image + 1)) };
    const noisy = { ...many, targets: many.targets.slice(64 * image, 64 * (image + 1)) };
    assert.equal(differences(own, noisy), 19, "19.2 of 64 pixels");
  }
  assert.ok(many.targets.every((label) => label < 3));
  assert.deepEqual(many.targets.slice(0, 128), few.targets);
  assert.notDeepEqual(withLabelNoise(images(2), 0.3, 5).targets, few.targets);
});

test("numbers are no labels to change", () => {
  const numbers: Dataset = { ...blobs(10, 2), task: "regression", classes: [] };
  assert.throws(
    () => withLabelNoise(numbers, 0.5, 0),
    /label noise needs a classification or segmentation.*regression/,
  );
  assert.equal(withLabelNoise(numbers, 0, 0), numbers);
});
