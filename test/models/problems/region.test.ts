import assert from "node:assert/strict";
import { test } from "node:test";
import { levelSet } from "../../../src/models/problems/region.js";

const signs = (source: string, x: number[], y: number[], coefficients = {}) =>
  [...levelSet(source, ["x", "y"], coefficients)({ x: Float64Array.from(x), y: Float64Array.from(y) })].map(Math.sign);

test("a disk, and a disk of a given radius", () => {
  assert.deepEqual(signs("x^2 + y^2 < 1", [0, 1, 1], [0.5, 0, 1]), [-1, 0, 1]);
  assert.deepEqual(signs("r^2 > x^2 + y^2", [0, 1, 1], [0.5, 0, 1], { r: 0.5 }), [0, 1, 1]);
});

test("and binds tighter than or", () => {
  // L-shape: all of the square but the quarter with x > 0 and y > 0
  assert.deepEqual(signs("x < 0 or y < 0", [-1, 1, -1, 1, 0], [-1, -1, 1, 1, 1]), [-1, -1, -1, 1, 0]);
  assert.deepEqual(signs("x > 0 and y > 0 or x < -2", [1, 1, -3], [1, -1, 0]), [-1, 1, -1]);
});

test("errors point at the character", () => {
  assert.throws(() => signs("x + y", [0], [0]), /no comparison at character 1; expected one/);
  assert.throws(() => signs("x < 0 or y", [0], [0]), /no comparison at character 10/);
  assert.throws(() => signs("0 < x < 1", [0], [0]), /a second comparison at character 7/);
  assert.throws(() => signs("x < 0 and z < 1", [0], [0]), /unknown name "z" at character 11/);
  assert.throws(() => signs("x < ", [0], [0]), /expected a number, a name or \(/);
});
