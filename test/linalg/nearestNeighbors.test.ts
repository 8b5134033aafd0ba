import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { squaredDistance } from "../../src/linalg/kdTree.js";
import { nearestByDistance, nearestNeighbors } from "../../src/linalg/nearestNeighbors.js";
import { randomStream } from "../../src/linalg/random.js";

const rows = ({ k, indices }: { k: number; indices: Int32Array }) =>
  Array.from({ length: indices.length / k }, (_, i) => [...indices.subarray(i * k, (i + 1) * k)]);

/** All pairs, sorted. */
function sorted(points: Float64Array, dimension: number, k: number) {
  const n = points.length / dimension;
  const nearest = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => ({ j, square: squaredDistance(points, i, j, dimension) }))
      .filter(({ j }) => j !== i)
      .sort((a, b) => a.square - b.square || a.j - b.j)
      .slice(0, k),
  ).flat();
  return {
    k,
    indices: Int32Array.from(nearest, ({ j }) => j),
    distances: Float64Array.from(nearest, ({ square }) => Math.sqrt(square)),
  };
}

test("the nearest come first, of two at one distance the one of the smaller index", () => {
  // 0 ── 1 ── 2 ──── 3    at 0, 1, 2, 4
  const { indices, distances } = nearestNeighbors(Float64Array.of(0, 1, 2, 4), { dimension: 1, k: 2 });
  assert.deepEqual(indices, Int32Array.of(1, 2, 0, 2, 1, 0, 2, 1));
  assert.deepEqual(distances, Float64Array.of(1, 2, 1, 1, 1, 2, 2, 3));
});

test("points that coincide are neighbours at distance 0, never of themselves", () => {
  const nearest = nearestNeighbors(new Float64Array(4), { dimension: 2, k: 1 });
  assert.deepEqual(nearest, { k: 1, indices: Int32Array.of(1, 0), distances: Float64Array.of(0, 0) });
  const many = nearestNeighbors(new Float64Array(40_000), { dimension: 2, k: 3 });
  assert.deepEqual([...many.indices.subarray(0, 6)], [1, 2, 3, 0, 2, 3]);
  assert.deepEqual([...many.indices.subarray(-3)], [0, 1, 2]);
});

test("the search agrees with a sort of all pairs, on lattices with many ties and with coinciding points", () => {
  const lattices = fc.integer({ min: 1, max: 5 }).chain((dimension) =>
    fc.record({
      dimension: fc.constant(dimension),
      points: fc
        .array(fc.array(fc.integer({ min: -2, max: 2 }), { minLength: dimension, maxLength: dimension }), {
          minLength: 2,
          maxLength: 80,
        })
        .map((list) => Float64Array.from(list.flat())),
      k: fc.integer({ min: 1, max: 10 }),
    }),
  );
  fc.assert(
    fc.property(lattices, ({ dimension, points, k }) => {
      const most = Math.min(k, points.length / dimension - 1);
      const found = nearestNeighbors(points, { dimension, k: most });
      assert.deepEqual(found, sorted(points, dimension, most));
    }),
    { seed: 1, numRuns: 150 },
  );
});

test("so it does on points in general position, few or many dimensions", () => {
  for (const dimension of [1, 2, 8, 12, 13, 40]) {
    const random = randomStream(1, "points", dimension);
    const points = Float64Array.from({ length: 300 * dimension }, random.normal);
    const found = nearestNeighbors(points, { dimension, k: 9 });
    assert.deepEqual(found, sorted(points, dimension, 9), `${dimension} dimensions`);
  }
});

test("from a matrix of distances the same neighbours", () => {
  const random = randomStream(2, "points");
  const points = Float64Array.from({ length: 60 * 3 }, () => random.integer(4));
  const matrix = Float64Array.from({ length: 60 * 60 }, (_, at) =>
    Math.sqrt(squaredDistance(points, Math.floor(at / 60), at % 60, 3)),
  );
  assert.deepEqual(nearestByDistance(matrix, { k: 7 }), nearestNeighbors(points, { dimension: 3, k: 7 }));
  assert.deepEqual(rows(nearestByDistance(Float64Array.of(0, Infinity, Infinity, 0), { k: 1 })), [[1], [0]]);
});

test("what has no k nearest neighbours is refused", () => {
  const three = Float64Array.of(0, 1, 2);
  for (const k of [3, -1, 1.5]) assert.throws(() => nearestNeighbors(three, { dimension: 1, k }), RangeError);
  assert.throws(
    () => nearestNeighbors(three, { dimension: 1, k: 3 }),
    /3 points cannot have 3 nearest neighbours each; expected an integer from 0 to 2/,
  );
  assert.throws(
    () => nearestNeighbors(three, { dimension: 2, k: 1 }),
    /3 coordinates do not make points in 2 dimensions/,
  );
  assert.throws(
    () => nearestNeighbors(Float64Array.of(0, 1, 2, NaN), { dimension: 2, k: 1 }),
    /coordinate 2 of point 1 is NaN; expected a finite number/,
  );
  assert.throws(() => nearestByDistance(three, { k: 1 }), /3 distances do not make a square matrix/);
  assert.throws(() => nearestByDistance(Float64Array.of(0, NaN, 1, 0), { k: 1 }), /from point 0 to point 1 is NaN/);
  assert.equal(nearestNeighbors(Float64Array.of(5), { dimension: 1, k: 0 }).indices.length, 0);
});
