import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { GridFileOptions } from "../../src/files/fileGrid.js";
import { type GridFormat, readGrid } from "../../src/files/gridFile.js";
import { gridHeader } from "../../src/files/gridHeader.js";
import { npyBytes, npzBytes } from "./weightFiles.js";

const folder = mkdtempSync(join(tmpdir(), "cirque-grid-header-"));
const array = (...shape: number[]) => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => k),
});
const plane = "x,y,loss\n0,0,1\n0,1,2\n1,0,3\n1,1,4\n";
const files: Record<string, Uint8Array | string> = {
  "cube.npy": npyBytes(array(2, 3, 4)),
  "grids.npz": npzBytes({ loss: array(3, 4), line: array(5), x: array(3), y: array(4) }),
  "several.npz": npzBytes({ p: array(3, 4), q: array(5) }),
  "only.npz": npzBytes({ x: array(3, 4) }),
  "plane.csv": plane,
  "line.csv": "a,loss\n0,1\n1,2\n",
  "column.csv": "1\n2\n3\n",
  "plane.vti": `<VTKFile type="ImageData"><ImageData WholeExtent="0 2 0 1 0 0"><Piece><PointData>
    <DataArray type="Float64" Name="loss" format="ascii">1 2 3 4 5 6</DataArray></PointData></Piece></ImageData></VTKFile>`,
  "list.json": "[[1, 2, 3], [4, 5, 6]]",
  "ragged.json": "[[1, 2, 3], [4, 5]]",
  "named.json": '{ "p": [[1, 2], [3, 4]], "q": [1, 2] }',
  "broken.json": "[1, 2",
  "plane.vtr": `<VTKFile type="RectilinearGrid"><RectilinearGrid WholeExtent="0 2 0 1 0 0"><Piece Extent="0 2 0 1 0 0"><Coordinates>
    <DataArray type="Float64" Name="x" format="ascii">0 1 3</DataArray><DataArray type="Float64" Name="y" format="ascii">0 1</DataArray>
    <DataArray type="Float64" Name="z" format="ascii">0</DataArray></Coordinates><PointData>
    <DataArray type="Float64" Name="loss" format="ascii">1 2 3 4 5 6</DataArray></PointData></Piece></RectilinearGrid></VTKFile>`,
  "plane.vtk":
    "# vtk DataFile Version 3.0\nplane\nASCII\nDATASET STRUCTURED_POINTS\nDIMENSIONS 3 2 1\nORIGIN 0 0 0\nSPACING 1 1 1\nPOINT_DATA 6\nSCALARS loss double\nLOOKUP_TABLE default\n1 2 3 4 5 6\n",
  "none.mat": "MATLAB?",
};
for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);

const cases: [string, Omit<GridFileOptions, "order">][] = [
  ["cube.npy", {}],
  ["grids.npz", {}],
  ["grids.npz", { key: "lost" }],
  ["grids.npz", { key: "loss", coordinates: ["x", "y"] }],
  ["grids.npz", { key: "loss", coordinates: ["x", "z"] }],
  ["several.npz", {}],
  ["only.npz", {}],
  ["plane.csv", {}],
  ["plane.csv", { column: "los" }],
  ["plane.csv", { column: "loss", coordinates: ["x", "w"] }],
  ["plane.csv", { column: 4 }],
  ["line.csv", {}],
  ["column.csv", {}],
  ["plane.vti", {}],
  ["plane.vti", { column: "density" }],
  ["list.json", {}],
  ["ragged.json", {}],
  ["named.json", { key: "p" }],
  ["named.json", { key: "lost" }],
  ["named.json", {}],
  ["broken.json", {}],
  ["plane.vtr", {}],
  ["plane.vtr", { column: "density" }],
  ["plane.vtk", {}],
  ["none.mat", {}],
];

test("what a header tells is what the whole file then is, and its faults are those of the reader", async () => {
  for (const [name, given] of cases) {
    const options: GridFileOptions = { order: "C", ...given };
    const format = name.replace(/.*\./, "") as GridFormat;
    const { dimensions, points, faults } = gridHeader(join(folder, name), format, options, name);
    const what = `${name} ${JSON.stringify(given)}`;
    try {
      const { shape, values } = await readGrid(readFileSync(join(folder, name)), format, options, name);
      assert.equal(dimensions, shape.length, what);
      if (points !== undefined) assert.equal(points, values.length, what);
      assert.deepEqual(faults, [], what);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      assert.deepEqual(
        faults.map(({ message }) => message),
        [(error as Error).message],
        what,
      );
      assert.ok(faults[0].path[0] === "path" || faults[0].path[0] in given, what);
    }
  }
});
