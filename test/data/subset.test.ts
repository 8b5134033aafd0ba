import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { partSizes, splitRows } from "../../src/data/splitRows.js";
import { drawSubset } from "../../src/data/subset.js";

const labelled = fc.array(fc.nat(8), { minLength: 1, maxLength: 200 });

test("without limit and fraction all rows come in order; with them as many as they say", () => {
  assert.deepEqual([...drawSubset({ count: 4 }, { seed: 3 })], [0, 1, 2, 3]);
  assert.equal(drawSubset({ count: 40 }, { limit: 7, seed: 3 }).length, 7);
  assert.equal(drawSubset({ count: 4 }, { limit: 7, seed: 3 }).length, 4);
  assert.equal(drawSubset({ count: 40 }, { fraction: 0.26, seed: 3 }).length, 10);
  assert.equal(drawSubset({ count: 40 }, { fraction: 0.001, seed: 3 }).length, 1);
  assert.equal(drawSubset({ count: 40 }, { fraction: 0.5, limit: 8, seed: 3 }).length, 8);
  assert.notDeepEqual(
    drawSubset({ count: 40 }, { limit: 9, seed: 3 }),
    drawSubset({ count: 40 }, { limit: 9, seed: 4 }),
  );
});

test("a smaller subset begins a larger one, and no row comes twice", () => {
  fc.assert(
    fc.property(labelled, fc.boolean(), fc.nat(99), (labels, stratify, seed) => {
      const source = { count: labels.length, labels };
      const all = drawSubset(source, { fraction: 1, stratify, seed });
      assert.deepEqual(
        [...all].sort((a, b) => a - b),
        labels.map((_, row) => row),
      );
      for (const limit of [1, Math.ceil(labels.length / 3), labels.length]) {
        assert.deepEqual(drawSubset(source, { limit, stratify, seed }), all.slice(0, limit));
      }
    }),
    { seed: 11, numRuns: 100 },
  );
});

test("a stratified subset of any size has each class's share to less than one sample", () => {
  fc.assert(
    fc.property(labelled, fc.nat(99), (labels, seed) => {
      const rows = drawSubset({ count: labels.length, labels }, { fraction: 1, stratify: true, seed });
      const total = new Map<number, number>();
      for (const label of labels) total.set(label, (total.get(label) ?? 0) + 1);
      const taken = new Map<number, number>();
      rows.forEach((row, n) => {
        taken.set(labels[row], (taken.get(labels[row]) ?? 0) + 1);
        for (const [label, size] of total) {
          const share = (size * (n + 1)) / labels.length;
          assert.ok(Math.abs((taken.get(label) ?? 0) - share) < 1, `class ${label} at ${n + 1}`);
        }
      });
    }),
    { seed: 12, numRuns: 100 },
  );
});

test("a stratified draw needs classes", () => {
  assert.throws(() => drawSubset({ count: 9 }, { limit: 3, stratify: true, seed: 0 }), /needs classes/);
});

test("the parts of a split are disjoint, in order, of the sizes asked for, and together all", () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 300 }), fc.nat(99), (count, splitSeed) => {
      const options = { testFraction: 0.2, validationFraction: 0.1, splitSeed };
      const parts = (["train", "validation", "test"] as const).map((part) => splitRows(count, part, options));
      assert.deepEqual(
        parts.map(({ length }) => length),
        [count - Math.round(0.2 * count) - Math.round(0.1 * count), Math.round(0.1 * count), Math.round(0.2 * count)],
      );
      for (const part of parts) assert.deepEqual(part, part.toSorted());
      const all = parts.flatMap((part) => [...part]).sort((a, b) => a - b);
      assert.deepEqual(all, [...splitRows(count, "all", options)]);
    }),
    { seed: 13, numRuns: 50 },
  );
});

test("a part without samples is an error", () => {
  assert.throws(() => partSizes(10, "validation", 0.2, 0), /the part validation of 10 is empty.*validationFraction 0/);
});
