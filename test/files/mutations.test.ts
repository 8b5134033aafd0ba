import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { readCsv } from "../../src/files/csv.js";
import { type GridFormat, readGrid } from "../../src/files/gridFile.js";
import { readHdf5 } from "../../src/files/hdf5.js";
import { readIdx } from "../../src/files/idx.js";
import { openMat } from "../../src/files/mat.js";
import { openNpz } from "../../src/files/npz.js";
import { openSafetensors } from "../../src/files/safetensors.js";
import { readTar } from "../../src/files/tar.js";
import { writeHdf5 } from "../../src/files/writeHdf5.js";
import { matFile } from "../data/matFile.js";
import { tarFile } from "../data/tarFile.js";
import { readMutations } from "../mutations.js";
import { npyFile } from "./npyFile.js";
import { safetensorsBytes } from "./weightFiles.js";

const numbers = Float64Array.from({ length: 24 }, (_, i) => i / 7);
const npy = npyFile([4, 6], numbers);
const grid = (format: GridFormat) => (bytes: Uint8Array) => readGrid(bytes, format, { order: "C" }, "a.file");
const csv = Array.from({ length: 24 }, (_, i) => `${i % 4},"${Math.floor(i / 4)}",${i / 7}`).join("\n");
const idx = Buffer.concat([Buffer.from([0, 0, 8, 2, 0, 0, 0, 4, 0, 0, 0, 6]), Buffer.alloc(24, 3)]);

const files: Record<string, { bytes: Uint8Array; read: (bytes: Uint8Array) => unknown }> = {
  npy: { bytes: npy, read: grid("npy") },
  npz: { bytes: zipSync({ "loss.npy": npy }), read: grid("npz") },
  csv: { bytes: Buffer.from(`x,y,loss\n${csv}\n`), read: grid("csv") },
  "ascii vti": { bytes: readFileSync("test/fixtures/vti/ascii.vti"), read: grid("vti") },
  "packed vti": { bytes: readFileSync("test/fixtures/vti/raw-zlib-big-64.vti"), read: grid("vti") },
  idx: { bytes: idx, read: (bytes) => readIdx(bytes, "a.file") },
  "packed idx": { bytes: gzipSync(idx), read: (bytes) => readIdx(bytes, "a.file") },
  mat: {
    bytes: matFile([{ name: "X", shape: [4, 6], type: 9, arrayClass: 6, numbers: new Uint8Array(numbers.buffer) }]),
    read: (bytes) => Array.from(openMat(bytes, "a.file").values(), (array) => array()),
  },
  safetensors: {
    bytes: safetensorsBytes({ a: { shape: [4, 6], values: numbers } }),
    read: (bytes) => Array.from(openSafetensors(bytes, "a.file").values(), (array) => array()),
  },
  tar: {
    bytes: tarFile([
      { path: "a/b", content: Buffer.alloc(700, 1) },
      { path: "d".repeat(150), content: Buffer.alloc(9) },
    ]),
    read: async (bytes) => {
      async function* chunks() {
        yield bytes;
      }
      for await (const file of readTar(chunks(), "a.file", () => true)) assert.ok(file.path !== undefined);
    },
  },
};

for (const [name, { bytes, read }] of Object.entries(files)) {
  test(`${name}: damaged files are refused by name, or read, within a second and 500 MB`, async () => {
    await read(bytes);
    const refused = await readMutations(bytes, "a.file", read);
    assert.ok(refused > 40, `${refused} refused`);
  });
}

test("hdf5: damaged files are refused by name, or read, within a second and 500 MB", async () => {
  const entries = new Map([
    ["loss", { shape: [4, 6], values: numbers, attributes: { unit: "nats" } }],
    ["group/names", { shape: [2], values: ["a", "b"] }],
  ]);
  const read = (bytes: Uint8Array) =>
    readHdf5(bytes, "a.file", ({ datasets, groups, attributes }) => {
      for (const { type, read, texts, attributes: own } of datasets.values()) {
        if (type === "text") texts();
        else read();
        for (const value of own.values()) value();
      }
      for (const group of groups) for (const value of attributes(group).values()) value();
    });
  const bytes = await writeHdf5(entries, { tool: "test" });
  await read(bytes);
  assert.ok((await readMutations(bytes, "a.file", read)) > 40);
});

test("a zip of 200 kB that becomes 1.5 GB of zeros is refused by what it claims, a smaller honest one is read", () => {
  const zeros = (bytes: number) => {
    const packed = deflateRawSync(npyFile([bytes / 8], new Float64Array(bytes / 8)));
    return { packed, ratio: bytes / packed.length };
  };
  const honest = zipSync({ "a.npy": npyFile([2 ** 20], new Float64Array(2 ** 20)) });
  assert.equal(openNpz(honest, "a.npz").get("a")?.().values.length, 2 ** 20);
  assert.ok(zeros(2 ** 20).ratio > 500);
  const bomb = Buffer.from(zipSync({ "a.npy": npyFile([8], new Float64Array(8)) }));
  // The sizes that the directory tells of the first file.
  const directory = bomb.indexOf("PK\x01\x02", 0, "latin1");
  bomb.writeUInt32LE(1_500_000_000, directory + 24);
  const before = process.memoryUsage().rss;
  assert.throws(() => openNpz(bomb, "a.npz").get("a")?.(), /^Error: a\.npz: a\.npy claims 1500000000 bytes from \d+/);
  assert.ok(process.memoryUsage().rss - before < 100e6);
});

test("gzip that goes on beyond what its IDX header tells is stopped there", () => {
  const header = Buffer.from([0, 0, 8, 1, 0, 0, 0, 4]);
  const bomb = gzipSync(Buffer.concat([header, Buffer.alloc(300 * 2 ** 20)]));
  const before = process.memoryUsage().rss;
  assert.throws(() => readIdx(bomb, "a.gz"), /^Error: a\.gz is damaged: it unpacks to more than 12 bytes/);
  assert.ok(process.memoryUsage().rss - before < 100e6);
});

test("an image that claims 200 million points in 300 bytes is refused at once", async () => {
  const vti = (text: string) =>
    Buffer.from(
      `<VTKFile type="ImageData"><ImageData WholeExtent="0 199999999 0 0 0 0"><Piece><PointData>${text}` +
        "</PointData></Piece></ImageData></VTKFile>",
    );
  const before = process.memoryUsage().rss;
  for (const [text, fault] of [
    ['<DataArray type="Float64" Name="loss" format="ascii">1 2</DataArray>', /^Error: a\.file: loss has 2 numbers/],
    ['<DataArray type="Float64" Name="loss" format="binary">AAAAAA==</DataArray>', /^Error: a\.file: loss has 0 bytes/],
  ] as const) {
    await assert.rejects(grid("vti")(vti(text)), fault);
  }
  assert.ok(process.memoryUsage().rss - before < 100e6);
});

test("a quote that is never closed, and a cell of a million digits, are told at once", () => {
  const start = performance.now();
  const open = `x,loss\n1,"2\n${"3,4\n".repeat(150_000)}`;
  assert.throws(() => readCsv(Buffer.from(open), "a.csv"), /^Error: a\.csv:2:3 has a quote without an end$/);
  const long = readCsv(Buffer.from(`x\n${"1".repeat(1_000_000)}y\n`), "a.csv");
  assert.throws(() => long.column(0), /^Error: a\.csv:2 column 1 \("x"\) is "1111/);
  assert.ok(performance.now() - start < 2000);
});
