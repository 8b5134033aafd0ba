import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { zipSync } from "fflate";
import { csvHeader, npyShape, npzShapes, vtiHeader } from "../../src/files/fileHeaders.js";
import { npyBytes, npzBytes } from "./weightFiles.js";

const folder = mkdtempSync(join(tmpdir(), "cirque-headers-"));
function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const array = (...shape: number[]) => ({ shape, values: new Float64Array(shape.reduce((a, b) => a * b, 1)) });

test("the shapes of arrays are known from their headers, in archives too, compressed or not", () => {
  assert.deepEqual(npyShape(file("a.npy", npyBytes(array(3, 4)))), [3, 4]);
  const shapes = new Map([
    ["x", [5, 2]],
    ["y", [5]],
  ]);
  assert.deepEqual(npzShapes(file("a.npz", npzBytes({ x: array(5, 2), y: array(5) }))), shapes);
  const random = Float64Array.from({ length: 20_000 }, (_, k) => Math.sin(k * k));
  const large = { "x.npy": npyBytes({ shape: [100, 200], values: random }), "notes.txt": new Uint8Array(3) };
  assert.deepEqual(npzShapes(file("b.npz", zipSync(large))), new Map([["x", [100, 200]]]));
  const strange = { "x.npy": new TextEncoder().encode("no array"), "y.npy": npyBytes(array(2)) };
  assert.deepEqual(
    npzShapes(file("c.npz", zipSync(strange))),
    new Map([
      ["x", undefined],
      ["y", [2]],
    ]),
  );
});

test("of an archive little is read: one of 3 GB, more than a buffer holds, has its shapes", () => {
  const size = 3e9;
  const name = Buffer.from("x.npy");
  const header = npyBytes(array(1)).subarray(0, -8);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt32LE(size, 20);
  entry.writeUInt32LE(size, 24);
  entry.writeUInt16LE(name.length, 28);
  const at = local.length + name.length + size;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(at, 16);
  const path = join(folder, "large.npz");
  const made = openSync(path, "w");
  writeSync(made, Buffer.concat([local, name, header]), 0, null, 0);
  // What is between is a hole, which takes no room on the disk.
  writeSync(made, Buffer.concat([entry, name, end]), 0, null, at);
  closeSync(made);
  assert.deepEqual(npzShapes(path), new Map([["x", [1]]]));
  rmSync(path);
});

test("the columns of a table are known from its first lines, however long it is", () => {
  const rows = (count: number) => "1,2,3\n".repeat(count);
  assert.deepEqual(csvHeader(file("a.csv", `a,b,c\n${rows(50_000)}`)), { names: ["a", "b", "c"], width: 3 });
  assert.deepEqual(csvHeader(file("b.csv", rows(2))), { names: undefined, width: 3 });
});

test("the points along the axes of VTK's image data, and its arrays, are known", () => {
  const vti = `<VTKFile type="ImageData"><ImageData WholeExtent="0 2 0 1 0 0"><Piece Extent="0 2 0 1 0 0"><PointData>
    <DataArray type="Float64" Name="loss" format="ascii">1 2 3 4 5 6</DataArray></PointData></Piece></ImageData></VTKFile>`;
  assert.deepEqual(vtiHeader(file("a.vti", vti)), { shape: [3, 2, 1], names: ["loss"] });
});

test("nothing is known of other bytes", () => {
  const other = file("other", readFileSync(import.meta.filename));
  assert.equal(npyShape(other), undefined);
  assert.equal(npzShapes(other), undefined);
  assert.equal(vtiHeader(other), undefined);
  assert.equal(csvHeader(file("empty", "")), undefined);
  assert.equal(npzShapes(join(folder, "nothing")), undefined);
  assert.equal(csvHeader(folder), undefined);
});
