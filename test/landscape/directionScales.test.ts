import assert from "node:assert/strict";
import { test } from "node:test";
import { directionScales } from "../../src/landscape/directionScales.js";

test("relative scales make a coefficient of 1 a step of the length of θ", () => {
  const theta = Float64Array.of(3, 4);
  const directions = [Float64Array.of(0, 2), Float64Array.of(10, 0)];
  assert.deepEqual([...directionScales("direction", directions, theta)], [1, 1]);
  assert.deepEqual([...directionScales("relative", directions, theta)], [2.5, 0.5]);
  assert.throws(() => directionScales("relative", [new Float64Array(2)], theta), /direction 1 has norm 0/);
  assert.throws(() => directionScales("relative", directions, new Float64Array(2)), /the weights 0/);
});
