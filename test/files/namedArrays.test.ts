import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOf } from "../../src/files/formatOf.js";
import { namedArrayFormats, namedArrays } from "../../src/files/namedArrays.js";
import { rowMajor } from "../../src/files/rowMajor.js";
import { npzBytes, safetensorsBytes } from "./weightFiles.js";

test("the same arrays by name from each format", () => {
  const arrays = {
    x: { shape: [3], values: Float64Array.of(1, 2, 3) },
    t: { shape: [3], values: Float64Array.of(4, 5, 6) },
  };
  const files = {
    npz: npzBytes(arrays),
    safetensors: safetensorsBytes(arrays),
    csv: Buffer.from("x,t\n1,4\n2,5\n3,6\n"),
  };
  for (const format of namedArrayFormats) {
    const opened = namedArrays(files[format], format, "f");
    assert.deepEqual([...opened.keys()], ["x", "t"]);
    assert.deepEqual(opened.get("t")?.(), arrays.t, format);
  }
});

test("a table needs names, each once", () => {
  assert.throws(
    () => namedArrays(Buffer.from("1,4\n"), "csv", "f"),
    /f has no column names; expected them in its first line/,
  );
  assert.throws(() => namedArrays(Buffer.from("x,x\n1,4\n"), "csv", "f"), /f has two columns "x"/);
});

test("an array in Fortran order is turned", () => {
  // [0 1 2]
  // [3 4 5]  column by column
  const values = Float32Array.of(0, 3, 1, 4, 2, 5);
  assert.deepEqual(rowMajor({ shape: [2, 3], values, fortranOrder: true }), Float64Array.of(0, 1, 2, 3, 4, 5));
  assert.deepEqual(rowMajor({ shape: [3, 2], values, fortranOrder: false }), Float64Array.from(values));
});

test("a file's ending names its format", () => {
  assert.equal(formatOf("a/Weights.NPZ", namedArrayFormats), "npz");
  assert.equal(formatOf("npz", namedArrayFormats), undefined);
  assert.equal(formatOf("a.npz.bak", namedArrayFormats), undefined);
});
