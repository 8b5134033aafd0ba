import assert from "node:assert/strict";
import { test } from "node:test";
import { zipSync } from "fflate";
import { readArray } from "../../src/files/readArray.js";
import { npyFile } from "./npyFile.js";

const npyBytes = (values: number[]) => npyFile([values.length], Float64Array.from(values));

test("the array of a .npy file, the only one of a .npz file, or the one that the key names", () => {
  const one = zipSync({ "a.npy": npyBytes([1, 2]) });
  const two = zipSync({ "a.npy": npyBytes([1, 2]), "b.npy": npyBytes([3]) });
  assert.deepEqual([...readArray(npyBytes([1, 2]), "x.npy").values], [1, 2]);
  assert.deepEqual([...readArray(one, "x.npz").values], [1, 2]);
  assert.deepEqual([...readArray(two, "x.npz", "b").values], [3]);
  assert.throws(() => readArray(two, "x.npz"), /x\.npz holds 2 arrays; choose one with key; its arrays are a, b/);
  assert.throws(() => readArray(two, "x.npz", "c"), /x\.npz has no array "c"; its arrays are a, b/);
  assert.throws(() => readArray(npyBytes([1]), "x.npy", "a"), /x\.npy holds one array without a name/);
  assert.throws(() => readArray(npyBytes([1]), "x.dat"), /x\.dat has another extension than \.npy and \.npz/);
});
