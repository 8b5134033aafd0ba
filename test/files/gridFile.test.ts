import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { GridFileOptions } from "../../src/files/fileGrid.js";
import { type GridFormat, readGrid } from "../../src/files/gridFile.js";
import { writeHdf5 } from "../../src/files/writeHdf5.js";
import { readMutations } from "../mutations.js";
import { referencePath, withoutReference } from "../reference.js";
import { npyFile } from "./npyFile.js";

const read = (bytes: Uint8Array | string, format: GridFormat, options: Partial<GridFileOptions> = {}) =>
  readGrid(Buffer.from(bytes as string), format, { order: "C", ...options }, "a.file");

// loss[i, j], i along x, j along y:  0  1  2
//                                    3  4  5
const x = Float64Array.of(-1, 1);
const y = Float64Array.of(0, 5, 10);
const loss = Float64Array.of(0, 1, 2, 3, 4, 5);
const expected = { shape: [2, 3], values: Float64Array.of(0, 3, 1, 4, 2, 5), axes: [x, y] };

test("every VTK grid of 4 × 3 points, as text and binary, is the same landscape with its own axes", async () => {
  const names = readdirSync("test/fixtures/vtk");
  assert.equal(names.length, 8);
  for (const name of names) {
    const format = name.slice(-3) as GridFormat;
    const grid = await readGrid(readFileSync(`test/fixtures/vtk/${name}`), format, { order: "C" }, name);
    assert.deepEqual(grid.shape, [4, 3], name);
    assert.deepEqual(
      [...grid.values],
      Array.from({ length: 12 }, (_, v) => (v % 4) + 10 * Math.floor(v / 4) + 0.25),
      name,
    );
    const own = name.startsWith("image") ? [[-1, -0.5, 0, 0.5], [10, 12, 14]] : [[-1, -0.5, 0.5, 2], [10, 20, 40]]; // biome-ignore format: a line
    assert.deepEqual(grid.axes?.map((axis) => [...axis]), own, name); // biome-ignore format: a line
    assert.deepEqual(grid.labels, ["x", "y"]);
  }
});

test("npz, HDF5, MATLAB 7.3 and JSON: the coordinates are found by their usual names, which stay", async () => {
  const arrays = { "loss.npy": npyFile([2, 3], loss), "alpha.npy": npyFile([2], x), "beta.npy": npyFile([1, 3], y) };
  assert.deepEqual(await read(zipSync(arrays), "npz"), { ...expected, labels: ["alpha", "beta"] });
  const surface = await writeHdf5(
    new Map([
      ["dir_file", { shape: [1], values: ["directions.h5"] }],
      ["train_acc", { shape: [2, 3], values: Float64Array.of(9, 9, 9, 9, 9, 9) }],
      ["train_loss", { shape: [2, 3], values: loss }],
      ["xcoordinates", { shape: [2], values: x }],
      ["ycoordinates", { shape: [3], values: y }],
    ]),
  );
  assert.deepEqual(await read(surface, "h5"), { ...expected, labels: ["xcoordinates", "ycoordinates"] });
  assert.equal((await read(surface, "h5", { key: "train_acc" })).values[0], 9);
  const json = JSON.stringify({ loss: [[0, 1, 2], [3, 4, 5]], x: [...x], y: [...y], note: "text" }); // biome-ignore format: a line
  assert.deepEqual(await read(json, "json"), { ...expected, labels: ["x", "y"] });
  assert.deepEqual((await read("[[0, 1, null], [3, 4, 5]]", "json")).values, Float64Array.of(0, 3, 1, 4, NaN, 5));
  const matlab = await read(readFileSync("test/fixtures/hdf5/matlab.mat"), "mat");
  assert.deepEqual(
    [matlab.shape, matlab.labels],
    [
      [4, 3],
      ["alpha", "beta"],
    ],
  );
  assert.deepEqual([...matlab.values.slice(0, 5)], [0, 3, 6, 9, 1]);
  assert.deepEqual(matlab.axes, [Float64Array.of(-1, 0, 1, 2), Float64Array.of(5, 6, 7)]);
});

test("npz with a matrix of coordinates, an axis in each row", async () => {
  const square = {
    "loss.npy": npyFile([2, 2], Float64Array.of(0, 1, 2, 3)),
    "coordinates.npy": npyFile([2, 2], Float64Array.of(-1, 1, 5, 6)),
  };
  const { axes } = await read(zipSync(square), "npz");
  assert.deepEqual(axes, [Float64Array.of(-1, 1), Float64Array.of(5, 6)]);
});

