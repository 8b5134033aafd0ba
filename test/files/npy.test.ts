import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { firstAxisFastest } from "../../src/files/firstAxisFastest.js";
import { readNpy } from "../../src/files/npy.js";
import { openNpz } from "../../src/files/npz.js";
import { npyFile } from "./npyFile.js";
import { readNpz } from "./readNpz.js";

/** Files that NumPy wrote; test/fixtures/numpy_files.py says how. */
const fixture = (name: string) => readFileSync(`test/fixtures/numpy/${name}`);

test("every number type of NumPy is read, in both byte orders", () => {
  const extremes: Record<string, number> = {
    f8: 2 ** -1074,
    f4: 2 ** -149,
    f2: 2 ** -24,
    i8: -(2 ** 53),
    i4: -(2 ** 31),
    i2: -(2 ** 15),
    i1: -128,
    u8: 2 ** 53,
    u4: 2 ** 32 - 1,
    u2: 65535,
    u1: 255,
  };
  const arrays = readNpz(fixture("types.npz"), "types.npz");
  for (const [type, extreme] of Object.entries(extremes)) {
    for (const order of "<>") {
      assert.deepEqual([...arrays[order + type].values], [0, 1, 100, extreme], order + type);
      assert.deepEqual(arrays[order + type].shape, [4]);
    }
  }
  assert.ok(arrays["<f4"].values instanceof Float32Array, "the type is kept");
  assert.ok(arrays[">i2"].values instanceof Int16Array);
  assert.deepEqual([...arrays.b1.values], [1, 0]);
  assert.deepEqual([...arrays["f2 special"].values], [NaN, Infinity, -Infinity, -0.5, 65504]);
  const { version2, version3 } = Object.fromEntries(openNpz(fixture("others.npz"), "others.npz"));
  assert.deepEqual([...version2().values, ...version3().values], [1.5, 2.5, 1.5, 2.5]);
});

test("array[i, j, k] is the same array however it lies in memory; the first index becomes the fastest", () => {
  const arrays = readNpz(fixture("orders.npz"), "orders.npz");
  assert.equal(arrays.fortran.fortranOrder, true);
  const expected = [];
  for (let k = 0; k < 4; k++)
    for (let j = 0; j < 3; j++) for (let i = 0; i < 2; i++) expected.push(100 * i + 10 * j + k);
  for (const name of ["c", "fortran", "part"]) {
    assert.deepEqual(arrays[name].shape, [2, 3, 4]);
    assert.deepEqual([...firstAxisFastest(arrays[name])], expected, name);
  }
  assert.deepEqual([arrays.number.shape, ...arrays.number.values], [[], 7]);
  assert.deepEqual([arrays.empty.shape, arrays.empty.values.length], [[0, 3], 0]);
});

test("what is not an array of real numbers is called by its name", () => {
  const arrays = openNpz(fixture("others.npz"), "a.npz");
  const faults: Record<string, RegExp> = {
    complex:
      /^Error: a\.npz: complex holds complex numbers \(dtype c16\); expected real numbers, as from array\.astype/,
    text: /holds text \(dtype U1\)/,
    objects: /holds Python objects/,
    records: /holds records with named fields; expected plain numbers: save one field/,
    dates: /holds dates/,
    long: /holds floating-point numbers of an unusual width \(dtype f16\)/,
    large: /holds the integer 9007199254740993; expected at most 2\^53/,
  };
  assert.deepEqual([...arrays.keys()], ["version2", "version3", ...Object.keys(faults)], "in the order of the file");
  for (const [name, message] of Object.entries(faults)) assert.throws(arrays.get(name) as () => void, message);
});

test("a file that is not a .npy file, is cut short or too long is not read", () => {
  const whole = npyFile([2, 3], new Float64Array(6));
  assert.throws(
    () => readNpy(new TextEncoder().encode("1,2,3\n"), "a.npy"),
    /a\.npy is not a \.npy file: it begins with "1,2,3/,
  );
  assert.throws(() => readNpy(new Uint8Array(), "a.npy"), /it begins with ""/);
  assert.throws(() => readNpy(whole.subarray(0, 9), "a.npy"), /a\.npy is cut short: its header is not complete/);
  assert.throws(() => readNpy(whole.subarray(0, 60), "a.npy"), /its header is not complete/);
  assert.throws(
    () => readNpy(whole.subarray(0, -1), "a.npy"),
    /cut short: 47 bytes of numbers; expected 48 for shape \(2, 3\) of type f8/,
  );
  assert.throws(() => readNpy(Buffer.concat([whole, whole]), "a.npy"), /is too long/);
  assert.throws(() => readNpy(npyFile([1], new Float64Array(1), { descr: "" }), "a.npy"), /has a damaged header/);
});

test("numbers come back bit by bit, whatever their shape, order and place in memory", () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
  const arrays = shapes.chain((shape) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return fc.tuple(fc.constant(shape), fc.float64Array({ minLength: size, maxLength: size }), fc.boolean(), fc.nat(9));
  });
  fc.assert(
    fc.property(arrays, ([shape, values, fortranOrder, shift]) => {
      const file = npyFile(shape, values, { fortranOrder });
      const moved = new Uint8Array(shift + file.length);
      moved.set(file, shift);
      assert.deepEqual(readNpy(moved.subarray(shift), "a"), { shape, values, fortranOrder });
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("reversing the axes is the same as reading the numbers in the other order", () => {
  const arrays = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).map((shape) => ({
    shape,
    values: Float64Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, i) => i),
  }));
  fc.assert(
    fc.property(arrays, ({ shape, values }) => {
      const ordered = firstAxisFastest({ shape, values, fortranOrder: false });
      assert.deepEqual(ordered.toSorted(), values, "every number once");
      const again = firstAxisFastest({ shape: shape.toReversed(), values: ordered, fortranOrder: false });
      assert.deepEqual(again, values, "transposing twice");
    }),
    { seed: 2, numRuns: 100 },
  );
});
