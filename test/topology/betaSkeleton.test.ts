import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { squaredDistance } from "../../src/linalg/kdTree.js";
import { randomStream } from "../../src/linalg/random.js";
import { betaSkeleton } from "../../src/topology/betaSkeleton.js";
import { gridNeighbors } from "../../src/topology/neighbors.js";
import { adjacency } from "./fields.js";

const skeleton = (points: number[][], beta: number) =>
  adjacency(betaSkeleton(Float64Array.from(points.flat()), { dimension: points[0].length, beta }));

/** By the balls of the definition, around explicit centres. */
function byDefinition(points: number[][], beta: number): number[][] {
  const square = (p: number[], q: number[]) => p.reduce((sum, x, j) => sum + (x - q[j]) ** 2, 0);
  const center = (p: number[], q: number[]) => p.map((x, j) => (1 - beta / 2) * x + (beta / 2) * q[j]);
  return points.map((p, u) =>
    points.flatMap((q, v) => {
      const c = square(p, q);
      const radius = (beta ** 2 / 4) * c;
      const hidden = points.some((r, w) => {
        if (w === u || w === v) return false;
        const inLune = [center(p, q), center(q, p)].every((at) => square(at, r) <= radius + 1e-9 * c);
        return inLune && Math.max(square(p, r), square(q, r)) < c * (1 - 1e-9);
      });
      return u !== v && !hidden ? [v] : [];
    }),
  );
}

/** The edges of the minimum spanning tree that Prim's algorithm finds. */
function spanningTree(points: Float64Array, dimension: number): [number, number][] {
  const n = points.length / dimension;
  const within = [0];
  const edges: [number, number][] = [];
  while (within.length < n) {
    let best: [number, number] = [-1, -1];
    let shortest = Infinity;
    for (const u of within) {
      for (let v = 0; v < n; v++) {
        const square = squaredDistance(points, u, v, dimension);
        if (square < shortest && !within.includes(v)) [best, shortest] = [[u, v], square];
      }
    }
    edges.push(best);
    within.push(best[1]);
  }
  return edges;
}

test("a point in the ball on two others hides them from each other", () => {
  //     2          the ball on 0–1 holds 2
  // 0 ───── 1
  const [low, high] = [0.9, 1.1];
  const triangle = (height: number) => [
    [-1, 0],
    [1, 0],
    [0, height],
  ];
  assert.deepEqual(skeleton(triangle(low), 1), [[2], [2], [0, 1]]);
  assert.deepEqual(skeleton(triangle(high), 1), [
    [1, 2],
    [0, 2],
    [0, 1],
  ]);
  assert.deepEqual(skeleton(triangle(high), 2), [[2], [2], [0, 1]], "the lune of β = 2 reaches up to √3");
});

test("on the boundary: a grid has no diagonals, a triangle of equal sides has all three, twins touch", () => {
  for (const [shape, scale] of [
    [[4, 3], 1],
    [[5, 5], 0.1],
    [[3, 3, 3], 1 / 3],
  ] as const) {
    const [a, b, c = 1] = shape;
    const points = Array.from({ length: a * b * c }, (_, v) => [
      -1 + scale * (v % a),
      scale * (Math.floor(v / a) % b),
      7 + scale * Math.floor(v / (a * b)),
    ]);
    for (const beta of [1, 1.3, 2]) {
      assert.deepEqual(skeleton(points, beta), adjacency(gridNeighbors(shape, "axis")));
    }
  }
  const equal = [
    [0, 0],
    [1, 0],
    [0.5, Math.sqrt(3) / 2],
  ];
  assert.deepEqual(skeleton(equal, 2), [
    [1, 2],
    [0, 2],
    [0, 1],
  ]);
  assert.deepEqual(skeleton([[0], [0], [1]], 1), [
    [1, 2],
    [0, 2],
    [0, 1],
  ]);
});

test("the skeleton is that of the definition, on lattices too", () => {
  const points = fc.integer({ min: 1, max: 3 }).chain((dimension) =>
    fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: dimension, maxLength: dimension }), {
      minLength: 1,
      maxLength: 40,
    }),
  );
  fc.assert(
    fc.property(points, fc.constantFrom(1, 1.25, 1.5, 2), (list, beta) => {
      assert.deepEqual(skeleton(list, beta), byDefinition(list, beta));
    }),
    { seed: 1, numRuns: 120 },
  );
  for (const dimension of [1, 2, 3, 4, 6]) {
    const random = randomStream(1, "skeleton", dimension);
    const list = Array.from({ length: 120 }, () => Array.from({ length: dimension }, random.normal));
    for (const beta of [1, 1.7, 2]) assert.deepEqual(skeleton(list, beta), byDefinition(list, beta));
  }
});

test("minimum spanning tree ⊆ relative neighbourhood graph ⊆ skeletons between ⊆ Gabriel graph", () => {
  for (const [seed, lattice] of [
    [1, false],
    [2, true],
    [3, false],
  ] as const) {
    const random = randomStream(seed, "chain");
    const points = Float64Array.from({ length: 100 * 3 }, () => (lattice ? random.integer(6) : random.uniform()));
    const graphs = [2, 1.5, 1].map((beta) => adjacency(betaSkeleton(points, { dimension: 3, beta })));
    for (const [u, v] of spanningTree(points, 3)) assert.ok(graphs[0][u].includes(v));
    for (const [smaller, larger] of [graphs.slice(0, 2), graphs.slice(1)]) {
      smaller.forEach((list, u) => {
        for (const v of list) assert.ok(larger[u].includes(v), `${u}–${v}`);
      });
    }
    assert.ok(graphs[0].flat().length < graphs[2].flat().length);
  }
});

test("a β outside 1 … 2 is refused, few points are taken", () => {
  for (const beta of [0.9, 2.1, NaN]) {
    assert.throws(
      () => betaSkeleton(new Float64Array(4), { dimension: 2, beta }),
      /beta is .*; expected a number from 1/,
    );
  }
  assert.throws(() => betaSkeleton(Float64Array.of(0, Infinity), { dimension: 2, beta: 1 }), /coordinate 2 of point 0/);
  assert.deepEqual(skeleton([[1, 2]], 1), [[]]);
  assert.deepEqual(adjacency(betaSkeleton(new Float64Array(0), { dimension: 2, beta: 1 })), []);
});
