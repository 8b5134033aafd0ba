import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { zipSync } from "fflate";
import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { barcodeStage } from "../../stages/barcode.js";
import { figureStage } from "../../stages/figure.js";
import { importGridStage } from "../../stages/importGrid.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { npyFile } from "../files/npyFile.js";
import { csv, reference, referencePath, withoutReference } from "../reference.js";
import { runStage } from "./runStage.js";

const folder = mkdtempSync(join(tmpdir(), "cirque-import-"));

/** Imports a file with this content. */
function imported(name: string, content: string | Uint8Array, params: object = {}): Promise<Artifact> {
  const path = join(folder, name);
  writeFileSync(path, content);
  return runStage(importGridStage, { path, ...params });
}

const numpy = (name: string, params: object = {}) =>
  runStage(importGridStage, { path: `test/fixtures/numpy/${name}`, ...params });

const column = (of: Artifact, name: string) => [...numbers(of, name)];

// array[i, j] =  0  1  2     i along the first axis, j along the second
//                3  4  5
const digits = npyFile([2, 3], Float64Array.of(0, 1, 2, 3, 4, 5));

test("array[i, j] becomes a grid: i along the first axis, which is the fastest", async () => {
  const grid = await imported("a.npy", digits);
  assert.deepEqual(Object.keys(grid.columns), ["loss", "a1", "a2"]);
  assert.deepEqual(column(grid, "loss"), [0, 3, 1, 4, 2, 5]);
  assert.deepEqual(column(grid, "a1"), [0, 1, 0, 1, 0, 1]);
  assert.deepEqual(column(grid, "a2"), [0, 0, 1, 1, 2, 2]);
  const { shape, extent, labels, nonFinite } = grid.metadata;
  assert.deepEqual({ shape, extent, labels, nonFinite }, {
    shape: [2, 3],
    extent: [
      [0, 1],
      [0, 2],
    ],
    labels: ["axis 1", "axis 2"],
    nonFinite: 0,
  }); // biome-ignore format: one object
  assert.deepEqual(grid.summary, { points: 6, lowestLoss: 0, highestLoss: 5, nonFinite: 0 });
});

test("the only array of a file holds the losses, even under the name of an axis; with another it is a coordinate", async () => {
  for (const name of ["a", "x", "values"]) {
    const grid = await imported("one.npz", zipSync({ [`${name}.npy`]: npyFile([3], Float64Array.of(5, 6, 7)) }));
    assert.deepEqual(column(grid, "loss"), [5, 6, 7], name);
    assert.deepEqual(column(grid, "a1"), [0, 1, 2], name);
  }
  const both = zipSync({
    "x.npy": npyFile([3], Float64Array.of(5, 6, 7)),
    "y.npy": npyFile([3], Float64Array.of(1, 2, 4)),
  });
  const chosen = await imported("both.npz", both, { key: "x" });
  assert.deepEqual(column(chosen, "loss"), [5, 6, 7]);
  assert.deepEqual(column(chosen, "a1"), [0, 1, 2]);
  await assert.rejects(
    imported("both.npz", both),
    /has several arrays, none called "loss": "x", "y"; choose one with key/,
  );
});

test("order F takes the last index for the first axis; ranges and labels are per axis", async () => {
  const range = [
    [-1, 1],
    [0, 5],
  ];
  const grid = await imported("a.npy", digits, { order: "F", range, labels: ["x", "y"] });
  assert.deepEqual(grid.metadata.shape, [3, 2]);
  assert.deepEqual(column(grid, "loss"), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(column(grid, "a1"), [-1, 0, 1, -1, 0, 1]);
  assert.deepEqual(column(grid, "a2"), [0, 0, 0, 5, 5, 5]);
  const same = await imported("a.npy", digits, { range: [0, 10] });
  assert.deepEqual(same.metadata.extent, [
    [0, 10],
    [0, 10],
  ]);
});

test("the same array gives the same grid from C and Fortran memory, npy, npz and csv", async () => {
  const expected = column(await numpy("orders.npz", { key: "c" }), "loss");
  assert.equal(expected[1 + 2 * 2 + 2 * 3 * 3], 123);
  for (const key of ["fortran", "part"]) assert.deepEqual(column(await numpy("orders.npz", { key }), "loss"), expected);
  const matrix = column(await imported("a.npy", digits), "loss");
  assert.deepEqual(column(await imported("a.csv", "0,1,2\n3,4,5\n"), "loss"), matrix);
  assert.deepEqual(column(await imported("a.txt", "# by numpy.savetxt\n0 1 2\n3 4 5\n"), "loss"), matrix);
  const points = "loss;y;x\n5;12;-1\n0;10;-2\n1;11;-2\n3;10;-1\n4;11;-1\n2;12;-2\n";
  const grid = await imported("points.csv", points, { coordinates: ["x", "y"] });
  assert.deepEqual(column(grid, "loss"), matrix);
  assert.deepEqual([grid.metadata.extent, grid.metadata.labels], [[[-2, -1], [10, 12]], ["x", "y"]]); // biome-ignore format: pairs
});

test("permuting the axes and reading in the other order is the same", async () => {
  const arrays = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return fc.tuple(fc.constant(shape), fc.float64Array({ minLength: size, maxLength: size }));
  });
  await fc.assert(
    fc.asyncProperty(arrays, async ([shape, values]) => {
      // The transpose of an array lies in Fortran order as the array lies in C order.
      const transposed = npyFile(shape.toReversed(), values, { fortranOrder: true });
      const one = await imported("one.npy", npyFile(shape, values), { order: "F" });
      const other = await imported("other.npy", transposed);
      assert.deepEqual(one.columns, other.columns);
      assert.deepEqual(one.metadata.shape, other.metadata.shape);
    }),
    { seed: 6, numRuns: 40 },
  );
});

