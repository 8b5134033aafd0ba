import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pieceCount, pieceRange } from "../../src/landscape/pieces.js";

test("pieces hold each sample once, in order, begin at whole runs, and are about equally long", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e7 }),
      fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
      (size, given) => {
        const count = given ?? pieceCount(size);
        const ranges = Array.from({ length: count }, (_, index) => pieceRange(size, { index, count }));
        assert.equal(ranges[0].start, 0);
        assert.equal(ranges[count - 1].end, size);
        for (const [i, { start, end }] of ranges.entries()) {
          assert.ok(start <= end && start % 16 === 0);
          if (i > 0) assert.equal(start, ranges[i - 1].end);
        }
        const lengths = ranges.map(({ start, end }) => end - start);
        assert.ok(Math.max(...lengths) - Math.min(...lengths) < 32);
        if (given === undefined) assert.ok(Math.min(...lengths) > 0);
      },
    ),
    { seed: 4, numRuns: 100 },
  );
});

test("a kill in the middle of 41³ repeats less than 5 % of the finished work, with up to 8 workers", () => {
  // each worker loses at most the piece that it was at
  assert.ok(8 / pieceCount(41 ** 3) <= 0.05 * 0.5);
});
