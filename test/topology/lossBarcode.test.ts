import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lossBarcode, obstructionScores, type PathBetween } from "../../src/topology/lossBarcode.js";
import { mergeTree } from "../../src/topology/mergeTree.js";
import { persistencePairs } from "../../src/topology/persistence.js";
import { graph } from "./fields.js";

const path = (from: number, to: number, barrier: number): PathBetween => ({ from, to, barrier });
const barcode = (losses: number[], paths: PathBetween[]) => lossBarcode(Float64Array.from(losses), paths);

test("a minimum may be easier to escape over a detour than along the best path of its own to a lower one", () => {
  // minima at 0, 1, 2; from 1 straight down to 0 over 9, or over 4 to the higher minimum 2 and then over 5
  const { direct, minimax } = barcode([0, 1, 2], [path(0, 1, 9), path(1, 2, 4), path(0, 2, 5)]);
  assert.deepEqual([...direct.death], [Infinity, 9, 4]);
  assert.deepEqual([...minimax.death], [Infinity, 5, 4]);
  assert.deepEqual([...minimax.path], [-1, 2, 1], "the saddle of the detour lies on its last path");
  assert.deepEqual([...minimax.escapeTo], [-1, 0, 1]);
  assert.deepEqual([...direct.escapeTo], [-1, 0, 1]);
});

test("of equal minima the first is the lower, and of equally low paths the first is taken", () => {
  const { order, direct, minimax } = barcode([1, 1, 1], [path(2, 1, 3), path(1, 0, 3), path(0, 2, 3)]);
  assert.deepEqual([...order], [0, 1, 2]);
  for (const { death, escapeTo, path } of [direct, minimax]) {
    assert.deepEqual([...death], [Infinity, 3, 3]);
    assert.deepEqual([...escapeTo], [-1, 0, 1]);
    assert.deepEqual([...path], [-1, 1, 0]);
  }
});

test("without a path to a lower minimum a segment never ends", () => {
  const lonely = barcode([0, 1, 2, 3], [path(2, 3, 5), path(0, 1, NaN)]);
  assert.deepEqual([...lonely.direct.death], [Infinity, Infinity, Infinity, 5]);
  assert.deepEqual([...lonely.minimax.path], [-1, -1, -1, 0]);
  // 1 has no path of its own to a lower minimum, but one over 2.
  const detour = barcode([0, 1, 2], [path(1, 2, 4), path(0, 2, 5)]);
  assert.deepEqual([...detour.direct.death], [Infinity, Infinity, 4]);
  assert.deepEqual([...detour.minimax.death], [Infinity, 5, 4]);
  assert.deepEqual([...barcode([], []).order], []);
  assert.deepEqual([...barcode([3], []).minimax.death], [Infinity]);
});

test("a barrier below the higher end of its path is raised to it", () => {
  const { direct, minimax, clamped } = barcode([0, 1], [path(1, 0, 0.9)]);
  assert.deepEqual([direct.death[1], minimax.death[1], clamped], [1, 1, [0]]);
});

test("losses that are not numbers count as infinite, and paths must join minima", () => {
  assert.deepEqual([...barcode([NaN, 2, -Infinity], []).order], [2, 1, 0]);
  assert.throws(
    () => barcode([1, 2], [path(0, 2, 3)]),
    /path 0 joins the minima 0 and 2; expected numbers from 0 to 1/,
  );
});

/** Minima with many ties, and paths whose barriers may be too low. */
const landscapes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 8 }).chain((losses) => {
  const minimum = fc.integer({ min: 0, max: losses.length - 1 });
  const one = fc.record({ from: minimum, to: minimum, barrier: fc.integer({ min: 2, max: 12 }) });
  return fc.array(one, { maxLength: 20 }).map((paths) => ({ losses, paths }));
});

test("minimax segments are the merge tree's bars of the graph of paths, and never longer than direct ones", () => {
  fc.assert(
    fc.property(landscapes, ({ losses, paths }) => {
      const { direct, minimax } = barcode(losses, paths);
      for (const [p, death] of minimax.death.entries()) {
        assert.ok(death <= direct.death[p] && death >= losses[p]);
        if (minimax.escapeTo[p] < 0) continue;
        const q = minimax.escapeTo[p];
        assert.ok(losses[q] < losses[p] || (losses[q] === losses[p] && q < p));
      }
      // A second algorithm: paths as vertices of their own between their ends.
      const values = [...losses, ...paths.map(({ from, to, barrier }) => Math.max(barrier, losses[from], losses[to]))];
      const edges = paths.flatMap(({ from, to }, k): [number, number][] =>
        from === to
          ? [[from, losses.length + k]]
          : [
              [from, losses.length + k],
              [losses.length + k, to],
            ],
      );
      const pairs = persistencePairs(mergeTree(Float64Array.from(values), graph(values.length, edges)));
      // A path as high as its ends may be swept as a leaf of its own only after them: such have no bars.
      const bars = Array.from(pairs.birth, (birth, i) => [birth, pairs.death[i]]).map(String);
      const own = losses.map((loss, p) => String([loss, minimax.death[p]]));
      assert.deepEqual(bars.sort(), own.sort());
    }),
    { seed: 1 },
  );
});

test("more or lower paths never lengthen a minimax segment", () => {
  fc.assert(
    fc.property(landscapes, fc.nat(), fc.integer({ min: 0, max: 5 }), ({ losses, paths }, which, fall) => {
      const before = barcode(losses, paths).minimax.death;
      const more = [...paths, path(which % losses.length, 0, 7)];
      const lower = paths.map((one, k) => (k === which % paths.length ? { ...one, barrier: one.barrier - fall } : one));
      for (const changed of [more, lower]) {
        const after = barcode(losses, changed).minimax.death;
        assert.ok(after.every((death, p) => death <= before[p]));
      }
    }),
    { seed: 1 },
  );
});

test("scores are of the finite lengths", () => {
  const scores = obstructionScores([Infinity, 3, 0, 4], 2);
  assert.deepEqual(scores, { sum: 7, mean: 7 / 3, max: 4, norm: 5 });
  assert.deepEqual(obstructionScores([Infinity], 2), { sum: 0, mean: NaN, max: NaN, norm: 0 });
  assert.deepEqual(obstructionScores([0, 0], 2), { sum: 0, mean: 0, max: 0, norm: 0 });
  assert.ok(Math.abs(obstructionScores([3e200, 4e200], 2).norm / 5e200 - 1) < 1e-15);
});
