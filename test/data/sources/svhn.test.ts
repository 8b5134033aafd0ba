import assert from "node:assert/strict";
import { test } from "node:test";
import { svhn } from "../../../src/data/sources/svhn.js";
import { folderOf, readAll, someBytes } from "../files.js";
import { type MatArray, matFile } from "../matFile.js";

const [height, width, count] = [4, 3, 5];
const stored = someBytes(height * width * 3 * count);
const X: MatArray = { name: "X", shape: [height, width, 3, count], numbers: stored };
const y: MatArray = { name: "y", shape: [count, 1], arrayClass: 6, numbers: Uint8Array.of(10, 1, 9, 10, 5) };

test("SVHN: pixel (row i, column j, channel c, image n) is number i + 4 j + 12 c + 36 n of X; label 10 is the digit 0", async () => {
  const { inputs, targets, inputShape } = await readAll(
    svhn(folderOf({ "test_32x32.mat": matFile([X, y]) }), "test", true),
  );
  assert.deepEqual(inputShape, [3, height, width]);
  assert.deepEqual([...targets], [0, 1, 9, 0, 5]);
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) {
          const found = inputs[((n * 3 + c) * height + i) * width + j];
          assert.equal(found, stored[i + height * (j + width * (c + 3 * n))]);
        }
      }
    }
  }
});

test("SVHN: one image has three axes; other shapes, counts and labels are named", async () => {
  const load = (arrays: MatArray[]) => svhn(folderOf({ "train_32x32.mat": matFile(arrays) }), "train", true);
  const one = await readAll(
    load([
      { ...X, shape: [4, 3, 3], numbers: stored.slice(0, 36) },
      { ...y, shape: [1, 1], numbers: Uint8Array.of(4) },
    ]),
  );
  assert.deepEqual([...one.targets], [4]);
  assert.throws(() => load([y]), /has no array "X"; its arrays are y/);
  assert.throws(() => load([{ ...X, shape: [4, 9, 1, 5] }, y]), /X is 4 × 9 × 1 × 5 of Uint8Array; expected height/);
  assert.throws(() => load([X, { ...y, numbers: y.numbers.slice(1), shape: [4, 1] }]), /X holds 5 images, y 4 labels/);
  assert.throws(
    () => load([X, { ...y, numbers: Uint8Array.of(1, 2, 0, 3, 4) }]),
    /label 3 of y, less 1, is -1; expected a whole number from 0 to 9/,
  );
  assert.throws(
    () => svhn(folderOf({}), "extra", true),
    /has no extra_32x32\.mat; it is empty; .*cirque data fetch svhn/,
  );
});