test("coordinates come from the vectors of an npz file, the columns of a csv file, or the image", async () => {
  const image = await runStage(importGridStage, { path: "test/fixtures/vti/ascii.vti" });
  assert.deepEqual(image.metadata.shape, [4, 3], "the axis of one point is left out");
  assert.deepEqual(image.metadata.extent, [
    [11, 12.5],
    [-1, 3],
  ]);
  assert.deepEqual(column(image, "loss").slice(3, 5), [3.5, 10.5]);
  const steps = await runStage(importGridStage, { path: "test/fixtures/vti/raw-zlib-big-64.vti", column: "steps" });
  assert.deepEqual(column(steps, "loss").slice(3, 5), [3, -4]);
  const numbered = await imported("n.csv", "1 10 7\n3 10 8\n", { coordinates: [1, 2] });
  assert.deepEqual([column(numbered, "loss"), column(numbered, "a1"), column(numbered, "a2")], [[7, 8], [1, 3], [10, 10]]); // biome-ignore format: columns
  const list = await imported("list.csv", "loss\n3\n1\n2\n");
  assert.deepEqual([list.metadata.shape, column(list, "loss")], [[3], [3, 1, 2]]);
});

test("losses that are not finite are kept and counted", async () => {
  const grid = await imported("a.npy", npyFile([4], Float64Array.of(NaN, 1, Infinity, -2)));
  assert.deepEqual(column(grid, "loss"), [NaN, 1, Infinity, -2]);
  assert.deepEqual(grid.summary, { points: 4, lowestLoss: -2, highestLoss: 1, nonFinite: 2 });
  const booleans = await numpy("types.npz", { key: "b1" });
  assert.deepEqual(column(booleans, "loss"), [1, 0]);
});

test("what does not fit is told before or when the file is read", async () => {
  const problems = (params: object) => importGridStage.check?.({ order: "C", ...params } as never);
  assert.match(
    problems({ path: "a.dat" })?.[0].message ?? "",
    /is "a\.dat", whose extension gives no format; expected \.npy/,
  );
  assert.deepEqual(problems({ path: "a.dat", format: "csv" }), []);
  assert.deepEqual(problems({ path: "a.npy", key: "b" }), [
    { path: ["key"], message: "applies to npz, h5, mat and json files; this one is npy" },
  ]);
  assert.equal(problems({ path: "a.npy", range: [1, 0] })?.length, 1);

  const faults: [Promise<Artifact>, RegExp][] = [
    [
      imported("a.npy", npyFile([], Float64Array.of(1))),
      /a\.npy holds a single number; expected an array with at least one axis/,
    ],
    [numpy("orders.npz", { key: "empty" }), /holds no numbers: its shape is \(0, 3\)/],
    [
      numpy("orders.npz"),
      /has several arrays, none called "loss": "c", "fortran", "part", "number", "empty"; choose one with key/,
    ],
    [numpy("orders.npz", { key: "d" }), /orders\.npz has no array "d"; it has "c"/],
    [
      numpy("orders.npz", { key: "c", coordinates: ["part"] }),
      /coordinates names 1 vectors; expected one per axis, for axes of 2 × 3 × 4 points/,
    ],
    [
      numpy("orders.npz", { key: "c", coordinates: ["part", "c", "c"] }),
      /part has the shape \(2, 3, 4\); expected a vector of coordinates/,
    ],
    [numpy("types.npz", { key: "b1", coordinates: ["<f8"] }), /axis 1 has 4 coordinates for 2 points/],
    [
      numpy("types.npz", { key: "<f4", coordinates: ["<i8"] }),
      /axis 1 have -9007199254740992 after 100; expected finite numbers that ascend/,
    ],
    [imported("a.npy", digits, { range: [[0, 1], [0, 1], [0, 1]] }), /range has 3 pairs; expected 2, one per axis/], // biome-ignore format: one line
    [imported("a.npy", digits, { labels: ["x"] }), /labels has 1 names; expected 2/],
    [
      imported("a.csv", "x,loss\n1,2\n2,3\n", { range: [0, 1] }),
      /range is given, but .*a\.csv has its own coordinates; leave range out/,
    ],
    [imported("a.csv", "x,loss\n1,2\n1,3\n"), /has the point x = 1 twice \(line 2 and line 3\)/],
    [imported("a.csv", "x,loss\n1,2\n", { column: "los" }), /has no column "los"; it has "x", "loss"/],
    [
      imported("a.csv", "x,x,loss\n1,2,3\n", { coordinates: ["x"] }),
      /has several columns "x"; choose one by its number/,
    ],
    [imported("a.csv", "1,2\n", { column: 3 }), /has no column 3; it has 2 columns without names/],
    [runStage(importGridStage, { path: folder, format: "npy" }), /is a folder; expected a file/],
  ];
  for (const [result, message] of faults) await assert.rejects(result, message);
});

