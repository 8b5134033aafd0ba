import assert from "node:assert/strict";
import { test } from "node:test";
import { floorOf, spread } from "../../../stages/plots/spread.js";

test("an interval of counts does not reach below 0, and one of numbers of both signs does", () => {
  // Mean 3, sample standard deviation √27 ≈ 5.2.
  const counts = Float64Array.of(0, 0, 9);
  const { mean, low, high } = spread(counts, "deviation", floorOf(counts));
  assert.deepEqual([mean, low], [3, 0]);
  assert.ok(Math.abs(high - 3 - Math.sqrt(27)) < 1e-12);
  assert.equal(spread(counts, "confidence", floorOf(counts)).low, 0);
  const signed = Float64Array.of(0, 0, 9, -1);
  assert.ok(spread(counts, "deviation", floorOf(signed)).low < -2);
});

test("a floor changes no interval above it, and a missing number is no negative one", () => {
  const values = Float64Array.of(10, 12, Number.NaN);
  assert.equal(floorOf(values), 0);
  assert.deepEqual(spread(values, "deviation", 0), spread(values, "deviation"));
});
