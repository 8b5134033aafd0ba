import assert from "node:assert/strict";
import { test } from "node:test";
import { adam } from "../../src/training/adam.js";
import { iterateUpdates } from "../../src/training/firstOrder.js";
import type { Evaluate } from "../../src/training/optimization.js";
import { sgd } from "../../src/training/sgd.js";
import { createUpdate, type UpdateRule } from "../../src/training/update.js";

/** x²/2 in one dimension: the gradient is x. */
const bowl: Evaluate = async (theta) => ({ loss: theta[0] ** 2 / 2, gradient: theta });

async function path(rule: UpdateRule, lr: number, maxIterations: number): Promise<number[]> {
  const points: number[] = [];
  await iterateUpdates(bowl, one, createUpdate(rule, 1), { lr: () => lr, maxIterations }, ({ theta }) => {
    points.push(theta[0]);
  });
  return points;
}

function assertNear(found: number[], expected: number[]): void {
  assert.equal(found.length, expected.length);
  for (const [k, x] of expected.entries()) assert.ok(Math.abs(found[k] - x) < 1e-14, `${k}: ${found[k]} ${x}`);
}

const one = Float64Array.of(1);

test("gradient descent on x²/2 shrinks x by 1 − lr", async () => {
  assertNear(await path(sgd(), 0.1, 3), [1, 0.9, 0.81, 0.729]);
});

test("momentum 0.9: v = 1, 1.8, 2.34", async () => {
  assertNear(await path(sgd({ momentum: 0.9 }), 0.1, 3), [1, 0.9, 0.72, 0.486]);
});

test("Nesterov's step looks ahead: 1 − 0.1·(1 + 0.9), then 0.81 − 0.1·(0.81 + 0.9·1.71)", async () => {
  assertNear(await path(sgd({ momentum: 0.9, nesterov: true }), 0.1, 2), [1, 0.81, 0.5751]);
});

test("Nesterov without momentum is refused", () => {
  assert.throws(() => sgd({ nesterov: true }), /momentum above 0, found 0/);
});

test("Adam's first three steps on x²/2", async () => {
  // m̂ = 1, .947…, …; v̂ = 1, .904…, … (computed with 30 digits)
  const expected = [1, 0.900000001, 0.8004122297123374, 0.7015862745044142];
  assertNear(await path(adam(), 0.1, 3), expected);
});

test("ε and the decay rates have their places", async () => {
  // One step from 1: m̂ = g and v̂ = g² whatever the rates, so x = 1 − lr·g/(|g| + ε).
  assertNear(await path(adam({ betas: [0.3, 0.6], epsilon: 1 }), 0.5, 1), [1, 0.75]);
});

test("the result is the last iterate, with one loss more than there are steps", async () => {
  for (const run of [sgd, adam]) {
    const result = await iterateUpdates(bowl, one, createUpdate(run(), 1), { lr: () => 0.1, maxIterations: 4 });
    assert.equal(result.reason, "maximum iterations");
    assert.equal(result.iterations, 4);
    assert.equal(result.losses.length, 5);
    assert.equal(result.evaluations, 5);
    assert.equal(result.losses[4], result.loss);
    assert.equal(result.loss, result.theta[0] ** 2 / 2);
    assert.equal(result.gradientNorm, Math.abs(result.theta[0]));
  }
  assert.equal(one[0], 1, "the start is left alone");
});

test("a run that diverges ends with its last finite point", async () => {
  const wall: Evaluate = async ([x]) => ({ loss: x > 0.8 ? x : Number.NaN, gradient: Float64Array.of(1) });
  for (const run of [sgd, adam]) {
    const result = await iterateUpdates(wall, one, createUpdate(run(), 1), { lr: () => 0.15, maxIterations: 100 });
    assert.equal(result.reason, "non-finite loss");
    assert.equal(result.iterations, 1);
    assert.equal(result.evaluations, 3);
    assert.ok(Math.abs(result.theta[0] - 0.85) < 1e-8);
    assert.equal(result.loss, result.theta[0]);
  }
});

test("a start that is not finite is reported as it is", async () => {
  const nowhere: Evaluate = async () => ({ loss: Number.NaN, gradient: one });
  const result = await iterateUpdates(nowhere, one, createUpdate(sgd(), 1), { lr: () => 1, maxIterations: 3 });
  assert.equal(result.reason, "non-finite loss");
  assert.ok(Number.isNaN(result.loss));
  assert.deepEqual(result.theta, one);
  assert.equal(result.evaluations, 1);
});