test("the figure of an imported grid shows no trained model", async () => {
  const grid = await imported("a.npy", digits, { range: [-1, 1] });
  const { columns, metadata } = await runStage(figureStage, { title: "imported" }, { grid });
  assert.ok(!(columns.svg as string[])[0].includes("trained model"));
  assert.equal(metadata.caption, "The loss along two axes: 2 × 3 samples.");
  assert.ok((columns.svg as string[])[0].includes("lowest sample"));
});

test("the example landscapes have the minima that the literature gives", async () => {
  // Himmelblau (3, 2) → 0 and three more; Rastrigin (0, 0) → 0 among one for each pair of integers; Styblinski–Tang
  // (−2.9035, −2.9035) → −78.3323 and three more. The samples are 0.125 apart.
  const known: [string, number, number, number, number][] = [
    ["himmelblau", 4, 3, 2, 0],
    ["rastrigin", 121, 0, 0, 0],
    ["styblinski-tang", 4, -2.9035, -2.9035, -78.3323],
  ];
  for (const [name, minima, x, y, lowest] of known) {
    const grid = await runStage(importGridStage, { path: `pipelines/landscapes/${name}.npy`, range: [-5, 5] });
    const bars = await runStage(barcodeStage, {}, { tree: await runStage(mergeTreeStage, {}, { grid }) });
    assert.equal(bars.summary.bars, minima, name);
    const at = (bars.columns.birthVertex as Int32Array)[0];
    assert.ok(Math.hypot(numbers(grid, "a1")[at] - x, numbers(grid, "a2")[at] - y) < 0.09, name);
    assert.ok(numbers(bars, "birth")[0] >= lowest - 1e-4 && numbers(bars, "birth")[0] < lowest + 0.1, name);
  }
});

test("37 published grids give TTK's pairs, from the file to the barcode", {
  skip: withoutReference("ttk"),
}, async () => {
  const names = readdirSync(reference("ttk") as string)
    .filter((name) => name.endsWith(".npy"))
    .map((name) => name.slice(0, -4));
  assert.equal(names.length, 37);
  for (const name of names) {
    const grid = await runStage(importGridStage, { path: referencePath("ttk", `${name}.npy`) });
    const tree = await runStage(mergeTreeStage, {}, { grid });
    const { birthVertex, deathVertex } = (await runStage(barcodeStage, {}, { tree })).columns as Record<
      string,
      Int32Array
    >;
    const ttk = csv(referencePath("ttk", `${name}_pairs.csv`));
    // Two rows a pair: a minimum (0), then its saddle (1), or the global maximum (3) for the global minimum.
    const expected: string[] = [];
    for (let i = 0; i < ttk.CriticalType.length; i += 2) {
      if (ttk.CriticalType[i] !== 0) continue;
      const death = ttk.CriticalType[i + 1] === 1 ? ttk.ttkVertexScalarField[i + 1] : -1;
      expected.push(`${ttk.ttkVertexScalarField[i]} ${death}`);
    }
    assert.deepEqual(Array.from(birthVertex, (birth, i) => `${birth} ${deathVertex[i]}`).sort(), expected.sort(), name);
  }
});
