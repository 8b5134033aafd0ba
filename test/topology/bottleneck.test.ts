import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../src/linalg/random.js";
import { bottleneckDistance } from "../../src/topology/bottleneck.js";
import type { Diagram } from "../../src/topology/diagram.js";
import { mergeTree } from "../../src/topology/mergeTree.js";
import { gridNeighbors } from "../../src/topology/neighbors.js";
import { persistencePairs } from "../../src/topology/persistence.js";
import { cheapestMatching, diagram, diagrams, shuffled, smallDiagrams } from "./diagrams.js";

test("a bar moves to its like or to the diagonal, whichever is nearer", () => {
  // ──────────    [0, 10]    moves to [1, 10]
  //    ─          [3, 4]     half its length from the diagonal
  assert.equal(bottleneckDistance(diagram([0, 10], [3, 4]), diagram([1, 10])), 1);
  assert.equal(bottleneckDistance(diagram([0, 10], [3, 7]), diagram([1, 10])), 2);
  assert.equal(bottleneckDistance(diagram([0, 10]), diagram()), 5);
  assert.equal(bottleneckDistance(diagram(), diagram()), 0);
});

test("bars that would all like the same partner take turns", () => {
  // Both left bars are nearest to [0, 10]; one of them has to be content with [3, 10].
  assert.equal(bottleneckDistance(diagram([0, 10], [1, 10]), diagram([0, 10], [3, 10])), 2);
  assert.equal(bottleneckDistance(diagram([0, 10], [0, 10]), diagram([0, 10])), 5);
});

test("essential classes meet in the order of their births; an odd one is infinitely far", () => {
  const infinite = Infinity;
  assert.equal(bottleneckDistance(diagram([0, infinite], [5, infinite]), diagram([6, infinite], [2, infinite])), 2);
  assert.equal(bottleneckDistance(diagram([0, infinite]), diagram([0, 9])), infinite);
  assert.equal(bottleneckDistance(diagram([-infinite, 1]), diagram([-infinite, 4])), 3);
  assert.equal(bottleneckDistance(diagram([-infinite, 1]), diagram([1, infinite])), infinite);
  assert.equal(bottleneckDistance(diagram([5, -infinite], [4, 1]), diagram([6, -infinite])), 1.5);
  assert.equal(bottleneckDistance(diagram([-infinite, infinite]), diagram([-infinite, infinite])), 0);
  assert.equal(bottleneckDistance(diagram([infinite, infinite]), diagram()), 0, "no length");
});

test("a bar without a number is refused", () => {
  assert.throws(() => bottleneckDistance(diagram([0, 1]), diagram([0, 2], [Number.NaN, 1])), /bar 1 .* is \[NaN, 1\]/);
});

test("the distance of GUDHI", () => {
  const a = diagram([0, 5], [1, 3], [2, 2.5], [0.5, 4]);
  const b = diagram([0.2, 4.1], [1.5, 3.3], [3, 7]);
  assert.equal(bottleneckDistance(a, b), 2); // gudhi 3.7.1
});

test("the best of all matchings, to the last bit", () => {
  const half = (of: Diagram) => (i: number) => (of.death[i] - of.birth[i]) / 2;
  fc.assert(
    fc.property(smallDiagrams, smallDiagrams, (a, b) => {
      const pair = (i: number, j: number) =>
        Math.max(Math.abs(a.birth[i] - b.birth[j]), Math.abs(a.death[i] - b.death[j]));
      const best = cheapestMatching(a, b, pair, half(a), half(b), Math.max);
      assert.equal(bottleneckDistance(a, b), best);
    }),
    { seed: 41, numRuns: 300 },
  );
});

test("a metric: symmetric, 0 from itself in any order and with bars of no length, never longer by a detour", () => {
  fc.assert(
    fc.property(diagrams, diagrams, diagrams, (a, b, c) => {
      const ab = bottleneckDistance(a, b);
      assert.equal(ab, bottleneckDistance(b, a));
      assert.equal(ab, bottleneckDistance(shuffled(a), b));
      assert.equal(bottleneckDistance(a, shuffled(a)), 0);
      const padded = { birth: Float64Array.of(...a.birth, 0.5), death: Float64Array.of(...a.death, 0.5) };
      assert.equal(bottleneckDistance(padded, b), ab);
      assert.ok(ab <= bottleneckDistance(a, c) + bottleneckDistance(c, b) + 1e-15);
    }),
    { seed: 42, numRuns: 100, endOnFailure: true },
  );
});

test("stability: barcodes are no farther apart than the fields anywhere", () => {
  for (let run = 0; run < 40; run++) {
    const random = randomStream(43, run);
    const neighbors = gridNeighbors([12, 9], "freudenthal");
    const field = new Float64Array(108).map(() => random.normal());
    const size = 10 ** -(run % 4);
    const moved = field.map((x) => x + size * (2 * random.uniform() - 1));
    const largest = field.reduce((most, x, i) => Math.max(most, Math.abs(x - moved[i])), 0);
    const pairs = [field, moved].map((values) => persistencePairs(mergeTree(values, neighbors)));
    const distance = bottleneckDistance(pairs[0], pairs[1]);
    assert.ok(distance > 0 && distance <= largest, `${distance} > ${largest}`);
  }
});

test("three thousand bars take far less than a second", () => {
  const random = randomStream(44);
  const make = () => {
    const birth = new Float64Array(3000).map(() => random.uniform());
    return { birth, death: birth.map((b) => b - 0.2 * Math.log(1 - random.uniform())) };
  };
  const [a, b] = [make(), make()];
  const start = performance.now();
  const distance = bottleneckDistance(a, b);
  assert.ok(performance.now() - start < 5000);
  assert.equal(distance, bottleneckDistance(b, a));
});
