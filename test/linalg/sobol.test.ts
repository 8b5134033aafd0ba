import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SOBOL_DIMENSIONS, sobolPoints } from "../../src/linalg/sobol.js";

test("the first points are those that are published", () => {
  assert.deepEqual(
    [...sobolPoints(3)(0, 8)],
    [
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
    ].flat(),
  );
});

test("point 1000 in all dimensions is that of SciPy's generator with the same direction numbers", () => {
  assert.deepEqual(
    [...sobolPoints(SOBOL_DIMENSIONS)(1000, 1)],
    [
      0.2197265625, 0.0966796875, 0.5185546875, 0.6767578125, 0.2802734375, 0.9072265625, 0.0458984375, 0.8994140625,
      0.5009765625, 0.0693359375, 0.0849609375, 0.2548828125, 0.1611328125, 0.3837890625, 0.1435546875, 0.3701171875,
    ],
  );
});

test("any 2^m points from a multiple of 2^m on: one in each of 2^m intervals of a coordinate, scrambled or not", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9 }),
      fc.nat(50),
      fc.option(fc.nat(), { nil: undefined }),
      (m, block, seed) => {
        const count = 2 ** m;
        const points = sobolPoints(SOBOL_DIMENSIONS, seed)(block * count, count);
        for (let k = 0; k < SOBOL_DIMENSIONS; k++) {
          const intervals = Array.from({ length: count }, (_, i) =>
            Math.floor(count * points[i * SOBOL_DIMENSIONS + k]),
          );
          assert.deepEqual(
            intervals.sort((a, b) => a - b),
            [...Array(count).keys()],
          );
        }
      },
    ),
    { seed: 1, numRuns: 40 },
  );
});

test("the first two coordinates are a (0, m, 2)-net: one point in every rectangle 2^-p × 2^-(m-p)", () => {
  const m = 8;
  for (const seed of [undefined, 0, 7]) {
    const points = sobolPoints(2, seed)(0, 2 ** m);
    for (let p = 0; p <= m; p++) {
      const cells = Array.from(
        { length: 2 ** m },
        (_, i) => 2 ** (m - p) * Math.floor(2 ** p * points[2 * i]) + Math.floor(2 ** (m - p) * points[2 * i + 1]),
      );
      assert.equal(new Set(cells).size, 2 ** m);
    }
  }
});

test("scrambled points integrate a smooth function far better than their number of random ones, without bias", () => {
  // ∏ (1 + ½(x − ½)) has the mean 1; random points have the error 0.3/√n.
  const n = 1024;
  const errors = Array.from({ length: 20 }, (_, seed) => {
    const points = sobolPoints(4, seed)(0, n);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      sum += points.subarray(4 * i, 4 * i + 4).reduce((product, x) => product * (1 + 0.5 * (x - 0.5)), 1);
    }
    return sum / n - 1;
  });
  assert.ok(errors.every((error) => Math.abs(error) < 0.03 * (0.3 / Math.sqrt(n))));
  assert.ok(errors.some((error) => error > 0) && errors.some((error) => error < 0));
});

test("the points do not depend on where one begins; each seed and each dimension is scrambled in its own way", () => {
  const points = sobolPoints(2, 3);
  assert.deepEqual(points(5, 4), points(0, 9).slice(10));
  const [a, b] = [points(0, 1), sobolPoints(2, 4)(0, 1)];
  assert.equal(new Set([...a, ...b]).size, 4);
});

test("too many dimensions, and points past the last, are refused", () => {
  assert.throws(() => sobolPoints(17), /Sobol points cannot have 17 dimensions; expected 1 to 16/);
  assert.throws(() => sobolPoints(1)(2 ** 32 - 1, 2), /there are 2³²/);
});
