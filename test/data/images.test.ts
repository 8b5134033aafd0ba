import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { decodeImage, decodeLabels, resizeImages } from "../../src/data/images.js";
import { readMutations } from "../mutations.js";
import { folderOf, someBytes } from "./files.js";
import { png } from "./petFiles.js";

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

test("what a decoder says in several lines, some of them twice, is one line", async () => {
  const bytes = await sharp(someBytes(3 * 16 * 16), { raw: { width: 16, height: 16, channels: 3 } })
    .jpeg()
    .toBuffer();
  const at = bytes.indexOf(Buffer.of(0xff, 0xdb));
  bytes[at + 4] = 15; // the number of the table
  const folder = folderOf({ "a.jpg": bytes });
  const decoded = decodeImage(`${folder}/a.jpg`, { resize: 8, crop: 8 }, 3);
  await assert.rejects(decoded, { message: `${folder}/a.jpg cannot be decoded: Bogus DQT index 15` });
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
