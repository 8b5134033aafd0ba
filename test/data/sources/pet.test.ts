import assert from "node:assert/strict";
import { test } from "node:test";
import { pet } from "../../../src/data/sources/pet.js";
import { drawSubset } from "../../../src/data/subset.js";
import { folderOf, readAll } from "../files.js";
import { petFiles, png } from "../petFiles.js";

test("pet: trimaps 1, 2, 3 become the classes 0, 1, 2, cut as the images are", async () => {
  const folder = folderOf(await petFiles(["Abyssinian_1", "pug_2"]));
  const source = pet(folder, "train", 28, true); // the shorter side becomes 32, so nothing is resized, 2 pixels are cut
  const { inputs, targets, classes, task, inputShape, targetShape } = await readAll(source);
  assert.deepEqual([task, classes], ["segmentation", ["pet", "background", "border"]]);
  assert.deepEqual(
    [inputShape, targetShape],
    [
      [3, 28, 28],
      [28, 28],
    ],
  );
  const row = [...new Array(14).fill(0), ...new Array(4).fill(2), ...new Array(10).fill(1)];
  for (let y = 0; y < 56; y++) assert.deepEqual([...targets.subarray(28 * y, 28 * (y + 1))], row);
  assert.ok(inputs[3] > 200 && inputs[25] < 50);
  assert.deepEqual([...drawSubset(source, { limit: 1, stratify: true, seed: 0 })].length, 1);
});

test("pet: what is missing or does not fit is named", async () => {
  const good = await petFiles(["Abyssinian_1"]);
  const fails = (files: object, message: RegExp) =>
    assert.rejects(async () => readAll(pet(folderOf({ ...good, ...files }), "train", 28, true)), message);
  const { "images/Abyssinian_1.jpg": _, ...without } = good;
  await assert.rejects(
    async () => readAll(pet(folderOf(without), "train", 28, true)),
    /trainval\.txt:2 lists Abyssinian_1, but there is no .*images\/Abyssinian_1\.jpg; put images.*cirque data fetch pet/,
  );
  await fails(
    { "annotations/trainval.txt": "pug one 1 1" },
    /trainval\.txt:1 is "pug one 1 1"; expected a name and the number of a breed/,
  );
  await fails({ "annotations/trainval.txt": "# none" }, /trainval\.txt lists no image/);
  const trimap = "annotations/trimaps/Abyssinian_1.png";
  await fails(
    { [trimap]: await png(new Uint8Array(100), 10, 10, 1) },
    /Abyssinian_1\.png has 10 × 10 pixels; expected 32 × 32/,
  );
  await fails(
    { [trimap]: await png(new Uint8Array(32 * 32).fill(4), 32, 32, 1) },
    /Abyssinian_1\.png: pixel \(0, 0\), less 1, is 3; expected a whole number from 0 to 2/,
  );
  assert.throws(() => pet(folderOf(good), "test", 28, true), /has no annotations\/test\.txt/);
});

test("a list with a breed that the data set has not is refused by its line", () => {
  const folder = folderOf({ "annotations/trainval.txt": "Abyssinian_1 1 1 1\nnobody_1 38 1 1\n" });
  assert.throws(
    () => pet(folder, "train", 8, true),
    /trainval\.txt:2 has the breed 38; expected a number from 1 to 37/,
  );
});
