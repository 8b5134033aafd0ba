import assert from "node:assert/strict";
import { test } from "node:test";
import { lossScale, lossScaleOf, scaleFraction } from "../../src/figures/lossScale.js";

test("losses get a log scale when all are positive and more than two decades apart", () => {
  assert.equal(lossScale([1, 101])?.type, "log");
  assert.equal(lossScale([1, 100])?.type, "linear");
  assert.equal(lossScale([0, 1e6])?.type, "linear");
  assert.equal(lossScale([-1, 1e6])?.type, "linear");
  assert.equal(lossScaleOf([1e-9, 1e5]).type, "log");
});

test("zeros have a place below a log axis where the other losses need one", () => {
  const scale = lossScale([0, 1e-6, 1e-4, 1e-2, 1, 1000])!;
  assert.deepEqual([scale.type, scale.domain, scale.below], ["log", [1e-6, 1000], "0"]);
  const at = [0, 1e-6, 1000].map((loss) => scaleFraction(scale, loss));
  assert.ok(0 < at[0] && at[0] < at[1] && at[1] < 0.1 && at[2] === 1, String(at));
  assert.equal(lossScale([0, 100, 200, 300, 1])?.type, "linear");
  assert.equal(lossScale([-1, 1e-3, 10], 0, "log")?.below, "≤ 0");
  assert.equal(lossScale([-1, -2], 0, "log")?.type, "linear", "there is no log axis without a value above 0");
});

test("the domain holds every finite value and ignores the others", () => {
  assert.deepEqual(lossScale([3, Number.NaN, 1, Infinity, 2])?.domain, [1, 3]);
  assert.equal(lossScale([Number.NaN, Infinity]), undefined);
  assert.equal(lossScale([]), undefined);
});

test("a margin widens the domain in the scale's own measure", () => {
  assert.deepEqual(lossScale([0, 10], 0.1)?.domain, [-1, 11]);
  const [low, high] = lossScale([1, 1e4], 0.25)!.domain;
  assert.ok(Math.abs(low - 0.1) < 1e-12 && Math.abs(high - 1e5) < 1e-6);
});

test("a constant, or one up to rounding, has room around it", () => {
  assert.deepEqual(lossScale([5, 5])?.domain, [4.5, 5.5]);
  assert.deepEqual(lossScale([0, 0])?.domain, [-1, 1]);
  const [low, high] = lossScale([1, 1 + 2 ** -52])!.domain;
  assert.ok(low < 0.95 && high > 1.05);
});

test("a fraction of the scale runs from its lower to its upper end", () => {
  assert.equal(scaleFraction({ type: "linear", domain: [2, 4] }, 3), 0.5);
  assert.ok(Math.abs(scaleFraction({ type: "log", domain: [1e-2, 1e4] }, 10) - 0.5) < 1e-15);
});
