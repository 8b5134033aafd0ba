import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { imageFolder } from "../../../src/data/sources/imageFolder.js";
import { folderOf, readAll } from "../files.js";
import { png } from "../petFiles.js";

const plain = (width: number, height: number, colour: [number, number, number]) =>
  png(
    Uint8Array.from({ length: 3 * width * height }, (_, i) => colour[i % 3]),
    width,
    height,
  );

test("images of a folder: classes by folder, in order of their names, transparent parts white, other files passed over", async () => {
  const [red, green, blue] = [
    await plain(10, 6, [255, 0, 0]),
    await plain(6, 10, [0, 255, 0]),
    await plain(4, 4, [0, 0, 255]),
  ];
  const clear = await sharp({
    create: { width: 4, height: 4, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const folder = folderOf({
    "zebra/b.png": red,
    "zebra/a.PNG": green,
    "zebra/notes.txt": "none",
    "ant/deep/er/x.png": blue,
    "ant/z.png": clear,
    ".hidden/x.png": blue,
    "readme.md": "none",
  });
  const source = imageFolder(folder, 4, 3, false);
  const { inputs, targets, classes, inputShape } = await readAll(source);
  assert.deepEqual(classes, ["ant", "zebra"]);
  assert.deepEqual([...targets], [0, 0, 1, 1]);
  assert.deepEqual(inputShape, [3, 4, 4]);
  const corner = (i: number) => [0, 1, 2].map((c) => inputs[i * 48 + c * 16]);
  assert.deepEqual([0, 1, 2, 3].map(corner), [
    [0, 0, 255],
    [255, 255, 255],
    [0, 255, 0],
    [255, 0, 0],
  ]);
  const some = await source.read([3, 0], () => {});
  assert.deepEqual([...some.inputs.subarray(0, 48)], [...inputs.subarray(144)]);
});

test("faults of an image folder are named", async () => {
  const image = await plain(4, 4, [1, 2, 3]);
  const load = (files: Record<string, Uint8Array | string>) => imageFolder(folderOf(files), 4, 3, true);
  assert.throws(() => load({ "a/x.png": image }), /holds one folder, a; expected one for each class/);
  assert.throws(() => load({ "x.png": image }), /holds no folder; expected one for each class/);
  assert.throws(() => load({ "a/x.png": image, "b/x.txt": "" }), /\/b holds no image; expected \.jpg/);
  await assert.rejects(
    readAll(load({ "a/x.png": image, "b/y.png": image.subarray(0, 60) })),
    /\/b\/y\.png cannot be decoded/,
  );
  await assert.rejects(readAll(load({ "a/x.png": image, "b/y.jpg": "no image" })), /\/b\/y\.jpg cannot be decoded/);
});
