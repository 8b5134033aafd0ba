import assert from "node:assert/strict";
import { test } from "node:test";
import { linesBetween } from "../../src/landscape/linesBetween.js";
import { storedDirections } from "../../src/landscape/storedDirections.js";

const rows = { shape: [2, 3], values: [1, 2, 3, 4, 5, 6], fortranOrder: false };
const lists = (directions: Float64Array[]) => directions.map((d) => [...d]);

test("a direction a row, in either order of the file; one axis is one direction", () => {
  const expected = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  assert.deepEqual(lists(storedDirections(rows, 3, "d.npy")), expected);
  const byColumns = { shape: [2, 3], values: [1, 4, 2, 5, 3, 6], fortranOrder: true };
  assert.deepEqual(lists(storedDirections(byColumns, 3, "d.npy")), expected);
  assert.deepEqual(lists(storedDirections(rows, 3, "d.npy", 1)), [[1, 2, 3]]);
  for (const fortranOrder of [false, true]) {
    assert.deepEqual(lists(storedDirections({ shape: [3], values: [7, 8, 9], fortranOrder }, 3, "d.npy")), [[7, 8, 9]]);
  }
});

test("shapes that do not fit the model are refused with what would do", () => {
  assert.throws(
    () => storedDirections(rows, 4, "d.npy"),
    /d\.npy has the shape \[2, 3\]; expected \[k, 4\] for k directions, or \[4\] for one, as the model has 4 weights$/,
  );
  assert.throws(() => storedDirections({ ...rows, shape: [3, 2] }, 3, "d.npy"), /transpose it/);
  assert.throws(() => storedDirections({ ...rows, shape: [1, 2, 3] }, 3, "d.npy"), /shape \[1, 2, 3\]/);
  assert.throws(() => storedDirections({ shape: [], values: [1], fortranOrder: false }, 1, "d.npy"), /shape \[\]/);
  assert.throws(() => storedDirections({ shape: [0, 3], values: [], fortranOrder: false }, 3, "d.npy"), /\[0, 3\]/);
  assert.throws(() => storedDirections(rows, 3, "d.npy", 3), /expected at least 3 directions in it/);
  const broken = { ...rows, values: [1, 2, 3, 4, Infinity, 6] };
  assert.throws(() => storedDirections(broken, 3, "d.npy"), /d\.npy: direction 2 is not finite: entry 1 is Infinity/);
});

test("lines lead from one model to others; equal models have none", () => {
  const theta = Float64Array.of(1, 2);
  assert.deepEqual(lists(linesBetween(theta, [Float64Array.of(4, 2), Float64Array.of(0, 0)])), [
    [3, 0],
    [-1, -2],
  ]);
  assert.throws(() => linesBetween(theta, [Float64Array.of(4, 2), theta.slice()]), /the other model 2 is equal/);
  assert.throws(() => linesBetween(theta, [Float64Array.of(4, Number.NaN)]), /the other model 1 is not finite/);
  assert.throws(() => linesBetween(theta, [Float64Array.of(4)]), /has 1 weights; expected 2/);
});
