import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nearestNeighbors } from "../../src/linalg/nearestNeighbors.js";
import { explicitNeighbors, type VertexLists } from "../../src/topology/explicitNeighbors.js";
import { knnNeighbors } from "../../src/topology/knnNeighbors.js";
import { mergeTree } from "../../src/topology/mergeTree.js";
import { adjacency, graph } from "./fields.js";

function lists(of: number[][]): VertexLists {
  const offsets = new Int32Array(of.length + 1);
  of.forEach((list, u) => {
    offsets[u + 1] = offsets[u] + list.length;
  });
  return { offsets, values: Int32Array.from(of.flat()) };
}

test("an edge needs one list, or both if mutual; loops and repetitions go", () => {
  const given = lists([[2, 1, 1], [0], [2], []]);
  assert.deepEqual(adjacency(explicitNeighbors(given)), [[1, 2], [0], [0], []]);
  assert.deepEqual(adjacency(explicitNeighbors(given, { mutual: true })), [[1], [0], [], []]);
  assert.equal(explicitNeighbors(given).maxDegree, 2);
  assert.deepEqual(adjacency(explicitNeighbors(lists([]))), []);
});

test("the graph is the union or the intersection of the lists and their transposes", () => {
  const many = fc
    .integer({ min: 1, max: 9 })
    .chain((n) =>
      fc.array(fc.array(fc.integer({ min: 0, max: n - 1 }), { maxLength: 8 }), { minLength: n, maxLength: n }),
    );
  fc.assert(
    fc.property(many, fc.boolean(), (of, mutual) => {
      const expected = of.map((list, u) =>
        of.flatMap((other, v) => {
          const [forth, back] = [list.includes(v), other.includes(u)];
          return u !== v && (mutual ? forth && back : forth || back) ? [v] : [];
        }),
      );
      assert.deepEqual(adjacency(explicitNeighbors(lists(of), { mutual })), expected);
    }),
    { seed: 2, numRuns: 200 },
  );
});

test("a neighbour that is not a vertex is refused by name", () => {
  for (const v of [-1, 2]) {
    assert.throws(
      () => explicitNeighbors(lists([[1], [v]])),
      new RegExp(`vertex 1 has the neighbour ${v}; the graph has the vertices 0 to 1`),
    );
  }
});

test("the two nearest on a line: the ends reach further in, and keep only what is mutual", () => {
  const nearest = nearestNeighbors(Float64Array.of(0, 1, 2, 3, 4), { dimension: 1, k: 2 });
  const union = adjacency(knnNeighbors(nearest, { count: 5, mutual: false }));
  assert.deepEqual(union, [
    [1, 2],
    [0, 2],
    [0, 1, 3, 4],
    [2, 4],
    [2, 3],
  ]);
  const mutual = adjacency(knnNeighbors(nearest, { count: 5, mutual: true }));
  assert.deepEqual(mutual, [[1], [0, 2], [1, 3], [2, 4], [3]]);
});

test("the tree of a kNN graph is that of the same edges listed by hand", () => {
  const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), {
    minLength: 4,
    maxLength: 30,
  });
  fc.assert(
    fc.property(points, fc.boolean(), (list, mutual) => {
      const k = 3;
      const square = (u: number, v: number) => (list[u][0] - list[v][0]) ** 2 + (list[u][1] - list[v][1]) ** 2;
      const near = list.map((_, u) =>
        list
          .map((_, v) => v)
          .filter((v) => v !== u)
          .sort((v, w) => square(u, v) - square(u, w) || v - w)
          .slice(0, k),
      );
      const edges = list.flatMap((_, u) =>
        list.flatMap((_, v) => {
          const [forth, back] = [near[u].includes(v), near[v].includes(u)];
          return u < v && (mutual ? forth && back : forth || back) ? [[u, v] as const] : [];
        }),
      );
      const values = Float64Array.from(list, ([x, y]) => (5 * x + 3 * y) % 7);
      const nearest = nearestNeighbors(Float64Array.from(list.flat()), { dimension: 2, k });
      assert.deepEqual(
        mergeTree(values, knnNeighbors(nearest, { count: list.length, mutual })),
        mergeTree(values, graph(list.length, edges)),
      );
    }),
    { seed: 3, numRuns: 100 },
  );
});
