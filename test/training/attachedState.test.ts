import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { attachedState } from "../../src/training/attachedState.js";
import type { TrainingState } from "../../src/training/trainingRecord.js";

test("any numbers come back with the state that they were attached to", () => {
  const number = fc.double({ noNaN: true });
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (numbers, width) => {
      const state: TrainingState = {
        facts: { iteration: 3 },
        vectors: [new Float64Array(width).fill(1), new Float64Array(width).fill(2)],
      };
      let saved: TrainingState | undefined;
      const hooks = { save: (of: () => TrainingState) => (saved = of()), progress: () => {} };
      attachedState(hooks, () => Float64Array.from(numbers)).hooks.save(() => state);
      assert.ok(saved?.vectors.every((vector) => vector.length === width));
      const again = attachedState({ ...hooks, resume: saved }, () => new Float64Array(0));
      assert.deepEqual(again.hooks.resume, state);
      assert.deepEqual(again.left, Float64Array.from(numbers));
    }),
  );
  assert.equal(attachedState({ save: () => {}, progress: () => {} }, () => new Float64Array(1)).left, undefined);
});
