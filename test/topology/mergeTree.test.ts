import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LEAF, type MergeTree, mergeTree, nodeTypes } from "../../src/topology/mergeTree.js";
import { gridNeighbors, type Neighbors } from "../../src/topology/neighbors.js";
import { graph, smallFields, subtrees } from "./fields.js";

const line = (values: number[], options = {}) =>
  mergeTree(Float64Array.from(values), gridNeighbors([values.length], "axis"), options);

/** A node a row: type, vertex, value, parent, size, members. */
function rows(tree: MergeTree) {
  return Array.from(tree.vertex, (vertex, i) => [
    nodeTypes[tree.direction][tree.type[i]],
    vertex,
    tree.value[i],
    tree.parent[i],
    tree.size[i],
    Array.from(tree.members.subarray(tree.memberOffsets[i], tree.memberOffsets[i + 1])),
  ]);
}

test("two valleys meet at their saddle below the root", () => {
  // 3   4   5
  //   1   |   0      two valleys, saddle at 4
  assert.deepEqual(rows(line([3, 1, 4, 0, 5])), [
    ["minimum", 3, 0, 2, 1, [3]],
    ["minimum", 1, 1, 2, 2, [1, 0]],
    ["saddle", 2, 4, 3, 4, [2]],
    ["root", 4, 5, -1, 5, [4]],
  ]);
  assert.deepEqual(Array.from(line([3, 1, 4, 0, 5]).meanLoss), [0, 2, 2, 2.6]);
});

test("seen from above the same field has three maxima", () => {
  assert.deepEqual(rows(line([3, 1, 4, 0, 5], { direction: "superlevel" })), [
    ["maximum", 4, 5, 4, 1, [4]],
    ["maximum", 2, 4, 3, 1, [2]],
    ["maximum", 0, 3, 3, 1, [0]],
    ["saddle", 1, 1, 4, 3, [1]],
    ["root", 3, 0, -1, 5, [3]],
  ]);
});

test("a saddle of three valleys is one node with three children, and may be the root", () => {
  //  1   2   0   three ends of a star; its middle is 5
  const tree = mergeTree(
    Float64Array.of(5, 1, 2, 0),
    graph(4, [
      [0, 1],
      [0, 2],
      [0, 3],
    ]),
  );
  assert.deepEqual(rows(tree), [
    ["minimum", 3, 0, 3, 1, [3]],
    ["minimum", 1, 1, 3, 1, [1]],
    ["minimum", 2, 2, 3, 1, [2]],
    ["root", 0, 5, -1, 4, [0]],
  ]);
});

test("one vertex is a minimum without parent, two vertices are a minimum and a root, none is an empty forest", () => {
  assert.deepEqual(rows(line([7])), [["minimum", 0, 7, -1, 1, [0]]]);
  assert.deepEqual(rows(line([7, 6])), [
    ["minimum", 1, 6, 1, 1, [1]],
    ["root", 0, 7, -1, 2, [0]],
  ]);
  assert.deepEqual(rows(mergeTree(new Float64Array(0), graph(0, []))), []);
});

test("every component has its own root, in sweep order among the other nodes", () => {
  // 0–1   2   3–4–5 with the values 1 4 | 2 | 0 3 0
  const tree = mergeTree(
    Float64Array.of(1, 4, 2, 0, 3, 0),
    graph(6, [
      [0, 1],
      [3, 4],
      [4, 5],
    ]),
  );
  assert.deepEqual(rows(tree), [
    ["minimum", 3, 0, 4, 1, [3]],
    ["minimum", 5, 0, 4, 1, [5]],
    ["minimum", 0, 1, 5, 1, [0]],
    ["minimum", 2, 2, -1, 1, [2]],
    ["root", 4, 3, -1, 3, [4]],
    ["root", 1, 4, -1, 2, [1]],
  ]);
  assert.equal(tree.tied, 2);
});

test("a flat field is swept by vertex id", () => {
  const tree = mergeTree(new Float64Array(9).fill(2), gridNeighbors([3, 3], "freudenthal"));
  assert.deepEqual(rows(tree), [
    ["minimum", 0, 2, 1, 8, [0, 1, 2, 3, 4, 5, 6, 7]],
    ["root", 8, 2, -1, 9, [8]],
  ]);
  assert.equal(tree.tied, 9);
});

test("NaN counts as +Infinity and is reported with the infinite values; the range is that of the others", () => {
  const tree = line([1, NaN, 0, Infinity, 5, -Infinity, 2]);
  assert.deepEqual(rows(tree), [
    ["minimum", 5, -Infinity, 4, 3, [5, 6, 4]],
    ["minimum", 2, 0, 3, 1, [2]],
    ["minimum", 0, 1, 3, 1, [0]],
    ["saddle", 1, Infinity, 4, 3, [1]],
    ["root", 3, Infinity, -1, 7, [3]],
  ]);
  assert.deepEqual(
    [tree.nonFinite, tree.minimum, tree.maximum, tree.tied, Array.from(tree.meanLoss)],
    [3, 0, 5, 2, [-Infinity, 0, 1, Infinity, NaN]],
  );
  const nothing = line([NaN, NaN]);
  assert.deepEqual([nothing.nonFinite, nothing.minimum, nothing.maximum], [2, NaN, NaN]);
});

