import assert from "node:assert/strict";
import { test } from "node:test";
import { iterateUpdates } from "../../src/training/firstOrder.js";
import { inTurn, type Method } from "../../src/training/inTurn.js";
import { lbfgs } from "../../src/training/lbfgs.js";
import type { Evaluate, Iterate, OptimizerState } from "../../src/training/optimization.js";
import { sgd } from "../../src/training/sgd.js";
import { createUpdate } from "../../src/training/update.js";

/** x² + 10y² */
const bowl: Evaluate = async ([x, y]) => ({ loss: x * x + 10 * y * y, gradient: Float64Array.of(2 * x, 20 * y) });
const start = Float64Array.of(3, 1);

const descend =
  (maxIterations: number): Method =>
  (from, resume, onIteration) => {
    const update = createUpdate(sgd({ momentum: 0.5, nesterov: false, weightDecay: 0 }), 2);
    return iterateUpdates(bowl, from, update, { maxIterations, lr: () => 0.01, resume }, onIteration);
  };
const quasiNewton: Method = (from, resume, onIteration) =>
  lbfgs(bowl, from, { lr: 1, historySize: 5, maxIterations: 20, resume }, onIteration);

test("each method begins where the one before it ends, and iterations are counted on", async () => {
  const seen: { iteration: number; loss: number }[] = [];
  const whole = await inTurn([descend(4), quasiNewton], start, undefined, async ({ iteration, loss }) => {
    seen.push({ iteration, loss });
    return false;
  });
  const first = await descend(4)(start, undefined, async () => false, 0);
  const second = await quasiNewton(first.theta, undefined, async () => false, 0);
  assert.deepEqual(whole.theta, second.theta);
  assert.equal(whole.iterations, 4 + second.iterations);
  assert.equal(whole.evaluations, first.evaluations + second.evaluations);
  assert.equal(whole.reason, second.reason);
  assert.deepEqual(
    seen.map(({ iteration }) => iteration),
    Array.from({ length: whole.iterations + 1 }, (_, i) => i),
  );
  assert.deepEqual(
    seen.map(({ loss }) => loss),
    [...first.losses, ...second.losses.subarray(1)],
  );
});

test("a run continues from every state that it gave, in whichever method", async () => {
  const methods = [descend(3), quasiNewton, descend(2)];
  const states: OptimizerState[] = [];
  const keep = async ({ state }: Iterate) => {
    if (state) states.push(structuredClone(state()));
    return false;
  };
  const whole = await inTurn(methods, start, undefined, keep);
  assert.ok(new Set(states.map(({ turn }) => turn?.method)).size === 3);
  for (const state of [...states]) {
    const again = await inTurn(methods, start, state, async () => false);
    assert.deepEqual(again, whole, `from iteration ${state.iteration}`);
  }
});

test("an early stop in one method ends the run", async () => {
  const whole = await inTurn([descend(4), quasiNewton], start, undefined, async ({ iteration }) => iteration === 2);
  assert.deepEqual([whole.iterations, whole.reason], [2, "early stop"]);
});
