import assert from "node:assert/strict";
import { test } from "node:test";
import { cifar10, cifar100 } from "../../../src/data/sources/cifar.js";
import { folderOf, readAll, someBytes } from "../files.js";

/** Records of the given labels and 3072 bytes. */
const records = (labels: readonly number[][], seed: number) =>
  Buffer.concat(labels.map((own, i) => Buffer.concat([Buffer.from(own), someBytes(3072, seed + i)])));

const batches = Object.fromEntries(
  [1, 2, 3, 4, 5].map((k) => [`data_batch_${k}.bin`, records([[k], [9 - k]], 10 * k)]),
);

test("CIFAR-10: the five batches follow each other, byte by byte", async () => {
  for (const files of [
    batches,
    Object.fromEntries(Object.entries(batches).map(([name, bytes]) => [`cifar-10-batches-bin/${name}`, bytes])),
  ]) {
    const dataset = await readAll(cifar10(folderOf(files), "train", true));
    assert.deepEqual([...dataset.targets], [1, 8, 2, 7, 3, 6, 4, 5, 5, 4]);
    const expected = [1, 2, 3, 4, 5].flatMap((k) => [someBytes(3072, 10 * k), someBytes(3072, 10 * k + 1)]);
    assert.deepEqual(Buffer.from(dataset.inputs), Buffer.concat(expected));
    assert.deepEqual(dataset.inputShape, [3, 32, 32]);
    assert.equal(dataset.classes[9], "truck");
  }
});

test("CIFAR-100 has a coarse label before the fine one", async () => {
  const folder = folderOf({
    "test.bin": records(
      [
        [19, 99],
        [0, 7],
      ],
      3,
    ),
  });
  const fine = await readAll(cifar100(folder, "test", "fine", true));
  const coarse = await readAll(cifar100(folder, "test", "coarse", true));
  assert.deepEqual([[...fine.targets], fine.classes.length, fine.classes[99]], [[99, 7], 100, "worm"]);
  assert.deepEqual([[...coarse.targets], coarse.classes.length, coarse.classes[19]], [[19, 0], 20, "vehicles_2"]);
  assert.deepEqual(new Set(fine.classes).size, 100);
  assert.deepEqual(fine.inputs, coarse.inputs);
});

test("a cut file, a label that is none and a missing batch are named with their place", () => {
  const load = (files: object) => cifar10(folderOf({ ...batches, ...files }), "train", true);
  assert.throws(
    () => load({ "data_batch_3.bin": batches["data_batch_3.bin"].subarray(0, 4000) }),
    /data_batch_3\.bin is cut short: 1 records of 3073 bytes and 927 more/,
  );
  assert.throws(() => load({ "data_batch_3.bin": new Uint8Array() }), /data_batch_3\.bin is cut short: 0 records/);
  assert.throws(
    () => load({ "data_batch_2.bin": records([[1], [10]], 1) }),
    /data_batch_2\.bin: the label of record 2, at byte 3073, is 10; expected a whole number from 0 to 9/,
  );
  assert.throws(
    () => cifar10(folderOf({ "data_batch_1.bin": batches["data_batch_1.bin"] }), "train", true),
    /has no data_batch_2\.bin; .*cirque data fetch cifar10/,
  );
  assert.throws(
    () => cifar100(folderOf({ "train.bin": records([[3, 100]], 1) }), "train", "fine", true),
    /train\.bin: the label of record 1, at byte 1, is 100/,
  );
});
