import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { kernelBalance } from "../../src/training/kernelBalance.js";

const evaluate = async () => ({ loss: 0, gradient: new Float64Array(1) });
const theta = new Float64Array(1);

/** The weights after one change, for these traces. */
async function after(traces: readonly number[], momentum: number, start: readonly number[], weights = traces.length) {
  const loss = { weights: new Float64Array(weights), evaluate };
  const balanced = kernelBalance(loss, async () => traces, { every: 1, momentum }, { start, until: 2 });
  await balanced.after(theta, 0);
  await balanced.evaluate(theta);
  assert.deepEqual([...loss.weights], balanced.current());
  return balanced.current();
}

test("a weight is the sum of all traces over its own", async () => {
  // traces 1, 2, 5: together 8
  assert.deepEqual(await after([1, 2, 5], 0, [1, 1, 1]), [8, 4, 1.6]);
  assert.deepEqual(await after([1, 2, 5], 0.5, [2, 2, 2]), [5, 3, 1.8]);
});

test("a term whose kernel vanishes keeps its weight", async () => {
  assert.deepEqual(await after([3, 0, 5], 0, [1, 7, 1]), [8 / 3, 7, 1.6]);
});

test("the weighted traces of all terms agree, and no weight is below 1", async () => {
  const traces = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(traces, async (found) => {
      const weights = await after(
        found,
        0,
        found.map(() => 1),
      );
      const total = found.reduce((sum, trace) => sum + trace, 0);
      for (const [i, weight] of weights.entries()) {
        assert.ok(Math.abs(weight * found[i] - total) <= 1e-12 * total);
        assert.ok(weight >= 1);
      }
    }),
  );
});
