import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pearson } from "../../src/linalg/pearson.js";

test("the correlation of four pairs is their covariance over both deviations", () => {
  // Σ(x−2.5)(y−3) = 5, over √(5 · 10)
  assert.ok(Math.abs(pearson([1, 2, 3, 4], [2, 1, 5, 4]) - 5 / Math.sqrt(50)) < 1e-15);
  assert.ok(Number.isNaN(pearson([1, 1], [2, 3])));
  assert.ok(Number.isNaN(pearson([1], [2])));
});

test("a correlation is within ±1, symmetric, and only the sign of a change of units shows", () => {
  const list = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(list, list, fc.constantFrom(-3, -1, 0.5, 4), (x, y, factor) => {
      const found = pearson(x, y);
      fc.pre(!Number.isNaN(found));
      assert.ok(found >= -1 && found <= 1 && Math.abs(found - pearson(y, x)) < 1e-14);
      const scaled = pearson(
        x.map((value) => factor * value + 7),
        y,
      );
      assert.ok(Math.abs(scaled - Math.sign(factor) * found) < 1e-12);
    }),
    { seed: 1 },
  );
});
