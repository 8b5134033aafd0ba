import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { geodesicDistances } from "../../src/embedding/geodesicDistances.js";
import { embeddingQuality } from "../../src/embedding/quality.js";
import { stressOf } from "../../src/embedding/stress.js";
import { trustworthiness } from "../../src/embedding/trustworthiness.js";
import { spearman } from "../../src/linalg/spearman.js";
import { distancesOf, normalPoints } from "./points.js";

const near = (found: number, expected: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);

test("stress counts what is missed, as a share, and at the best size", () => {
  // Two points 3 apart, and one in the middle, drawn twice as large.
  const distances = distancesOf([0, 1.5, 3], 1);
  const { raw, normalized, scaled } = stressOf(distances, Float64Array.of(0, 3, 6), 3, 1);
  near(raw, 1.5 ** 2 + 1.5 ** 2 + 3 ** 2);
  near(normalized, 1);
  near(scaled, 0);
  assert.deepEqual(stressOf(distances, new Float64Array(3), 3, 1), { raw, normalized: 1, scaled: 1 });
  assert.deepEqual(stressOf(new Float64Array(9), new Float64Array(3), 3, 1), { raw: 0, normalized: 0, scaled: 0 });
});

test("the points themselves are their best map, turned, mirrored, moved and enlarged too", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 11, max: 30 }),
      fc.nat(1000),
      fc.double({ min: 0, max: 6.28, noNaN: true }),
      async (n, seed, turn) => {
        const points = normalPoints(n, 2, seed);
        const distances = distancesOf(points, 2);
        const [cos, sin] = [3 * Math.cos(turn), 3 * Math.sin(turn)];
        const moved = Float64Array.from(points, (_, c) => {
          const [x, y] = [points[c - (c % 2)], points[c - (c % 2) + 1]];
          return c % 2 === 0 ? 7 + cos * x - sin * y : -(sin * x + cos * y);
        });
        const quality = await embeddingQuality(distances, moved, n, 2);
        near(quality.stress.scaled, 0, 1e-10);
        assert.equal(quality.trustworthiness, 1);
        // Up to 11 points are all neighbours, so distances along the points are the distances themselves.
        if (n === 11) near(quality.demap, 1);
      },
    ),
    { numRuns: 40 },
  );
});

test("trustworthiness is 1 without false neighbours, and what the definition says with one", () => {
  // 0 1 2 3 4 on a line; drawn with 4 beside 0: the nearest of 0 is 4, the fourth; of 4 it is 0, the fourth.
  const given = distancesOf([0, 1, 2, 3, 4], 1);
  const drawn = distancesOf([0, 1, 2, 3, -0.5], 1);
  assert.equal(trustworthiness(given, given, 5, 1), 1);
  near(trustworthiness(given, drawn, 5, 1), 1 - (2 / (5 * 1 * (10 - 3 - 1))) * (3 + 3));
  // k = 2: 0 has 4, its fourth; 3 has 1, its third after 2 and 4; 4 has 0 and 1, its fourth and third.
  near(trustworthiness(given, drawn, 5, 2), 1 - (2 / (5 * 2 * (10 - 6 - 1))) * (2 + 1 + 2 + 1));
  assert.throws(() => trustworthiness(given, drawn, 5, 3), /3 neighbours needs more than 6 points, found 5/);
});

test("trustworthiness is that of scikit-learn's formula in its own words", () => {
  fc.assert(
    fc.property(fc.integer({ min: 7, max: 25 }), fc.integer({ min: 1, max: 3 }), fc.nat(1000), (n, k, seed) => {
      const given = distancesOf(normalPoints(n, 4, seed), 4);
      const drawn = distancesOf(normalPoints(n, 2, seed + 1), 2);
      // Inverted ranks: how many others are nearer.
      let penalty = 0;
      for (let i = 0; i < n; i++) {
        const nearer = (of: Float64Array, j: number) =>
          Array.from({ length: n }, (_, l) => l).filter((l) => l !== i && of[i * n + l] < of[i * n + j]).length;
        for (let j = 0; j < n; j++) {
          if (j !== i && nearer(drawn, j) < k) penalty += Math.max(0, nearer(given, j) + 1 - k);
        }
      }
      near(trustworthiness(given, drawn, n, k), 1 - penalty * (2 / (n * k * (2 * n - 3 * k - 1))));
    }),
  );
});

test("ways along a circle are arcs, and two far groups have a way too", () => {
  const n = 40;
  const angle = (i: number) => (2 * Math.PI * i) / n;
  const circle = Float64Array.from({ length: 2 * n }, (_, c) => (c % 2 === 0 ? Math.cos : Math.sin)(angle(c >> 1)));
  const along = geodesicDistances(distancesOf(circle, 2), n, 2);
  const side = 2 * Math.sin(Math.PI / n);
  for (let i = 0; i < n; i++) near(along[i], Math.min(i, n - i) * side);
  const apart = geodesicDistances(distancesOf([0, 1, 2, 10, 11, 12], 1), 6, 1);
  assert.deepEqual([...apart.subarray(0, 6)], [0, 1, 2, 10, 11, 12]);
});

test("shortest ways are those of Floyd and Warshall, and no shorter than straight", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(1000), (n, seed) => {
      const distances = distancesOf(normalPoints(n, 3, seed), 3);
      const k = Math.min(2, n - 1);
      const found = geodesicDistances(distances, n, k);
      // Edges are the ways that are straight; the graph with them alone gives all the others.
      const ways = Float64Array.from(found, (way, at) => (way <= distances[at] * (1 + 1e-12) ? way : Infinity));
      for (let m = 0; m < n; m++)
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) ways[i * n + j] = Math.min(ways[i * n + j], ways[i * n + m] + ways[m * n + j]);
      for (let at = 0; at < found.length; at++) {
        near(found[at], ways[at], 1e-9);
        assert.ok(found[at] >= distances[at] * (1 - 1e-12));
      }
      // Each point's nearest are joined.
      for (let i = 0; i < n; i++) {
        const sorted = [...distances.subarray(i * n, (i + 1) * n)].sort((a, b) => a - b);
        const straight = [...found.subarray(i * n, (i + 1) * n)].sort((a, b) => a - b);
        for (let place = 0; place <= k; place++) near(straight[place], sorted[place]);
      }
    }),
    { numRuns: 50 },
  );
});

test("rank correlation of monotone lists is 1, of reversed ones −1, ties share their rank", () => {
  const values = normalPoints(50, 1, 3);
  assert.equal(spearman(values, values.map(Math.exp)), 1);
  assert.equal(
    spearman(
      values,
      values.map((x) => -(x ** 3)),
    ),
    -1,
  );
  // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 / √(4.5 · 5).
  near(spearman(Float64Array.of(1, 2, 2, 3), Float64Array.of(1, 2, 3, 4)), 4.5 / Math.sqrt(4.5 * 5));
  assert.ok(Number.isNaN(spearman(Float64Array.of(1, 1), Float64Array.of(1, 2))));
});
