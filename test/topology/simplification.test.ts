import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type MergeTree, mergeTree } from "../../src/topology/mergeTree.js";
import { gridNeighbors } from "../../src/topology/neighbors.js";
import { persistencePairs } from "../../src/topology/persistence.js";
import { simplify } from "../../src/topology/simplification.js";
import { smallFields, subtrees } from "./fields.js";

const own = ({ members, memberOffsets }: MergeTree) =>
  Array.from(memberOffsets.subarray(1), (end, i) => Array.from(members.subarray(memberOffsets[i], end)));

//   8                   9
//       5       6
//         3   4   |   2     three valleys: 0 (bar ∞), 2 (6 − 2 = 4), 3 (5 − 3 = 2)
//     0
const values = Float64Array.of(8, 0, 5, 3, 4, 6, 2, 9);
const tree = mergeTree(values, gridNeighbors([8], "axis"));

test("a short bar is absorbed into the valley that outlives it", () => {
  assert.deepEqual(Array.from(tree.vertex), [1, 6, 3, 2, 5, 7]);
  const simple = simplify(tree, values, { threshold: 3 });
  assert.deepEqual(Array.from(simple.vertex), [1, 6, 5, 7]);
  assert.deepEqual(Array.from(simple.parent), [2, 2, 3, -1]);
  assert.deepEqual(own(simple), [[1, 3, 4, 2], [6], [5, 0], [7]]);
  assert.deepEqual(Array.from(simple.size), [4, 1, 7, 8]);
  assert.deepEqual(Array.from(simple.meanLoss), [3, 2, 28 / 7, 37 / 8]);
});

test("a bar as long as the threshold stays; relative thresholds count in ranges; essential bars stay always", () => {
  assert.equal(simplify(tree, values, { threshold: 2 }).vertex.length, 6);
  assert.equal(simplify(tree, values, { threshold: 2.01 }).vertex.length, 4);
  assert.equal(simplify(tree, values, { threshold: 4 / 9, relative: true }).vertex.length, 4);
  assert.equal(simplify(tree, values, { threshold: 4.01 / 9, relative: true }).vertex.length, 2);
  assert.deepEqual(own(simplify(tree, values, { threshold: 1e9 })), [[1, 6, 3, 4, 2, 5, 0], [7]]);
});

test("the k longest bars stay, of equally long ones the first born, and essential ones always", () => {
  assert.deepEqual(simplify(tree, values, { keep: 3 }), tree);
  assert.deepEqual(simplify(tree, values, { keep: 2 }), simplify(tree, values, { threshold: 3 }));
  assert.deepEqual(simplify(tree, values, { keep: 3, threshold: 3 }), simplify(tree, values, { threshold: 3 }));
  assert.deepEqual(simplify(tree, values, { keep: 1 }), simplify(tree, values, { threshold: 1e9 }));
  const even = Float64Array.of(1, 3, 1, 3, 0, 3, 1);
  const comb = simplify(mergeTree(even, gridNeighbors([7], "axis")), even, { keep: 2 });
  assert.deepEqual(Array.from(comb.vertex), [4, 0, 3, 5]);
  assert.throws(() => simplify(tree, values, { keep: 0 }), /bars to keep is 0; expected an integer ≥ 1/);
});

test("keeping k bars keeps the first k of the barcode", () => {
  fc.assert(
    fc.property(smallFields, fc.integer({ min: 1, max: 6 }), fc.boolean(), ({ values, neighbors }, keep, above) => {
      const full = mergeTree(values, neighbors, { direction: above ? "superlevel" : "sublevel" });
      const before = persistencePairs(full);
      const after = persistencePairs(simplify(full, values, { keep }));
      const kept = Array.from(before.birth.keys()).filter((i) => i < keep || before.deathVertex[i] < 0);
      for (const name of ["birth", "death", "birthVertex", "deathVertex", "size"] as const) {
        assert.deepEqual(
          Array.from(after[name]),
          kept.map((i) => before[name][i]),
        );
      }
    }),
    { seed: 23, numRuns: 200 },
  );
});

test("a threshold below zero or without a value is refused", () => {
  assert.throws(() => simplify(tree, values, { threshold: -1 }), /threshold is -1; expected a finite number ≥ 0/);
  assert.throws(() => simplify(tree, values, { threshold: NaN, relative: true }), RangeError);
});

test("simplification at t removes exactly the bars shorter than t and keeps a tree of all vertices", () => {
  fc.assert(
    fc.property(smallFields, fc.integer({ min: 0, max: 10 }), ({ values, neighbors }, quarters) => {
      const threshold = quarters / 4;
      const full = mergeTree(values, neighbors);
      const simple = simplify(full, values, { threshold });
      const before = persistencePairs(full);
      const after = persistencePairs(simple);
      const kept = Array.from(before.birth.keys()).filter((i) => !(before.death[i] - before.birth[i] < threshold));
      assert.deepEqual(
        Array.from(after.birthVertex),
        kept.map((i) => before.birthVertex[i]),
      );
      assert.deepEqual(
        Array.from(after.deathVertex),
        kept.map((i) => before.deathVertex[i]),
      );

      assert.deepEqual(simple.members.slice().sort(), Int32Array.from(values.keys()));
      const order = Array.from(values.keys()).sort((u, v) => values[u] - values[v] || u - v);
      const rank = new Map(order.map((v, i) => [v, i]));
      subtrees(simple).forEach((vertices, node) => {
        assert.equal(simple.size[node], vertices.length);
        assert.equal(simple.meanLoss[node], vertices.reduce((sum, v) => sum + values[v], 0) / vertices.length);
        const members = own(simple)[node];
        assert.ok(members.includes(simple.vertex[node]));
        assert.ok(members.every((v, i) => i === 0 || (rank.get(v) ?? 0) > (rank.get(members[i - 1]) ?? 0)));
        const children = simple.parent.filter((p) => p === node).length;
        assert.ok(simple.type[node] === 0 ? children === 0 : simple.parent[node] < 0 || children >= 2);
      });
      if (quarters === 0) assert.deepEqual(simple, full);
    }),
    { seed: 21, numRuns: 300 },
  );
});

test("simplifying in two steps is simplifying by the larger threshold", () => {
  fc.assert(
    fc.property(
      smallFields,
      fc.integer({ max: 10, min: 0 }),
      fc.integer({ max: 10, min: 0 }),
      ({ values, neighbors }, a, b) => {
        const full = mergeTree(values, neighbors);
        const twice = simplify(simplify(full, values, { threshold: a / 4 }), values, { threshold: b / 4 });
        assert.deepEqual(twice, simplify(full, values, { threshold: Math.max(a, b) / 4 }));
      },
    ),
    { seed: 22, numRuns: 150 },
  );
});
