import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { batchGatherer } from "../../../src/data/batches.js";
import { networkSamples } from "../../../src/data/dataset.js";
import { type ArraysOptions, arrays, hdf5Arrays } from "../../../src/data/sources/arrays.js";
import { parquetTable, type TableColumns, table } from "../../../src/data/sources/table.js";
import { type Hdf5Entry, writeHdf5 } from "../../../src/files/writeHdf5.js";
import { npyFile } from "../../files/npyFile.js";
import { folderOf, readAll, someBytes } from "../files.js";

const whole = { split: "all", testFraction: 0.2, validationFraction: 0, splitSeed: 0, standardize: false } as const;

function npz(files: Record<string, Uint8Array>, options: Partial<ArraysOptions> = {}) {
  const named = Object.fromEntries(Object.entries(files).map(([key, bytes]) => [`${key}.npy`, bytes]));
  const path = `${folderOf({ "a.npz": zipSync(named) })}/a.npz`;
  return arrays(path, { ...whole, inputs: "x", targets: "y", task: "classification", ...options });
}
const f32 = (shape: number[], values: number[]) => npyFile(shape, Float32Array.from(values), { descr: "<f4" });
const i8 = (shape: number[], values: number[]) => npyFile(shape, BigInt64Array.from(values, BigInt), { descr: "<i8" });

test("npz: features and labels are read back, classes counted or named", async () => {
  const x = f32([3, 2], [1, 2, 3, 4, 5, 6.5]);
  const { inputs, targets, classes, inputShape } = await readAll(npz({ x, y: i8([3], [0, 2, 0]) }));
  assert.deepEqual([[...inputs], [...targets], inputShape], [[1, 2, 3, 4, 5, 6.5], [0, 2, 0], [2]]);
  assert.deepEqual(classes, ["0", "1", "2"]);
  const named = await readAll(npz({ x, y: i8([3], [0, 1, 0]) }, { classes: ["cat", "dog"] }));
  assert.deepEqual(named.classes, ["cat", "dog"]);
});

test("npz: images stay bytes; grey ones need no axis of channels; targets of pixels and of numbers", async () => {
  const pixels = someBytes(2 * 3 * 4);
  const u1 = (shape: number[], order = false) => npyFile(shape, pixels, { descr: "|u1", fortranOrder: order });
  const grey = await readAll(npz({ x: u1([2, 3, 4]), y: i8([2], [0, 1]) }));
  assert.deepEqual([grey.inputShape, Buffer.from(grey.inputs)], [[1, 3, 4], Buffer.from(pixels)]);
  assert.ok(grey.inputs instanceof Uint8Array);
  const turned = await readAll(npz({ x: u1([2, 3, 4], true), y: i8([2], [0, 1]) }));
  assert.equal(turned.inputs[12], pixels[1], "image 1, pixel (0, 0) is number 1 where the first index is fastest");
  const mask = Array.from({ length: 24 }, (_, i) => i % 3);
  const parts = await readAll(npz({ x: u1([2, 3, 4]), y: i8([2, 3, 4], mask) }, { task: "segmentation" }));
  assert.deepEqual([parts.targetShape, [...parts.targets], parts.classes.length], [[3, 4], mask, 3]);
  const numbers = await readAll(npz({ x: f32([2, 1], [1, 2]), y: f32([2], [0.5, -1]) }, { task: "regression" }));
  assert.deepEqual([numbers.targetShape, [...numbers.targets], numbers.classes], [[1], [0.5, -1], []]);
});

test("npz: every part is standardised by the part train; a constant feature is only shifted", async () => {
  const values = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? i ** 1.5 : 3));
  const files = {
    x: f32([20, 2], values),
    y: i8(
      [20],
      values.slice(0, 20).map((_, i) => i % 2),
    ),
  };
  const part = async (split: "train" | "test") => readAll(npz(files, { split, standardize: true, testFraction: 0.3 }));
  const [train, check] = [await part("train"), await part("test")];
  assert.deepEqual([train.offset, train.scale], [check.offset, check.scale]);
  assert.deepEqual([train.inputs.length, check.inputs.length], [28, 12]);
  const inputs = Float64Array.from(networkSamples(train).inputs);
  const first = inputs.filter((_, i) => i % 2 === 0);
  const mean = first.reduce((sum, value) => sum + value, 0) / 14;
  const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 14;
  assert.ok(Math.abs(mean) < 1e-6 && Math.abs(variance - 1) < 1e-5);
  assert.ok(inputs.every((value, i) => i % 2 === 0 || value === 0));
});

