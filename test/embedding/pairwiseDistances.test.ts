import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pairwiseDistances } from "../../src/embedding/pairwiseDistances.js";
import { randomStream } from "../../src/linalg/random.js";

const normal = (n: number, dimension: number, seed: number) => {
  const random = randomStream(seed, "points");
  return Array.from({ length: n }, () => Float64Array.from({ length: dimension }, random.normal));
};

/** Every distance against one summed up from differences, relative to it. */
function worst(points: readonly ArrayLike<number>[], found: Float64Array): number {
  const n = points.length;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let square = 0;
      for (let k = 0; k < points[i].length; k++) square += (points[i][k] - points[j][k]) ** 2;
      const expected = Math.sqrt(square);
      largest = Math.max(largest, Math.abs(found[i * n + j] - expected) / (expected || 1));
      assert.equal(found[i * n + j], found[j * n + i]);
    }
  }
  return largest;
}

test("a 3-4-5 triangle", async () => {
  assert.deepEqual(
    [
      ...(await pairwiseDistances(
        [
          [0, 0],
          [3, 0],
          [3, 4],
        ],
        "euclidean",
      )),
    ],
    [0, 3, 5, 3, 0, 4, 5, 4, 0],
  );
});

test("directions at right angles are 1 apart by cosine, opposite ones 2, equal ones of any length 0", async () => {
  const points = [
    [1, 0],
    [5, 0],
    [0, 2],
    [-3, 0],
  ];
  const expected = [0, 0, 1, 2, 0, 0, 1, 2, 1, 1, 0, 1, 2, 2, 1, 0];
  (await pairwiseDistances(points, "cosine")).forEach((distance, at) => {
    assert.ok(Math.abs(distance - expected[at]) < 1e-15, `${at}: ${distance}`);
  });
});

test("distances of points in many blocks, in f32 and f64, are those of the differences", async () => {
  const points = normal(300, 700, 1);
  assert.ok(worst(points, await pairwiseDistances(points, "euclidean")) < 1e-13);
  const single = points.map((point) => Float32Array.from(point));
  assert.ok(worst(single, await pairwiseDistances(single, "euclidean")) < 1e-13);
});

test("near neighbours far from the origin and from the others keep ten digits", async () => {
  for (const gap of [1e-2, 1e-4, 1e-7]) {
    // Two clouds 2000 apart, of points `gap` from each other, 10⁵ from the origin. Coordinates have a rounding of 10⁻¹¹
    // themselves.
    const points = normal(40, 20, 2).map((point, i) => point.map((x) => 1e5 + (i % 2) * 500 + gap * x));
    assert.ok(worst(points, await pairwiseDistances(points, "euclidean")) < 1e-10);
  }
});

test("cosine distances of nearly parallel vectors keep ten digits", async () => {
  // Vectors (1, x) with small x: 1 − cos = 1 − (1 + xy)/√((1 + x²)(1 + y²)) = ½(x − y)²(1 + O(x²)).
  const angles = [0, 1e-3, 1.1e-3, -1e-5];
  const found = await pairwiseDistances(
    angles.map((angle) => [7 * Math.cos(angle), 7 * Math.sin(angle)]),
    "cosine",
  );
  for (const [i, a] of angles.entries()) {
    for (const [j, b] of angles.entries()) {
      const expected = 2 * Math.sin((a - b) / 2) ** 2;
      assert.ok(Math.abs(found[i * 4 + j] - expected) <= 1e-10 * expected, `${i} ${j}`);
    }
  }
});

test("equal points are at distance 0, and moving all points moves no distance", async () => {
  const points = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(points, async (drawn) => {
      const distances = await pairwiseDistances(drawn, "euclidean");
      const moved = await pairwiseDistances(
        drawn.map((point) => point.map((x) => x + 1000)),
        "euclidean",
      );
      for (const [at, distance] of distances.entries()) {
        const [i, j] = [Math.floor(at / drawn.length), at % drawn.length];
        assert.equal(
          distance === 0,
          drawn[i].every((x, k) => x === drawn[j][k]),
        );
        assert.ok(Math.abs(distance - moved[at]) < 1e-12);
      }
    }),
    { seed: 3 },
  );
});

test("points that are not finite, of different lengths, or without direction are refused by name", async () => {
  await assert.rejects(
    () => pairwiseDistances([[1], [Number.NaN]], "euclidean"),
    /point 1 is not finite: entry 0 is NaN/,
  );
  await assert.rejects(() => pairwiseDistances([[1], [1, 2]], "euclidean"), /point 1 has 2 coordinates, point 0 has 1/);
  await assert.rejects(() => pairwiseDistances([[1], [0]], "cosine"), /point 1 is the origin/);
});
