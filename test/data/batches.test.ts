import assert from "node:assert/strict";
import { test } from "node:test";
import { augmentedRows, requireImages } from "../../src/data/augment.js";
import { batchCount, batchGatherer, batchRows } from "../../src/data/batches.js";
import { type Dataset, networkSamples } from "../../src/data/dataset.js";
import { shapesToSegment } from "../../src/data/generated/shapes.js";

const order = { batchSize: 4, dropLast: false, seed: 3, epoch: 1 };

test("an epoch has every row once, in an order of its own; a smaller last batch is kept or dropped", () => {
  const batches = batchRows(10, order);
  assert.deepEqual(
    batches.map(({ length }) => length),
    [4, 4, 2],
  );
  const rows = batches.flatMap((batch) => [...batch]);
  assert.deepEqual(
    rows.toSorted((a, b) => a - b),
    Array.from({ length: 10 }, (_, i) => i),
  );
  assert.deepEqual(batchRows(10, order), batches);
  assert.notDeepEqual(batchRows(10, { ...order, epoch: 2 }), batches);
  assert.notDeepEqual(batchRows(10, { ...order, seed: 4 }), batches);
  assert.deepEqual(batchRows(10, { ...order, dropLast: true }), batches.slice(0, 2));
  assert.deepEqual([batchCount(3, 4, true), batchCount(3, 4, false), batchCount(8, 4, false)], [0, 1, 2]);
});

test("a batch is the samples as a network sees them, one after the other", () => {
  const dataset = shapesToSegment({ count: 5, seed: 0, split: "train", side: 8 });
  const rows = [3, 0];
  const { inputs, targets } = networkSamples(dataset, rows);
  const gather = batchGatherer();
  gather(dataset, [1, 2]);
  const batch = gather(dataset, rows);
  assert.equal(batch.count, 2);
  for (let k = 0; k < 192; k++) {
    for (const b of [0, 1]) assert.equal(batch.inputs[b * 192 + k], inputs[b * 192 + k]);
  }
  for (let k = 0; k < 64; k++) {
    for (const b of [0, 1]) assert.equal(batch.targets[b * 64 + k], targets[b * 64 + k]);
  }
});

/** One image 1…6 of 2 rows, many times. */
const images = (count: number, targetShape: number[]): Dataset => ({
  task: targetShape.length > 0 ? "segmentation" : "classification",
  inputShape: [1, 2, 3],
  targetShape,
  classes: ["a", "b", "c", "d", "e", "f", "g"],
  inputs: Uint8Array.from({ length: 6 * count }, (_, i) => 1 + (i % 6)),
  targets: Int32Array.from({ length: count * (targetShape.length > 0 ? 6 : 1) }, (_, i) => 1 + (i % 6)),
  offset: [0],
  scale: [1],
});
const all = (count: number) => Int32Array.from({ length: count }, (_, i) => i);
const kinds = ({ inputs }: Dataset) =>
  new Set(Array.from({ length: inputs.length / 6 }, (_, i) => inputs.slice(6 * i, 6 * i + 6).join("")));

test("half of the images are mirrored, and nothing else happens to them", () => {
  const flipped = augmentedRows(images(400, []), all(400), { flip: true, crop: 0 }, { seed: 0, epoch: 1 });
  assert.deepEqual([...kinds(flipped)].sort(), ["123456", "321654"]);
  const share = Array.from({ length: 400 }, (_, i) => flipped.inputs[6 * i]).filter((x) => x === 3).length / 400;
  assert.ok(Math.abs(share - 0.5) < 0.08, `${share}`);
});

test("crops by up to one pixel: 9 windows of the image on black", () => {
  // 0 0 0 0 0
  // 0 1 2 3 0
  // 0 4 5 6 0
  // 0 0 0 0 0
  const cropped = augmentedRows(images(400, []), all(400), { flip: false, crop: 1 }, { seed: 0, epoch: 1 });
  assert.deepEqual(
    [...kinds(cropped)].sort(),
    ["000012", "000123", "000230", "012045", "045000", "123456", "230560", "456000", "560000"].sort(),
  );
});

test("labels of pixels move along with the pixels, and edges are repeated", () => {
  const dataset = images(300, [2, 3]);
  const moved = augmentedRows(dataset, all(300), { flip: true, crop: 2 }, { seed: 0, epoch: 1 });
  assert.deepEqual([...moved.targets], [...moved.inputs]);
  assert.ok(moved.inputs.every((x) => x > 0));
  assert.ok(kinds(moved).has("111444"), "moved by two");
});

test("a sample's change depends on its row and the epoch, not on its batch", () => {
  const dataset = images(50, []);
  const augment = { flip: true, crop: 1 };
  const whole = augmentedRows(dataset, all(50), augment, { seed: 0, epoch: 2 });
  const alone = augmentedRows(dataset, [17], augment, { seed: 0, epoch: 2 });
  assert.deepEqual(alone.inputs, whole.inputs.slice(17 * 6, 18 * 6));
  assert.notDeepEqual(augmentedRows(dataset, all(50), augment, { seed: 0, epoch: 3 }).inputs, whole.inputs);
});

test("samples that are not images cannot be augmented", () => {
  assert.throws(() => requireImages({ ...images(1, []), inputShape: [6] }), /augment needs images .* samples of \[6\]/);
});
