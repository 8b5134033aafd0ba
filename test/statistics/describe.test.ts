import assert from "node:assert/strict";
import { test } from "node:test";
import { moments, quantileClasses, quantiles } from "../../src/statistics/describe.js";

test("moments and quantiles of five numbers, as numpy has them", () => {
  const values = Float64Array.of(5, 1, 4, 2, 9);
  const { mean, deviation } = moments(values);
  assert.ok(Math.abs(mean - 4.2) < 1e-14 && Math.abs(deviation ** 2 - 9.7) < 1e-14);
  // numpy.quantile(x, linspace(0, 1, 6))
  const expected = [1, 1.8, 3.2, 4.4, 5.8, 9];
  for (const [i, x] of quantiles(values, 6).entries()) assert.ok(Math.abs(x - expected[i]) < 1e-14);
  assert.deepEqual([...quantiles(Float64Array.of(NaN, 1, Infinity), 3)], [1, Infinity, Infinity]);
  assert.deepEqual([...quantiles(Float64Array.of(3), 2)], [3, 3]);
  assert.ok(Number.isNaN(moments(Float64Array.of(3)).deviation));
  assert.throws(() => quantiles(new Float64Array(0), 3), /quantiles need a value, found none/);
});

test("quantile classes are equally large where values differ; equal values share the lowest of their classes", () => {
  assert.deepEqual([...quantileClasses(Float64Array.of(9, 1, 8, 2, 7, 3), 3)], [2, 0, 2, 0, 1, 1]);
  assert.deepEqual([...quantileClasses(Float64Array.of(1, 1, 1, 2), 2)], [0, 0, 0, 1]);
});

test("moments of numbers of any size are those of the same numbers at another scale, to the last bit", () => {
  const values = [5, 1, 4, 2, 9, -3.5];
  const { mean, deviation } = moments(Float64Array.from(values));
  for (const power of [-900, -660, 660, 1020]) {
    const scaled = moments(Float64Array.from(values, (x) => x * 2 ** power));
    assert.equal(scaled.mean, mean * 2 ** power);
    assert.equal(scaled.deviation, deviation * 2 ** power);
  }
  assert.deepEqual(moments(Float64Array.of(0, 0)), { mean: 0, deviation: 0 });
  assert.equal(moments(Float64Array.of(1, Infinity)).mean, Infinity);
});
