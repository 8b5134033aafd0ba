import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { gridPoints } from "../../src/landscape/gridPoints.js";

test("a 3 × 2 grid, first axis fastest", () => {
  //  20   3 4 5
  //  10   0 1 2
  //      −1 0 1
  const grid = gridPoints(
    [3, 2],
    [
      [-1, 1],
      [10, 20],
    ],
  );
  assert.equal(grid.size, 6);
  assert.deepEqual([...grid.coordinatesOf(0, 6)], [-1, 10, 0, 10, 1, 10, -1, 20, 0, 20, 1, 20]);
  assert.deepEqual([...grid.coordinatesOf(2, 2)], [1, 10, -1, 20]);
  assert.deepEqual([...grid.coordinatesOf(6, 0)], []);
});

test("one step stands in the middle", () => {
  assert.deepEqual(
    [
      ...gridPoints(
        [1, 1],
        [
          [-1, 1],
          [2, 5],
        ],
      ).coordinatesOf(0, 1),
    ],
    [0, 3.5],
  );
  assert.deepEqual([...gridPoints([1], [[4, 4]]).axes[0]], [4]);
});

test("ends are exact, symmetric ranges antisymmetric to the bit, and odd grids hold the model itself", () => {
  const radius = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 200 }), radius, (steps, r) => {
      const [axis] = gridPoints([steps], [[-r, r]]).axes;
      assert.equal(axis[0], -r);
      assert.equal(axis[steps - 1], r);
      for (let i = 0; i < steps; i++) assert.ok(axis[i] + axis[steps - 1 - i] === 0);
      if (steps % 2 === 1) assert.equal(Math.abs(axis[(steps - 1) / 2]), 0);
    }),
    { seed: 9 },
  );
});

test("coordinates ascend and lie within two roundings of lo + (hi − lo)·i/(steps − 1)", () => {
  const bound = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 100 }),
      bound,
      fc.double({ min: 1e-3, max: 100, noNaN: true }),
      (steps, low, width) => {
        const high = low + width;
        const [axis] = gridPoints([steps], [[low, high]]).axes;
        for (let i = 0; i < steps; i++) {
          const expected = low + ((high - low) * i) / (steps - 1);
          assert.ok(Math.abs(axis[i] - expected) <= 4 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high)));
          assert.ok(i === 0 || axis[i] > axis[i - 1]);
        }
      },
    ),
    { seed: 10 },
  );
});

test("blocks joined are the whole, in any number of dimensions", () => {
  const shape = [3, 1, 4, 2];
  const grid = gridPoints(
    shape,
    shape.map((n) => [-n, n + 1]),
  );
  const parts = [
    [0, 5],
    [5, 1],
    [6, 18],
  ].flatMap(([start, count]) => [...grid.coordinatesOf(start, count)]);
  assert.deepEqual(parts, [...grid.coordinatesOf(0, grid.size)]);
  for (let v = 0; v < grid.size; v++) {
    const expected = [v % 3, 0, Math.floor(v / 3) % 4, Math.floor(v / 12)].map((i, k) => grid.axes[k][i]);
    assert.deepEqual(parts.slice(4 * v, 4 * v + 4), expected);
  }
});

test("41⁴ vertices are counted without being held", () => {
  const grid = gridPoints(
    [41, 41, 41, 41],
    [
      [-1, 1],
      [-1, 1],
      [-1, 1],
      [-1, 1],
    ],
  );
  assert.equal(grid.size, 2825761);
  assert.deepEqual([...grid.coordinatesOf((grid.size - 1) / 2, 1)], [0, 0, 0, 0]);
});

test("shapes and ranges that make no grid are refused by name", () => {
  assert.throws(() => gridPoints([], []), /0 axes with 0 ranges/);
  assert.throws(() => gridPoints([3, 3], [[-1, 1]]), /2 axes with 1 ranges/);
  assert.throws(() => gridPoints([0], [[-1, 1]]), /axis 0 has 0 steps; expected 1 or more/);
  assert.throws(
    () =>
      gridPoints(
        [3, 2.5],
        [
          [-1, 1],
          [0, 1],
        ],
      ),
    /axis 1 has 2.5 steps/,
  );
  assert.throws(() => gridPoints([3], [[1, -1]]), /axis 0 has the range \[1, -1\]/);
  assert.throws(() => gridPoints([3], [[0, Number.NaN]]), /axis 0 has the range \[0, NaN\]/);
  assert.throws(() => gridPoints([3], [[2, 2]]), /empty range \[2, 2\]/);
  assert.throws(() => gridPoints([3], [[-1, 1]]).coordinatesOf(2, 2), /vertices 2 … 3 of a grid with 3/);
});