test("parquet: rows in any order fill the grid; columns are named", async () => {
  const rows = [5, 0, 3, 1, 4, 2];
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: "x", data: Float64Array.from(rows, (row) => x[Math.floor(row / 3)]) },
      { name: "y", data: Float64Array.from(rows, (row) => y[row % 3]) },
      { name: "loss", data: Float64Array.from(rows) },
    ],
  });
  const grid = await read(new Uint8Array(bytes), "parquet");
  assert.deepEqual(grid, { ...expected, labels: ["x", "y"] });
  const refused = await readMutations(new Uint8Array(bytes), "a.file", (damaged) => read(damaged, "parquet"));
  assert.ok(refused > 40);
});

test("a Parquet file whose columns are all damaged is refused once, and rejects nothing else", async () => {
  const columnData = ["x", "y", "loss"].map((name) => ({ name, data: Float64Array.of(1, 2, 3) }));
  const bytes = new Uint8Array(parquetWriteBuffer({ codec: "UNCOMPRESSED", columnData }));
  // The first byte of a page tells its type.
  const end = Buffer.from(bytes).indexOf("schema");
  bytes.fill(0xee, 4, end > 4 ? Math.min(end, 200) : 200);
  const late: unknown[] = [];
  const listen = (reason: unknown) => late.push(reason);
  process.on("unhandledRejection", listen);
  await assert.rejects(read(bytes, "parquet"), /^Error: a\.file/);
  await new Promise((wake) => setTimeout(wake, 20));
  process.off("unhandledRejection", listen);
  assert.deepEqual(late, []);
});

test("damaged JSON and legacy VTK files are refused by name, or read, within a second", async () => {
  for (const [name, format] of [
    ["image-ascii.vtk", "vtk"],
    ["structured-binary.vtk", "vtk"],
    ["grid.vts", "vts"],
    ["grid.vtr", "vtr"],
  ] as const) {
    // biome-ignore format: a line
    const bytes = readFileSync(`test/fixtures/vtk/${name}`);
    assert.ok((await readMutations(bytes, "a.file", (damaged) => read(damaged, format))) > 10, name);
  }
  const json = Buffer.from('{"loss": [[0, 1, 2], [3, 4, 5]], "x": [-1, 1], "y": [0, 5, 10]}');
  assert.ok((await readMutations(json, "a.file", (damaged) => read(damaged, "json"))) > 40);
});

test("what cannot be read is called by its name", async () => {
  await assert.rejects(
    read("[[0, 1], [2]]", "json"),
    /^Error: a\.file has a list of 1 after 2 numbers; expected a list of 2/,
  );
  await assert.rejects(read('[[0, "a"]]', "json"), /^Error: a\.file: number 2 is "a"; expected a number/);
  const deep = "[".repeat(9000) + "]".repeat(9000);
  await assert.rejects(read(deep, "json"), /^Error: a\.file has lists that are nested 9000 deep; expected at most 64$/);
  await assert.rejects(read("7", "json"), /^Error: a\.file holds 7; expected lists of numbers/);
  const bent = readFileSync("test/fixtures/vtk/structured-ascii.vtk", "utf8").replace("-0.5 20 ", "-0.4 20 ");
  await assert.rejects(
    read(bent, "vtk"),
    /^Error: a\.file has a point \d+ with x = -0\.\d+; expected -0\.\d+, like others/,
  );
  await assert.rejects(read("# vtk DataFile Version 3.0\nt\nASCII\nDATASET STRUCTURED_POINTS\nDIMENSIONS 99999 99999 1\nORIGIN 0 0 0\nSPACING 1 1 1\nPOINT_DATA 9999800001\nSCALARS loss double\nLOOKUP_TABLE default\n1 2", "vtk"), /^Error: a\.file is cut short: 9999800001 numbers in \d+ bytes/); // biome-ignore format: a line
});

test("a surface of tomgoldstein's program and the same as MATLAB 5", {
  skip: withoutReference("exports/surface.mat"),
}, async () => {
  const of = async (name: string, format: GridFormat) =>
    readGrid(readFileSync(referencePath(`exports/${name}`)), format, { order: "C" }, name);
  const [hdf5, mat] = [await of("surface_tomgoldstein.h5", "h5"), await of("surface.mat", "mat")];
  assert.deepEqual(hdf5.values, mat.values);
  assert.deepEqual(hdf5.axes, mat.axes);
});
