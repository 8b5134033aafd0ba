import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { classScores } from "../../../src/models/evaluation/classScores.js";

const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-12, `${found}, ${expected}`);

test("three places by hand", () => {
  // A column a place: probabilities 3/4 and 1/4, a draw, 1/10 and 9/10.
  const logits = Float64Array.of(Math.log(3), 5, Math.log(0.1), 0, 5, Math.log(0.9));
  const scores = classScores(logits, 2, [0, 1, 0]);
  assert.deepEqual([...scores.predicted], [0, 0, 1], "of equal ones the first");
  for (const [i, p] of [3 / 4, 1 / 2, 9 / 10].entries()) close(scores.probability[i], p);
  for (const [i, p] of [3 / 4, 1 / 2, 1 / 10].entries()) close(scores.crossEntropy[i], -Math.log(p));
  for (const [i, p] of [3 / 4, 1 / 2, 1 / 10].entries()) {
    close(scores.uniformCrossEntropy[i], -(Math.log(p) + Math.log(1 - p)) / 2);
  }
});

test("huge logits neither overflow nor lose the cross-entropy", () => {
  const { crossEntropy, probability } = classScores(Float64Array.of(1e4, 1e4 - 800), 2, [1]);
  assert.deepEqual([crossEntropy[0], probability[0]], [800, 1]);
});

test("a place with a logit that is not finite has no prediction, and its neighbours keep theirs", () => {
  for (const wrong of [Number.NaN, Infinity, -Infinity]) {
    for (const at of [0, 1, 2]) {
      const logits = Float64Array.of(1, 0, 0, 0, 0, 0);
      logits[2 * at + 1] = wrong;
      const scores = classScores(logits, 3, [0, 0]);
      assert.deepEqual([...scores.predicted], [0, -1], `${wrong} at ${at}`);
      assert.ok(Number.isNaN(scores.crossEntropy[1]) && Number.isNaN(scores.probability[1]));
      assert.ok(Number.isFinite(scores.crossEntropy[0]));
    }
  }
});

test("the same number added to all logits of a place changes nothing; probabilities of all labels add up to 1", () => {
  const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(logits, fc.double({ min: -50, max: 50, noNaN: true }), (values, shift) => {
      const ofLabel = (by: number, label: number) =>
        classScores(
          Float64Array.from(values, (v) => v + by),
          4,
          [label],
        );
      const all = [0, 1, 2, 3].map((label) => Math.exp(-ofLabel(0, label).crossEntropy[0]));
      close(
        all.reduce((sum, p) => sum + p, 0),
        1,
      );
      assert.equal(Math.max(...all).toFixed(12), ofLabel(0, 0).probability[0].toFixed(12));
      close(ofLabel(shift, 2).crossEntropy[0], ofLabel(0, 2).crossEntropy[0]);
    }),
    { seed: 1 },
  );
});

test("logits of another number are refused", () => {
  assert.throws(() => classScores(new Float64Array(5), 2, [0, 1]), /5 logits for 2 labels; expected 2 per label/);
});