test("mean losses are accurate where a plain sum is not", () => {
  assert.equal(line([1e16, 1, -1e16, 1]).meanLoss.at(-1), 0.5);
  const values = Float64Array.from({ length: 100_000 }, (_, i) => 0.1 + 1e9 * (i % 2));
  assert.equal(mergeTree(values, gridNeighbors([100_000], "axis")).meanLoss.at(-1), 5e8 + 0.1);
});

test("as many values as vertices are asked for", () => {
  assert.throws(
    () => mergeTree(new Float64Array(5), gridNeighbors([2, 3], "axis")),
    /graph with 6 vertices got 5 values; expected one per vertex/,
  );
});

/** The tree found by recomputing the components of every swept set from nothing. */
function naiveTree(values: Float64Array, neighbors: Neighbors, direction: "sublevel" | "superlevel") {
  const order = Array.from(values.keys()).sort((u, v) => values[u] - values[v] || u - v);
  if (direction === "superlevel") order.reverse();
  const out = new Int32Array(neighbors.maxDegree);
  const around = (v: number) => Array.from(out.subarray(0, neighbors.list(v, out)));
  const component = (from: number, within: Set<number>) => {
    const seen = new Set([from]);
    for (const v of seen) for (const u of around(v)) if (within.has(u)) seen.add(u);
    return seen;
  };
  const all = new Set(order);
  const nodes = order.filter((v, rank) => {
    const swept = new Set(order.slice(0, rank));
    const touched = around(v).filter((u) => swept.has(u));
    const distinct = new Set(touched.map((u) => Math.min(...component(u, swept))));
    const isLast = order.findLast((u) => component(v, all).has(u)) === v;
    return distinct.size !== 1 || isLast;
  });
  const sweptWith = (v: number) => component(v, new Set(order.slice(0, order.indexOf(v) + 1)));
  return nodes.map((v) => {
    const below = sweptWith(v);
    const p = nodes.find((u) => order.indexOf(u) > order.indexOf(v) && sweptWith(u).has(v));
    const top = p === undefined ? order.length : order.indexOf(p);
    const whole = component(v, new Set(order.slice(0, Math.max(top, order.indexOf(v) + 1))));
    const own = order.filter((u) => whole.has(u) && (u === v || !below.has(u)));
    return { vertex: v, parent: p === undefined ? -1 : nodes.indexOf(p), size: whole.size, own };
  });
}

test("the tree is that of a naive search of every swept set", () => {
  fc.assert(
    fc.property(
      smallFields,
      fc.constantFrom("sublevel" as const, "superlevel" as const),
      ({ values, neighbors }, direction) => {
        const tree = mergeTree(values, neighbors, { direction });
        assert.deepEqual(
          rows(tree).map(([, vertex, , parent, size, own]) => ({ vertex, parent, size, own })),
          naiveTree(values, neighbors, direction),
        );
      },
    ),
    { seed: 4, numRuns: 150 },
  );
});

test("members partition the vertices, sizes and means are those of the subtrees, types follow from the shape", () => {
  fc.assert(
    fc.property(smallFields, ({ values, neighbors }) => {
      const tree = mergeTree(values, neighbors);
      const sorted = tree.members.slice().sort();
      assert.deepEqual(sorted, Int32Array.from(values.keys()));
      subtrees(tree).forEach((vertices, node) => {
        assert.equal(tree.size[node], vertices.length);
        const mean = vertices.reduce((sum, v) => sum + values[v], 0) / vertices.length; // quarters: exact
        assert.equal(tree.meanLoss[node], mean);
        const children = tree.parent.filter((p) => p === node).length;
        const expected = children === 0 ? "minimum" : tree.parent[node] < 0 ? "root" : "saddle";
        assert.equal(nodeTypes.sublevel[tree.type[node]], expected);
        if (expected === "saddle") assert.ok(children >= 2);
        if (tree.parent[node] >= 0)
          assert.ok(tree.parent[node] > node && tree.value[tree.parent[node]] >= tree.value[node]);
      });
    }),
    { seed: 5, numRuns: 200 },
  );
});

test("a rising map of the values keeps vertices, parents, types and members", () => {
  fc.assert(
    fc.property(smallFields, ({ values, neighbors }) => {
      const { value: _, meanLoss: __, minimum: ___, maximum: ____, ...shape } = mergeTree(values, neighbors);
      const mapped = mergeTree(
        values.map((x) => Math.exp(3 * x) - 100),
        neighbors,
      );
      assert.deepEqual({ ...mapped, ...shape }, mapped);
    }),
    { seed: 6, numRuns: 100 },
  );
});

test("the superlevel tree is the sublevel tree of the negated values, where no two are equal", () => {
  fc.assert(
    fc.property(smallFields, ({ values: tied, neighbors }) => {
      const values = tied.map((x, v) => x + v / 4096);
      const down = mergeTree(values, neighbors, { direction: "superlevel" });
      const up = mergeTree(
        values.map((x) => -x),
        neighbors,
      );
      assert.deepEqual(
        rows(down).map((r) => r.slice(3)),
        rows(up).map((r) => r.slice(3)),
      );
      assert.deepEqual(down.vertex, up.vertex);
      assert.equal(down.type.filter((t) => t === LEAF).length, up.type.filter((t) => t === LEAF).length);
    }),
    { seed: 7, numRuns: 100 },
  );
});
