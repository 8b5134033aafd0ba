import assert from "node:assert/strict";
import { test } from "node:test";
import { latinHypercube } from "../../src/linalg/latinHypercube.js";
import { randomStream } from "../../src/linalg/random.js";

test("each interval of each coordinate holds one point", () => {
  const points = latinHypercube(3, 20, randomStream(4, "design"));
  for (const axis of [0, 1, 2]) {
    const intervals = Array.from({ length: 20 }, (_, row) => Math.floor(20 * points[row * 3 + axis]));
    assert.deepEqual(
      intervals.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, i) => i),
    );
  }
});

test("coordinates are matched at random, and the seed decides how", () => {
  const of = (seed: number) => latinHypercube(2, 500, randomStream(seed, "design"));
  assert.deepEqual(of(1), of(1));
  assert.notDeepEqual(of(1), of(2));
  const [x, y] = [0, 1].map((axis) => Array.from({ length: 500 }, (_, row) => of(1)[2 * row + axis] - 0.5));
  const correlation = (12 * x.reduce((sum, value, i) => sum + value * y[i], 0)) / 500;
  assert.ok(Math.abs(correlation) < 0.15, `${correlation}`);
});
