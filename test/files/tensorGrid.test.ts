import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tensorGrid } from "../../src/files/tensorGrid.js";

const about = { name: "a.csv", names: ["x", "y"], placeOf: (row: number) => `line ${row + 2}` };
const grid = (x: number[], y: number[], loss: number[]) =>
  tensorGrid([Float64Array.from(x), Float64Array.from(y)], Float64Array.from(loss), about);

test("lines in any order become a grid, first axis fastest", () => {
  //  y = 5 | 3  4
  //  y = 2 | 1  2
  //     x = -1  0
  assert.deepEqual(grid([0, -1, 0, -1], [5, 2, 2, 5], [4, 1, 2, 3]), {
    axes: [Float64Array.of(-1, 0), Float64Array.of(2, 5)],
    values: Float64Array.of(1, 2, 3, 4),
  });
});

test("a point that is missing, there twice, or nowhere is told", () => {
  assert.throws(
    () => grid([0, 1, 0], [0, 0, 1], [1, 2, 3]),
    /^Error: a\.csv has 3 points, which do not fill the grid of their coordinates, 2 × 2: x = 1, y = 1 is missing$/,
  );
  assert.throws(
    () => grid([0, 1, 0, 0], [0, 0, 1, 0], [1, 2, 3, 4]),
    /a\.csv has the point x = 0, y = 0 twice \(line 2 and line 5\)/,
  );
  assert.throws(() => grid([0, NaN], [0, 0], [1, 2]), /a\.csv: x is NaN \(line 3\); expected a finite coordinate/);
});

test("shuffling the lines of a grid changes nothing", () => {
  const cases = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
    .chain(([nx, ny]) =>
      fc.tuple(fc.constant(nx), fc.constant(ny), fc.array(fc.nat(), { minLength: nx * ny, maxLength: nx * ny })),
    );
  fc.assert(
    fc.property(cases, ([nx, ny, keys]) => {
      const rows = keys.map((_, v) => v).sort((u, v) => keys[u] - keys[v]);
      const { axes, values } = grid(
        rows.map((v) => (v % nx) / 3),
        rows.map((v) => -1 / (1 + Math.floor(v / nx))),
        rows,
      );
      assert.deepEqual([axes[0].length, axes[1].length], [nx, ny]);
      assert.deepEqual(
        [...values],
        keys.map((_, v) => v),
      );
    }),
    { seed: 5, numRuns: 100 },
  );
});