test("npz: what does not fit is named", () => {
  const x = f32([3, 2], [1, 2, 3, 4, 5, 6]);
  const y = i8([3], [0, 1, 0]);
  assert.throws(() => npz({ x }), /a\.npz has no array "y"; its arrays are x/);
  assert.throws(() => npz({ x, y: i8([2], [0, 1]) }), /x is 3 × 2, y 2; expected as many samples/);
  assert.throws(() => npz({ x, y }, { task: "segmentation" }), /x is 3 × 2, y 3; expected .* for segmentation/);
  assert.throws(() => npz({ x, y: i8([3], [0, -1, 0]) }), /number 2 of y is -1; expected a whole number from 0/);
  assert.throws(() => npz({ x, y: f32([3], [0, 1, 0.5]) }), /number 3 of y is 0\.5/);
  assert.throws(() => npz({ x, y }, { classes: ["a"] }), /number 2 of y is 1; expected a whole number from 0 to 0/);
  assert.throws(() => npz({ x: f32([3, 1], [1, Number.NaN, 3]), y }), /x: number 2 is NaN; expected finite numbers/);
  assert.throws(() => npz({ x, y }, { split: "validation" }), /the part validation of 3 is empty/);
});

const iris = "length,width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n6.3,3.3,virginica\n4.9,3,setosa\n";

function csv(content: string, options: Partial<TableColumns> = {}) {
  const path = `${folderOf({ "a.csv": content })}/a.csv`;
  return table(path, { ...whole, target: "species", task: "classification", ...options });
}

test("numbers far from 0 keep their digits: means and deviations are those of the file's f64", async () => {
  // 60 times, a second apart, in seconds since 1970: f32 tells only every 128th second apart.
  const seconds = Float64Array.from({ length: 60 }, (_, i) => 1.7e9 + i);
  const csv = `t,y\n${Array.from(seconds, (t, i) => `${t},${1e9 + i}`).join("\n")}\n`;
  const files = {
    "t.csv": csv,
    "t.npz": zipSync({ "x.npy": npyFile([60, 1], seconds), "y.npy": npyFile([60], seconds) }),
  };
  const folder = folderOf(files);
  const options = { split: "all", standardize: true, testFraction: 0, validationFraction: 0, splitSeed: 0 } as const;
  const sources = [
    table(join(folder, "t.csv"), { ...options, target: "y", task: "regression" }),
    arrays(join(folder, "t.npz"), { ...options, inputs: "x", targets: "y", task: "regression" }),
  ];
  for (const source of sources) {
    const dataset = await readAll(source);
    const { inputs, targets } = networkSamples(dataset);
    const deviation = Math.sqrt((60 * 60 - 1) / 12);
    for (const [i, value] of inputs.entries()) assert.ok(Math.abs(value - (i - 29.5) / deviation) < 1e-12);
    assert.equal(new Set(targets).size, 60);
    const { inputs: batch } = batchGatherer()(dataset, [3, 5]);
    assert.deepEqual([...batch], [inputs[3], inputs[5]]);
  }
});

test("HDF5 and Parquet hold the same samples as npz and CSV", async () => {
  const hdf5 = await writeHdf5(
    new Map<string, Hdf5Entry>([
      ["set/x", { shape: [3, 2], values: Float64Array.of(1, 2, 3, 4, 5, 6.1) }],
      ["set/y", { shape: [3], values: Int32Array.of(0, 2, 0) }],
    ]),
  );
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: "length", data: Float64Array.of(5.1, 7, 6.3, 4.9) },
      { name: "width", data: Float64Array.of(3.5, 3.2, 3.3, 3) },
      { name: "species", data: ["setosa", "versicolor", "virginica", "setosa"] },
    ],
  });
  const folder = folderOf({ "a.h5": hdf5, "a.parquet": new Uint8Array(parquet) });
  const paths = { ...whole, inputs: "set/x", targets: "set/y", task: "classification" } as const;
  const fromHdf5 = await readAll(await hdf5Arrays(join(folder, "a.h5"), paths));
  assert.deepEqual([...fromHdf5.inputs, ...fromHdf5.targets], [1, 2, 3, 4, 5, 6.1, 0, 2, 0]);
  const columns = { ...whole, target: "species", task: "classification" } as const;
  assert.deepEqual(await readAll(await parquetTable(join(folder, "a.parquet"), columns)), await readAll(csv(iris)));
  await assert.rejects(
    hdf5Arrays(join(folder, "a.h5"), { ...paths, inputs: "x" }),
    /no array "x"; its arrays are set\/x, set\/y/,
  );
});
