import assert from "node:assert/strict";
import { test } from "node:test";
import { openMat } from "../../src/files/mat.js";
import { type MatArray, matFile } from "../data/matFile.js";

const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);
const plain: MatArray = { name: "X", shape: [2, 3], numbers: bytes };
const wide: MatArray = {
  name: "a longer name",
  shape: [2, 1],
  type: 9,
  arrayClass: 6,
  numbers: new Uint8Array(Float64Array.of(0.5, -3).buffer),
};

test("arrays are read back by name, packed or not, of any stored type, short elements too", () => {
  for (const packed of [true, false]) {
    const short: MatArray = { name: "y", shape: [3, 1], arrayClass: 6, numbers: Uint8Array.of(7, 8, 9) };
    const arrays = openMat(matFile([plain, wide, short], packed), "file.mat");
    assert.deepEqual([...arrays.keys()], ["X", "a longer name", "y"]);
    assert.deepEqual(arrays.get("X")?.(), { shape: [2, 3], values: bytes, fortranOrder: true });
    assert.deepEqual([...(arrays.get("a longer name")?.().values ?? [])], [0.5, -3]);
    assert.deepEqual([...(arrays.get("y")?.().values ?? [])], [7, 8, 9]);
  }
});

test("what is not an array of numbers is named when it is asked for, and does not stand in the way of the others", () => {
  const read = (array: MatArray) => openMat(matFile([plain, array]), "file.mat").get(array.name)?.();
  assert.throws(() => read({ ...wide, arrayClass: 1 }), /file\.mat: a longer name is a cell array; expected an array/);
  assert.throws(() => read({ ...wide, complex: true }), /a longer name holds complex numbers/);
  assert.throws(() => read({ ...wide, shape: [3, 1] }), /holds 2 numbers; expected 3 for 3 × 1/);
  assert.throws(() => read({ ...wide, type: 16 }), /its numbers have the type 16/);
});

test("damaged files and other versions are named", () => {
  const file = matFile([plain, wide], false);
  const whole = matFile([plain, wide]);
  for (let end = 129; end < file.length; end += 7) {
    const boundary = end === 128 + matFile([plain], false).length - 128;
    if (!boundary) assert.throws(() => openMat(file.subarray(0, end), "file.mat"), /file\.mat.* is cut short/);
  }
  assert.throws(() => openMat(whole.subarray(0, whole.length - 5), "f"), /f is cut short: an element at byte \d+ has/);
  const flipped = Buffer.from(whole);
  flipped[145] ^= 0xff;
  assert.throws(() => openMat(flipped, "f"), /f is damaged/);
  assert.throws(() => openMat(Buffer.from("MATLAB 7.3 MAT-file"), "f"), /f is a MATLAB file of version 7\.3 \(HDF5\)/);
  assert.throws(() => openMat(Buffer.alloc(300), "f"), /f is not a MATLAB file of level 5/);
});
