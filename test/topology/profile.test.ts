import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../src/linalg/random.js";
import { type MergeTree, mergeTree } from "../../src/topology/mergeTree.js";
import { gridNeighbors } from "../../src/topology/neighbors.js";
import { type Profile, profile } from "../../src/topology/profile.js";
import { simplify } from "../../src/topology/simplification.js";
import { smallFields, subtrees } from "./fields.js";

const rowsOf = (p: Profile, basin: number) =>
  Array.from(p.basin.keys())
    .filter((i) => p.basin[i] === basin)
    .map((i) => ({ value: p.value[i], left: p.left[i], right: p.right[i], width: p.right[i] - p.left[i] }));

test("two valleys lie side by side below their saddle, the larger one left", () => {
  // 3   4   5
  //   1   |   0      nodes: 0 (vertex 3), 1 (vertex 1), 2 (saddle 4), 3 (root 5)
  const values = Float64Array.of(3, 1, 4, 0, 5);
  const p = profile(mergeTree(values, gridNeighbors([5], "axis")), values);
  const rows = Array.from(p.basin, (basin, i) => [basin, p.parent[i], p.value[i], p.left[i], p.right[i]]);
  // 5  |0———————————————————5|  root
  //     |0—————————————4|       saddle, from 4 to 5, four wide, centred in 0…5 with its block
  // 4      [0.5 … 4.5]
  //      |1………3|  |3…4|
  assert.deepEqual(rows, [
    [3, -1, 5, 0, 5],
    [2, 3, 4, 0.5, 4.5],
    [2, 3, 5, 0.5, 4.5],
    [1, 2, 1, 1.5, 2.5],
    [1, 2, 3, 1, 3],
    [1, 2, 4, 1, 3],
    [0, 2, 0, 3, 4],
    [0, 2, 4, 3, 4],
  ]);
  assert.deepEqual(Array.from(p.center), [3.5, 2, 2.5, 2.5]);
  assert.deepEqual(Array.from(p.base), [0, 1, 4, 5]);
  assert.deepEqual(Array.from(p.meanLoss), [2.6, 2, 2, 2, 2, 2, 0, 0]);
});

test("losses that are not finite are drawn at the highest finite level and count in the width", () => {
  const values = Float64Array.of(0, 1, NaN, Infinity);
  const p = profile(mergeTree(values, gridNeighbors([4], "axis")), values);
  assert.deepEqual(Array.from(p.value), [1, 0, 1]);
  assert.deepEqual(
    Array.from(p.right, (r, i) => r - p.left[i]),
    [4, 1, 3],
  );
  const hopeless = Float64Array.of(NaN, NaN);
  assert.throws(
    () => profile(mergeTree(hopeless, gridNeighbors([2], "axis")), hopeless),
    /needs a finite loss; all 2 are NaN or infinite/,
  );
});

test("too few levels are refused", () => {
  const values = Float64Array.of(1);
  const tree = mergeTree(values, gridNeighbors([1], "axis"));
  assert.throws(() => profile(tree, values, { levels: 2 }), /levels are 2; expected an integer of 3 or more/);
});

/** The laws that make a profile a landscape. */
function checkLaws(tree: MergeTree, values: Float64Array, levels: number) {
  const n = values.length;
  const sign = tree.direction === "sublevel" ? 1 : -1;
  const p = profile(tree, values, { levels });
  const sets = subtrees(tree);
  const outlines = sets.map((_, node) => rowsOf(p, node));
  outlines.forEach((rows, node) => {
    const q = tree.parent[node];
    assert.ok(rows.length >= 1 && rows.length <= levels);
    assert.equal(rows[0].value, tree.value[node]);
    assert.equal(rows[rows.length - 1].value, q < 0 ? tree.value[node] : tree.value[q]);
    assert.equal(rows[rows.length - 1].width, tree.size[node]);
    for (const { value, left, right, width } of rows) {
      assert.equal(width, sets[node].filter((v) => sign * values[v] <= sign * value).length);
      assert.equal((left + right) / 2, p.center[node]);
    }
    const top = rows[rows.length - 1];
    if (q >= 0) assert.ok(outlines[q][0].left <= top.left && top.right <= outlines[q][0].right);
    const siblings = sets.map((_, other) => other).filter((other) => tree.parent[other] === q && other !== node);
    for (const other of siblings) {
      const sibling = outlines[other][outlines[other].length - 1];
      assert.ok(sibling.right <= top.left || top.right <= sibling.left);
      if (tree.size[other] > tree.size[node]) assert.ok(sibling.right <= top.left);
    }
  });
  const roots = outlines.filter((_, node) => tree.parent[node] < 0).map((rows) => rows[rows.length - 1]);
  assert.equal(Math.min(...roots.map((r) => r.left)), 0);
  assert.equal(Math.max(...roots.map((r) => r.right)), n);
  p.basin.forEach((node, i) => {
    assert.equal(p.parent[i], tree.parent[node]);
    assert.equal(p.meanLoss[i], tree.meanLoss[node]);
    if (tree.parent[node] >= 0) assert.ok(p.basin.indexOf(tree.parent[node]) < i);
  });
  return p;
}

test("widths count samples, the root is as wide as the field, children fit and never overlap", () => {
  fc.assert(
    fc.property(smallFields, fc.integer({ min: 3, max: 8 }), fc.boolean(), ({ values, neighbors }, levels, above) => {
      const tree = mergeTree(values, neighbors, { direction: above ? "superlevel" : "sublevel" });
      checkLaws(tree, values, levels);
    }),
    { seed: 31, numRuns: 200 },
  );
});

test("so do those of simplified trees", () => {
  fc.assert(
    fc.property(smallFields, fc.integer({ min: 0, max: 8 }), ({ values, neighbors }, quarters) => {
      const tree = simplify(mergeTree(values, neighbors), values, { threshold: quarters / 4 });
      checkLaws(tree, values, 256);
    }),
    { seed: 32, numRuns: 200 },
  );
});

test("a basin with more losses than levels keeps its first, its last and quantiles between", () => {
  const random = randomStream(33);
  const values = Float64Array.from({ length: 30 * 30 }, random.normal).map((x, v) => x + 0.02 * ((v % 30) - 15) ** 2);
  const tree = simplify(mergeTree(values, gridNeighbors([30, 30], "freudenthal")), values, { threshold: 3 });
  const p = checkLaws(tree, values, 10);
  tree.vertex.forEach((_, node) => {
    const own = tree.memberOffsets[node + 1] - tree.memberOffsets[node];
    const rows = rowsOf(p, node);
    rows.slice(1).forEach(({ width }, i) => {
      assert.ok(width - rows[i].width <= own / 8 + 1);
    });
  });
  assert.ok(Math.max(...tree.vertex.map((_, node) => rowsOf(p, node).length)) === 10);
});
