import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { decodeImage, decodeLabels, resizeImages } from "../../../src/data/images.js";
import { imageFolder } from "../../../src/data/sources/imageFolder.js";
import { pet } from "../../../src/data/sources/pet.js";
import { drawSubset } from "../../../src/data/subset.js";
import { readMutations } from "../../mutations.js";
import { folderOf, readAll, someBytes } from "../files.js";
import { petFiles, png } from "../petFiles.js";

const plain = (width: number, height: number, colour: [number, number, number]) =>
  png(
    Uint8Array.from({ length: 3 * width * height }, (_, i) => colour[i % 3]),
    width,
    height,
  );

test("an image of the right size is read back byte by byte, as one plane a channel", async () => {
  const pixels = someBytes(3 * 8 * 8);
  const folder = folderOf({ "a.png": await png(pixels, 8, 8), "grey.png": await png(pixels.slice(0, 64), 8, 8, 1) });
  const planes = await decodeImage(`${folder}/a.png`, { resize: 8, crop: 8 }, 3);
  const expected = [0, 1, 2].flatMap((c) => Array.from({ length: 64 }, (_, i) => pixels[3 * i + c]));
  assert.deepEqual([...planes], expected);
  const grey = await decodeImage(`${folder}/grey.png`, { resize: 8, crop: 8 }, 1);
  assert.deepEqual([...grey], [...pixels.slice(0, 64)]);
  const thrice = await decodeImage(`${folder}/grey.png`, { resize: 8, crop: 8 }, 3);
  assert.deepEqual([...thrice], [...grey, ...grey, ...grey]);
});

test("images of other depths and colour models become bytes of red, green and blue", async () => {
  const brown = { create: { width: 4, height: 4, channels: 3 as const, background: { r: 200, g: 140, b: 100 } } };
  const files = {
    "deep.png": await sharp(brown).toColourspace("rgb16").png().toBuffer(),
    "palette.png": await sharp(brown).png({ palette: true }).toBuffer(),
    "grey.webp": await sharp(brown).greyscale().webp({ lossless: true }).toBuffer(),
    "cmyk.tif": await sharp(brown).toColourspace("cmyk").tiff({ compression: "none" }).toBuffer(),
  };
  const folder = folderOf(files);
  for (const name of Object.keys(files)) {
    const planes = await decodeImage(`${folder}/${name}`, { resize: 4, crop: 4 }, 3);
    assert.equal(planes.length, 48);
    const [red, green, blue] = [planes[5], planes[21], planes[37]];
    const grey = name.startsWith("grey");
    if (grey) assert.ok(red === green && green === blue);
    // Between colour models numbers are converted, not copied.
    for (const [found, wanted] of grey
      ? [[red, 148]]
      : [
          [red, 200],
          [green, 140],
          [blue, 100],
        ]) {
      assert.ok(Math.abs(found - wanted) < 20, `${name}: ${found}; expected about ${wanted}`);
    }
  }
  assert.equal((await sharp(files["deep.png"]).metadata()).depth, "ushort");
});

test("the shorter side is resized and the centre kept", async () => {
  // Three vertical bands, red, green, blue, 16 pixels wide and high: the middle square is green.
  const pixels = Uint8Array.from({ length: 3 * 48 * 16 }, (_, i) =>
    Math.floor((Math.floor(i / 3) % 48) / 16) === i % 3 ? 255 : 0,
  );
  const folder = folderOf({ "bands.png": await png(pixels, 48, 16) });
  const square = await decodeImage(`${folder}/bands.png`, { resize: 16, crop: 8 }, 3);
  assert.deepEqual([...square], [...new Array(64).fill(0), ...new Array(64).fill(255), ...new Array(64).fill(0)]);
});

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

test("resizing keeps places: a ramp stays the same ramp, labels stay where they are", async () => {
  const [width, height] = [64, 32];
  const ramp = Uint8Array.from({ length: width * height }, (_, i) => 3 * (i % width));
  const folder = folderOf({ "ramp.png": await png(ramp, width, height, 1) });
  const square = { resize: 16, crop: 16 }; // half the size, then columns 8 … 23 of 32
  const halved = await decodeImage(`${folder}/ramp.png`, square, 1);
  const labels = await decodeLabels(`${folder}/ramp.png`, square);
  for (let i = 0; i < 256; i++) {
    const expected = 3 * (2 * (8 + (i % 16)) + 0.5);
    assert.ok(Math.abs(halved[i] - expected) <= 1, `${halved[i]} at ${i}; expected ${expected}`);
    assert.ok(Math.abs(labels[i] - expected) <= 1.5, `${labels[i]} at ${i}; expected ${expected}`);
  }
});

test("resized images keep what is constant, and those of the right size every byte", async () => {
  const dataset = {
    task: "classification" as const,
    inputShape: [3, 4, 4],
    targetShape: [],
    classes: ["a", "b"],
    inputs: Uint8Array.from({ length: 96 }, (_, i) => 10 * Math.floor(i / 16)),
    targets: Uint8Array.of(0, 1),
    offset: [0],
    scale: [1],
  };
  assert.equal(await resizeImages(dataset, 4, () => {}), dataset);
  for (const side of [2, 7]) {
    const { inputs, inputShape } = await resizeImages(dataset, side, () => {});
    assert.deepEqual(inputShape, [3, side, side]);
    assert.deepEqual(
      [...inputs],
      Array.from({ length: 6 * side * side }, (_, i) => 10 * Math.floor(i / side ** 2)),
    );
  }
});

test("a drawing that is called .png, and a picture of more pixels than its bytes can hold, are refused", async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>';
  const huge = Buffer.from(await plain(8, 8, [1, 2, 3]));
  huge.writeUInt32BE(16000, 16); // width and height in the header
  huge.writeUInt32BE(16000, 20);
  const folder = folderOf({ "a.png": svg, "huge.png": huge });
  const square = { resize: 8, crop: 8 };
  await assert.rejects(
    decodeImage(`${folder}/a.png`, square, 3),
    /a\.png is svg; expected jpeg, png, webp, gif, tiff$/,
  );
  await assert.rejects(decodeImage(`${folder}/huge.png`, square, 3), /huge\.png (claims 1024000000 bytes|cannot be)/);
});

for (const format of ["png", "jpeg", "webp", "gif", "tiff"] as const) {
  test(`${format}: damaged images are refused by name, or read, within a second and 500 MB`, async () => {
    const pixels = someBytes(3 * 16 * 16);
    const bytes = await sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    const folder = folderOf({});
    const path = join(folder, `a.${format}`);
    const read = (damaged: Uint8Array) => {
      writeFileSync(path, damaged);
      return decodeImage(path, { resize: 8, crop: 8 }, 3);
    };
    await read(bytes);
    assert.ok((await readMutations(bytes, path, read)) > 20);
  });
}

test("a list with a breed that the data set has not is refused by its line", () => {
  const folder = folderOf({ "annotations/trainval.txt": "Abyssinian_1 1 1 1\nnobody_1 38 1 1\n" });
  assert.throws(
    () => pet(folder, "train", 8, true),
    /trainval\.txt:2 has the breed 38; expected a number from 1 to 37/,
  );
});
