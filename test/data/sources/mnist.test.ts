import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { networkSamples } from "../../../src/data/dataset.js";
import { mnist } from "../../../src/data/sources/mnist.js";
import { folderOf, readAll, someBytes } from "../files.js";

/**
 * An IDX file of bytes: 0x00 0x00 0x08 and the number of axes, their lengths, most significant byte first, the bytes.
 */
function idx(shape: readonly number[], bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return Buffer.concat([header, bytes]);
}

const pixels = someBytes(5 * 28 * 28);
const labels = Uint8Array.of(3, 0, 9, 1, 3);
const images = idx([5, 28, 28], pixels);
const good = { "train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": idx([5], labels) };

test("IDX files are read back byte by byte, plain and packed, with the names of torchvision and of others", async () => {
  const packed = {
    "t10k-images-idx3-ubyte.gz": gzipSync(images),
    "t10k-labels.idx1-ubyte": idx([5], labels),
  };
  for (const [files, split] of [
    [good, "train"],
    [packed, "test"],
  ] as const) {
    const source = mnist("mnist", folderOf(files), split, true);
    const { inputs, targets, inputShape, classes } = await readAll(source);
    assert.equal(source.count, 5);
    assert.deepEqual(inputShape, [1, 28, 28]);
    assert.equal(classes.length, 10);
    assert.deepEqual(Buffer.from(inputs), Buffer.from(pixels));
    assert.deepEqual([...targets], [...labels]);
  }
});

test("a network sees (pixel / 255 − mean) / deviation, or pixel / 255", async () => {
  const seen = async (name: "mnist" | "fashion-mnist", standardize: boolean) =>
    networkSamples(await readAll(mnist(name, folderOf(good), "train", standardize)), [0]).inputs[5];
  const close = (found: number, expected: number) =>
    assert.ok(Math.abs(found - expected) < 1e-6, `${found} ${expected}`);
  close(await seen("mnist", true), (pixels[5] / 255 - 0.1307) / 0.3081);
  close(await seen("fashion-mnist", true), (pixels[5] / 255 - 0.286) / 0.353);
  close(await seen("mnist", false), pixels[5] / 255);
});

test("faults of the files are named with file, place, what was found and what would do", () => {
  const fails = (files: object, message: RegExp) =>
    assert.throws(() => mnist("mnist", folderOf({ ...good, ...files }), "train", true), message);
  const at = "train-images-idx3-ubyte";
  fails(
    { [at]: images.subarray(0, 1000) },
    /train-images-idx3-ubyte is cut short: 984 bytes .* expected 3920 for 5 × 28 × 28/,
  );
  fails({ [at]: images.subarray(0, 9) }, /cut short: its header/);
  fails({ [at]: Buffer.concat([images, Buffer.of(0)]) }, /too long: 3921 bytes/);
  fails({ [at]: Buffer.concat([Buffer.of(1), images]) }, /is not an IDX file: it begins with 0x01000008/);
  fails({ [at]: gzipSync(images).subarray(0, 500) }, /train-images-idx3-ubyte is damaged or cut short/);
  fails({ [at]: idx([5], labels) }, /holds 1 axes of Uint8Array; expected 3 of bytes/);
  fails(
    { "train-labels-idx1-ubyte": idx([4], labels.subarray(0, 4)) },
    /holds 5 images, .*train-labels-idx1-ubyte 4 labels/,
  );
  fails(
    { "train-labels-idx1-ubyte": idx([5], Uint8Array.of(1, 2, 10, 3, 4)) },
    /label 3 of 5 is 10; expected a whole number from 0 to 9/,
  );
  assert.throws(
    () => mnist("mnist", folderOf({ "notes.txt": "" }), "test", true),
    /has no t10k-images-idx3-ubyte; it holds notes\.txt; put train-images.* or download them: cirque data fetch mnist --to/,
  );
});

test("files of no image are refused", () => {
  const none = {
    "train-images-idx3-ubyte": idx([0, 28, 28], Uint8Array.of()),
    "train-labels-idx1-ubyte": idx([0], Uint8Array.of()),
  };
  assert.throws(
    () => mnist("mnist", folderOf(none), "train", true),
    /holds 0 images of 28 × 28 pixels; expected one or more/,
  );
});
