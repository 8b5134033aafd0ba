import assert from "node:assert/strict";
import { test } from "node:test";
import { type TextOptions, text } from "../../../src/data/sources/text.js";
import { folderOf, readAll } from "../files.js";

function passage(content: string | Uint8Array, options: Partial<TextOptions> = {}) {
  const path = `${folderOf({ "a.txt": content })}/a.txt`;
  return text(path, { split: "all", testFraction: 0.25, validationFraction: 0.25, length: 3, ...options });
}

test("text: windows of characters and those that follow, a vocabulary by code point", async () => {
  // c a b | a 😀 b | a a …
  const { inputs, targets, classes, task } = await readAll(passage("cab a😀baa"));
  assert.equal(task, "language");
  assert.deepEqual(classes, [" ", "a", "b", "c", "😀"]);
  assert.deepEqual([...inputs], [3, 1, 2, 0, 1, 4]);
  assert.deepEqual([...targets], [1, 2, 0, 1, 4, 2]);
  const dense = passage("cab a😀baa", { stride: 1 });
  assert.equal(dense.count, 6);
  const some = await dense.read([5], () => {});
  assert.deepEqual(
    [[...some.inputs], [...some.targets]],
    [
      [4, 2, 1],
      [2, 1, 1],
    ],
  );
});

test("text: the parts are cut where the text is, and share the vocabulary", async () => {
  const alphabet = "abcdefghijklmnop"; // 16 characters: 8 train, 4 validation, 4 test
  const read = async (split: TextOptions["split"]) => {
    const { inputs, classes } = await readAll(passage(alphabet, { split, stride: 1 }));
    assert.equal(classes.length, 16);
    return [...inputs].map((code) => alphabet[code]).join("");
  };
  assert.equal(await read("train"), "abcbcdcdedefefg");
  assert.equal(await read("validation"), "ijk");
  assert.equal(await read("test"), "mno");
  assert.throws(
    () => passage(alphabet, { split: "test", length: 4 }),
    /part test of .* has 4 characters; expected 5 or more/,
  );
  assert.throws(() => passage(Uint8Array.of(0x80, 0x81)), /a\.txt is not UTF-8 text/);
});
