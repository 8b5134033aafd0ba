import assert from "node:assert/strict";
import { test } from "node:test";
import { trustworthiness } from "../../src/embedding/trustworthiness.js";
import { distancesOf, normalPoints } from "./points.js";

export const n = 60;
/** Three clouds, 20 apart, in 8 coordinates. */
const clouds = normalPoints(n, 8, 4).map((x, c) => x + (c % 8 === Math.floor(c / 8) % 3 ? 20 : 0));
export const distances = distancesOf(clouds, 8);

/** The laws of maps that keep neighbours. `draw` makes a map of the clouds. */
export function testNeighbourMap(name: string, draw: (seed: number, dimensions?: number) => Float64Array): void {
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
