import assert from "node:assert/strict";
import { test } from "node:test";
import { spread } from "../../src/embedding/spread.js";

test("two trajectories on a square: six distances, strides of a side, ends a diagonal apart", () => {
  // b ← b   the one along the top to the left,
  // a → a   the other along the bottom to the right
  const points = Float64Array.of(0, 0, 1, 1, 1, 0, 0, 1);
  const found = spread(points, 2, Int32Array.of(0, 1, 0, 1));
  assert.deepEqual([...found.distances].sort(), [1, 1, 1, 1, Math.SQRT2, Math.SQRT2]);
  assert.equal(found.stride, 1);
  assert.equal(found.endDistance, Math.SQRT2);
  const single = spread(Float64Array.of(0, 3, 7), 1, Int32Array.of(4, 4, 4));
  assert.deepEqual([single.stride, single.endDistance], [3.5, NaN]);
});
