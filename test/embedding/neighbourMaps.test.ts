import assert from "node:assert/strict";
import { test } from "node:test";
import { trustworthiness } from "../../src/embedding/trustworthiness.js";
import { tsne } from "../../src/embedding/tsne.js";
import { umap } from "../../src/embedding/umap.js";
import { distancesOf, normalPoints } from "./points.js";

const n = 60;
/** Three clouds, 20 apart, in 8 coordinates. */
const clouds = normalPoints(n, 8, 4).map((x, c) => x + (c % 8 === Math.floor(c / 8) % 3 ? 20 : 0));
const distances = distancesOf(clouds, 8);
const methods = {
  "t-SNE": (seed: number, dimensions = 2) => tsne(distances, n, { dimensions, perplexity: 10, iterations: 300, seed }),
  UMAP: (seed: number, dimensions = 2) => umap(distances, n, { dimensions, neighbors: 8, minDist: 0.1, seed }),
};

for (const [name, draw] of Object.entries(methods)) {
  test(`${name}: one seed gives the same bits, and chance from elsewhere is not asked`, () => {
    const random = Math.random;
    Math.random = () => assert.fail("Math.random was called");
    try {
      assert.deepEqual(draw(1), draw(1));
      assert.notDeepEqual(draw(1), draw(2));
    } finally {
      Math.random = random;
    }
  });

  test(`${name}: clouds that are apart stay apart, neighbours stay neighbours, in two and three dimensions`, () => {
    for (const dimensions of [2, 3]) {
      const drawn = distancesOf(draw(0, dimensions), dimensions);
      assert.ok(drawn.every(Number.isFinite));
      const largest = (
        isWanted: (i: number, j: number) => boolean,
        start: number,
        better: (x: number, y: number) => number,
      ) => drawn.reduce((most, d, at) => (isWanted(Math.floor(at / n), at % n) ? better(most, d) : most), start);
      const within = largest((i, j) => i % 3 === j % 3, 0, Math.max);
      const between = largest((i, j) => i % 3 !== j % 3, Infinity, Math.min);
      assert.ok(between > 0.5 * within, `${between} between clouds, ${within} within`);
      // Chance would give a third for each cloud, about 0.5 in all.
      assert.ok(trustworthiness(distances, drawn, n, 5) > 0.9);
    }
  });
}

test("too few points for the neighbourhoods asked for are refused", () => {
  assert.throws(
    () => tsne(distances, n, { dimensions: 2, perplexity: 30, iterations: 1, seed: 0 }),
    /a perplexity of 30 needs 91 points or more, found 60/,
  );
  assert.throws(
    () => umap(distances, n, { dimensions: 2, neighbors: 60, minDist: 0.1, seed: 0 }),
    /60 neighbours need/,
  );
});
