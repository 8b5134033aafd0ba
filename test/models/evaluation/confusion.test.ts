import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  accuracies,
  accuracy,
  type Confusion,
  countConfusion,
  emptyConfusion,
  intersectionsOverUnions,
  meanOfPresent,
} from "../../../src/models/evaluation/confusion.js";

function confusionOf(labels: number[], predicted: number[], classes: number): Confusion {
  const confusion = emptyConfusion(classes);
  countConfusion(confusion, labels, predicted);
  return confusion;
}

test("two classes by hand", () => {
  //            predicted 0  1
  // label 0              2  1
  // label 1              0  1
  const confusion = confusionOf([0, 0, 0, 1], [0, 0, 1, 1], 2);
  assert.deepEqual([...confusion.counts], [2, 1, 0, 1]);
  assert.equal(accuracy(confusion), 3 / 4);
  assert.deepEqual([...accuracies(confusion)], [2 / 3, 1]);
  // Class 0 lies at three places and is predicted at two of them; class 1 lies at one and is predicted at two.
  assert.deepEqual([...intersectionsOverUnions(confusion)], [2 / 3, 1 / 2]);
});

test("overlaps of a segmented strip by hand", () => {
  // label      0 0 0 1 1 1 1 2
  // predicted  0 0 1 1 1 2 2 2      intersections 2, 2, 1; unions 3, 5, 3
  const confusion = confusionOf([0, 0, 0, 1, 1, 1, 1, 2], [0, 0, 1, 1, 1, 2, 2, 2], 3);
  const overlaps = intersectionsOverUnions(confusion);
  assert.deepEqual([...overlaps], [2 / 3, 2 / 5, 1 / 3]);
  assert.ok(Math.abs(meanOfPresent(overlaps) - 7 / 15) < 1e-15);
});

test("a class that is nowhere is left out of the mean; one that is only predicted counts as 0", () => {
  const absent = confusionOf([0, 0, 1], [0, 0, 1], 3);
  assert.deepEqual([...intersectionsOverUnions(absent)], [1, 1, Number.NaN]);
  assert.equal(meanOfPresent(intersectionsOverUnions(absent)), 1);
  assert.deepEqual([...accuracies(absent)], [1, 1, Number.NaN]);
  const imagined = confusionOf([0, 0, 1], [0, 2, 1], 3);
  assert.deepEqual([...intersectionsOverUnions(imagined)], [1 / 2, 1, 0]);
  assert.equal(meanOfPresent(intersectionsOverUnions(imagined)), 1 / 2);
});

test("all wrong is 0, nothing at all is NaN", () => {
  const wrong = confusionOf([0, 1, 2], [1, 2, 0], 3);
  assert.equal(accuracy(wrong), 0);
  assert.deepEqual([...intersectionsOverUnions(wrong)], [0, 0, 0]);
  assert.equal(meanOfPresent(intersectionsOverUnions(wrong)), 0);
  assert.ok(Number.isNaN(accuracy(emptyConfusion(3))));
  assert.ok(Number.isNaN(meanOfPresent(intersectionsOverUnions(emptyConfusion(3)))));
});

test("what has no prediction is wrong, and of no other class", () => {
  const confusion = confusionOf([0, 0, 1], [0, -1, 1], 2);
  assert.deepEqual([...confusion.counts], [1, 0, 0, 1]);
  assert.deepEqual([...confusion.unpredicted], [1, 0]);
  assert.equal(accuracy(confusion), 2 / 3);
  assert.deepEqual([...intersectionsOverUnions(confusion)], [1 / 2, 1]);
});

test("what is not a class is refused with its place", () => {
  assert.throws(() => confusionOf([0, 3], [0, 0], 3), /label 1 is 3; expected a whole number from 0 to 2/);
  assert.throws(() => confusionOf([0.5], [0], 3), /label 0 is 0\.5/);
  assert.throws(() => confusionOf([0], [-2], 3), /prediction 0 is -2; expected .* 0 to 2, or -1/);
  assert.throws(() => confusionOf([0], [], 3), /1 labels but 0 predictions/);
});

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -1, max: 4 })), { minLength: 1 });
const split = (all: [number, number][]) =>
  confusionOf(
    all.map(([label]) => label),
    all.map(([, guess]) => guess),
    5,
  );

test("every place is counted once, accuracy is the diagonal's share, overlaps lie below the accuracy of their class", () => {
  fc.assert(
    fc.property(pairs, (all) => {
      const confusion = split(all);
      const total = [...confusion.counts, ...confusion.unpredicted].reduce((sum, count) => sum + count, 0);
      assert.equal(total, all.length);
      const trace = [0, 1, 2, 3, 4].reduce((sum, c) => sum + confusion.counts[6 * c], 0);
      assert.equal(accuracy(confusion), trace / all.length);
      const recall = accuracies(confusion);
      for (const [c, overlap] of intersectionsOverUnions(confusion).entries()) {
        if (Number.isNaN(overlap)) continue;
        assert.ok(overlap >= 0 && overlap <= 1);
        if (!Number.isNaN(recall[c])) assert.ok(overlap <= recall[c]);
      }
    }),
    { seed: 1 },
  );
});

test("the order of places and how they are cut into batches change nothing; new names for classes move the counts", () => {
  fc.assert(
    fc.property(pairs, fc.nat(), (all, cut) => {
      const whole = split(all);
      assert.deepEqual(split([...all].reverse()), whole);
      const inBatches = emptyConfusion(5);
      const at = cut % all.length;
      for (const part of [all.slice(at), all.slice(0, at)]) {
        countConfusion(
          inBatches,
          part.map(([label]) => label),
          part.map(([, guess]) => guess),
        );
      }
      assert.deepEqual(inBatches, whole);
      const renamed = split(all.map(([label, guess]) => [(label + 1) % 5, guess < 0 ? guess : (guess + 1) % 5]));
      assert.equal(accuracy(renamed), accuracy(whole));
      const moved = intersectionsOverUnions(whole);
      assert.deepEqual([...intersectionsOverUnions(renamed)], [moved[4], ...moved.slice(0, 4)]);
    }),
    { seed: 2 },
  );
});
