import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { treeLayout } from "../../src/figures/treeLayout.js";
import { randomStream } from "../../src/linalg/random.js";

test("leaves stand in a row, the elder branch left, a saddle in the middle of its branches", () => {
  //        5 (9)
  //        |
  //        4 (6)
  //      /   \
  //    3 (4)  \         0 at loss 2, 1 at loss 1, 2 at loss 3
  //   /  \     \
  //  1    0     2
  const { nodes, leafCount, superlevel } = treeLayout(Float64Array.of(2, 1, 3, 4, 6, 9), [3, 3, 4, 4, 5, -1], 10);
  assert.deepEqual(
    nodes.map(({ node, x, above }) => [node, x, above]),
    [
      [2, 2, 4],
      [0, 1, 3],
      [1, 0, 3],
      [3, 0.5, 4],
      [4, 1.25, 5],
      [5, 1.25, -1],
    ],
  );
  assert.equal(leafCount, 3);
  assert.equal(superlevel, false);
});

test("of many leaves the most persistent stay, and a saddle that joins nothing any more goes", () => {
  // minima 1 and 0 join at 4 (persistence of the leaf at loss 2 is 2), both with 2 at 6 (persistence 3)
  const { nodes, leafCount } = treeLayout(Float64Array.of(2, 1, 3, 4, 6, 9), [3, 3, 4, 4, 5, -1], 2);
  assert.deepEqual(nodes.map(({ node }) => node).sort(), [1, 2, 4, 5]);
  assert.equal(nodes.find(({ node }) => node === 1)?.above, 4);
  assert.equal(leafCount, 3);
});

test("the leaves of a superlevel tree are maxima, the highest left", () => {
  const { nodes, superlevel } = treeLayout(Float64Array.of(5, 8, 2), [2, 2, -1], 10);
  assert.equal(superlevel, true);
  assert.equal(nodes.find(({ node }) => node === 1)?.x, 0);
});

test("nodes without one root are refused", () => {
  assert.throws(() => treeLayout(Float64Array.of(1, 2), [-1, -1], 9), /one node without parent; found 2/);
  assert.throws(() => treeLayout(Float64Array.of(1, 2, 3), [-1, 2, 1], 9), /only 1 of 3 nodes/);
});

test("a chain of 100,000 saddles needs no deep stack", () => {
  // leaf 0 and for every k a leaf 2k−1 joining at saddle 2k
  const n = 100_000;
  const value = Float64Array.from({ length: 2 * n + 1 }, (_, v) =>
    v === 0 ? 0 : v % 2 === 1 ? (v + 1) / 2 - 0.25 : v / 2,
  );
  const parent = Int32Array.from({ length: 2 * n + 1 }, (_, v) => (v === 2 * n ? -1 : v % 2 === 1 ? v + 1 : v + 2));
  const { nodes, leafCount } = treeLayout(value, parent, 200);
  assert.equal(leafCount, n + 1);
  assert.equal(nodes.filter(({ left, right, node }) => left === right && node !== 2 * n).length, 200);
});

test("edges never cross: the leaves below every node are neighbours, and sibling branches stand apart", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 1000 }), (leaves, seed) => {
      const random = randomStream(seed, "tree");
      const value = Array.from({ length: leaves }, () => random.uniform());
      const parent = value.map(() => -1);
      let open = value.map((_, v) => v);
      while (open.length > 1) {
        const joined = Array.from(
          random.sample(open.length, Math.min(open.length, 2 + random.integer(2))),
          (k) => open[k],
        );
        value.push(Math.max(...joined.map((v) => value[v])) + random.uniform());
        parent.push(-1);
        for (const v of joined) parent[v] = value.length - 1;
        open = [...open.filter((v) => !joined.includes(v)), value.length - 1];
      }
      const { nodes } = treeLayout(Float64Array.from(value), parent, 1000);
      assert.equal(nodes.length, value.length);
      const below = new Map<number, number[]>(nodes.map(({ node, x }) => [node, node < leaves ? [x] : []]));
      for (const { node, above } of nodes) if (above >= 0) below.get(above)!.push(...below.get(node)!);
      for (const { node, x, left, right } of nodes) {
        const xs = below.get(node)!.sort((a, b) => a - b);
        assert.deepEqual(
          xs,
          Array.from(xs, (_, k) => xs[0] + k),
        );
        assert.ok(xs[0] <= left && left <= x && x <= right && right <= xs[xs.length - 1]);
      }
    }),
    { seed: 4 },
  );
});
