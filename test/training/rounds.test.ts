import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { roundsOf } from "../../src/training/rounds.js";

test("ten iterations in rounds of four", () => {
  assert.deepEqual(roundsOf(10, 4), [
    { start: 0, length: 4 },
    { start: 4, length: 4 },
    { start: 8, length: 2 },
  ]);
  assert.deepEqual(roundsOf(0, 0), [{ start: 0, length: 0 }], "an optimizer without iterations has a round");
});

test("rounds follow one another and have all iterations", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 600 }), (iterations, every) => {
      const rounds = roundsOf(iterations, every);
      assert.equal(
        rounds.reduce((sum, { start, length }) => {
          assert.equal(start, sum);
          assert.ok(length > 0 && length <= every);
          return sum + length;
        }, 0),
        iterations,
      );
    }),
  );
});
