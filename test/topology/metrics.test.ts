import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeTree } from "../../src/topology/mergeTree.js";
import { landscapeMetrics } from "../../src/topology/metrics.js";
import { gridNeighbors } from "../../src/topology/neighbors.js";
import { persistencePairs } from "../../src/topology/persistence.js";
import { simplify } from "../../src/topology/simplification.js";
import { firstAxisFastest, npy, reference } from "../reference.js";
import { smallFields } from "./fields.js";

const line = (values: number[]) => mergeTree(Float64Array.from(values), gridNeighbors([values.length], "axis"));
const close = (a: number, b: number) =>
  assert.ok(Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

test("three valleys have two pairs, each average under its own name", () => {
  //   8                   9
  //       5       6
  //         3   4   |   2     bars 6 − 2 = 4 and 5 − 3 = 2, range 9 − 0
  //     0
  const [all, long] = landscapeMetrics(line([8, 0, 5, 3, 4, 6, 2, 9]), [0, 0.25]);
  assert.deepEqual([all.minima, all.saddles, all.pairs, all.components, all.vertices], [3, 2, 2, 1, 8]);
  assert.deepEqual([all.averagePersistence, all.averagePersistenceWithGlobalPair], [3, 5]);
  close(all.averageDistanceToDiagonal, 3 / Math.SQRT2);
  close(all.averageDistanceToDiagonalWithGlobalPair, 5 / Math.SQRT2);
  assert.deepEqual([all.maximumPersistence, all.totalPersistence], [4, [6, 20]]);
  close(all.persistenceEntropy, -(2 / 3) * Math.log(2 / 3) - (1 / 3) * Math.log(1 / 3));
  // Edges from leaf to saddle: 5 − 0, 6 − 2, 5 − 3; basins of 1, 1 and 2 vertices.
  close(all.smad, 11 / 3);
  close(all.smadRelative, 11 / 27);
  close(all.smadWeighted, (5 + 4 + 2 * 2) / 4);
  close(all.smadWeightedRelative, (5 + 4 + 2 * 2) / 36);
  assert.deepEqual([all.basinLargest, all.basinMean, all.basinOfGlobalMinimum], [2 / 8, 4 / 3 / 8, 1 / 8]);
  assert.deepEqual([all.tied, all.nonFinite, all.lossMinimum, all.lossMaximum, all.lossRange], [0, 0, 0, 9, 9]);

  assert.deepEqual([long.persistenceThreshold, long.minima, long.saddles, long.pairs], [2.25, 2, 1, 1]);
  assert.deepEqual([long.averagePersistence, long.smad, long.smadWeighted], [4, 5, (4 * 6 + 4) / 5]);
  assert.deepEqual([long.basinLargest, long.basinMean, long.basinOfGlobalMinimum], [4 / 8, 5 / 16, 4 / 8]);
});

test("one valley has no pair: means of nothing are NaN, sums 0", () => {
  const [metrics] = landscapeMetrics(line([2, 1, 3]));
  assert.deepEqual([metrics.minima, metrics.saddles, metrics.pairs], [1, 0, 0]);
  assert.deepEqual([metrics.averagePersistence, metrics.smad, metrics.smadWeighted], [NaN, NaN, NaN]);
  assert.deepEqual([metrics.totalPersistence, metrics.maximumPersistence, metrics.persistenceEntropy], [[0, 0], 0, 0]);
  assert.equal(metrics.averagePersistenceWithGlobalPair, 2);
});

test("bars that end at an infinite loss count as minima and not as pairs", () => {
  const [metrics] = landscapeMetrics(line([0, NaN, 1, 3, 2]));
  assert.deepEqual([metrics.minima, metrics.pairs, metrics.totalPersistence, metrics.nonFinite], [3, 1, [1, 1], 1]);
  const [hopeless] = landscapeMetrics(line([NaN, NaN]));
  assert.deepEqual([hopeless.minima, hopeless.pairs, hopeless.lossRange, hopeless.nonFinite], [1, 0, NaN, 2]);
});

test("a flat field has no range and ties everywhere", () => {
  const [metrics] = landscapeMetrics(line([1, 1, 1]));
  assert.deepEqual([metrics.minima, metrics.tied, metrics.lossRange, metrics.persistenceThreshold], [1, 3, 0, 0]);
});

test("a threshold without a value is refused", () => {
  assert.throws(() => landscapeMetrics(line([1, 2]), [NaN]), /threshold is NaN/);
  assert.throws(() => landscapeMetrics(line([1, 2]), [0], [0]), /a power of persistence is 0; expected a number > 0/);
});

test("metrics at a threshold are those of the simplified tree", () => {
  fc.assert(
    fc.property(smallFields, fc.double({ min: 0, max: 1, noNaN: true }), ({ values, neighbors }, threshold) => {
      const tree = mergeTree(values, neighbors);
      const [there] = landscapeMetrics(tree, [threshold]);
      const simple = simplify(tree, values, { threshold, relative: true });
      const [here] = landscapeMetrics(simple, [0]);
      assert.deepEqual({ ...here, threshold, persistenceThreshold: there.persistenceThreshold }, there);
      assert.equal(there.minima, persistencePairs(simple).birth.length);
      assert.equal(there.pairs, there.minima - there.components);
    }),
    { seed: 41, numRuns: 150 },
  );
});

const grid = "ttk/pinn_convection_beta50_seed0.npy";
const skip = reference(grid) ? false : `no reference data ${grid}`;
test("a published PINN landscape at β = 50 has 36 pairs with freudenthal, 68 with axis, 27 with full", {
  skip,
}, () => {
  const values = firstAxisFastest(npy(reference(grid) as string));
  const pairs = (["freudenthal", "axis", "full"] as const).map(
    (connectivity) => landscapeMetrics(mergeTree(values, gridNeighbors([40, 40], connectivity)))[0].pairs,
  );
  assert.deepEqual(pairs, [36, 68, 27]);
});
