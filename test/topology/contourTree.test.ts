import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../src/linalg/random.js";
import { type ContourTree, contourTree, contourTypes } from "../../src/topology/contourTree.js";
import { mergeTree } from "../../src/topology/mergeTree.js";
import { gridNeighbors, type Neighbors } from "../../src/topology/neighbors.js";
import { graph, smallFields } from "./fields.js";

const types = (tree: ContourTree) => Array.from(tree.type, (code) => contourTypes[code]);
const arcs = (tree: ContourTree) =>
  Array.from(tree.from, (from, arc) => [
    tree.vertex[from],
    tree.vertex[tree.to[arc]],
    Array.from(tree.members.subarray(tree.memberOffsets[arc], tree.memberOffsets[arc + 1])),
  ]);

/** Every edge between consecutive vertices along the arcs, lower vertex first. */
function edges(tree: ContourTree): [number, number][] {
  return (arcs(tree) as [number, number, number[]][]).flatMap(([from, to, members]) => {
    const path = [from, ...members, to];
    return path.slice(1).map((v, i): [number, number] => [path[i], v]);
  });
}

const edgesOf = (neighbors: Neighbors) => {
  const out = new Int32Array(neighbors.maxDegree);
  return Array.from({ length: neighbors.count }, (_, v) =>
    Array.from(out.subarray(0, neighbors.list(v, out)))
      .filter((u) => u < v)
      .map((u): [number, number] => [u, v]),
  ).flat();
};

test("two minima join, two maxima split: a tree of five arcs", () => {
  //  4   5
  //    3         two peaks above a split,
  //    2
  //  0   1       two pits below a join
  const tree = contourTree(
    Float64Array.of(0, 1, 2, 3, 4, 5),
    graph(6, [
      [0, 2],
      [1, 2],
      [2, 3],
      [3, 4],
      [3, 5],
    ]),
  );
  assert.deepEqual(types(tree), ["minimum", "minimum", "join", "split", "maximum", "maximum"]);
  assert.deepEqual(arcs(tree), [
    [0, 2, []],
    [1, 2, []],
    [2, 3, []],
    [3, 4, []],
    [3, 5, []],
  ]);
  assert.deepEqual([tree.down, tree.up], [Int32Array.of(0, 0, 2, 1, 1, 1), Int32Array.of(1, 1, 1, 2, 0, 0)]);
});

test("on a grid the pass between two peaks and the pass between two pits are its inner nodes", () => {
  //  9 8 7 8 9
  //  8 2 5 3 8     two pits (2, 3) that join at 5, a rim whose lowest points are the two 7s
  //  9 8 7 8 9
  const values = Float64Array.of(9, 8, 7, 8, 9, 8, 2, 5, 3, 8, 9, 8, 7, 8, 9);
  const tree = contourTree(values, gridNeighbors([5, 3], "freudenthal"));
  assert.deepEqual(Array.from(tree.vertex.slice(0, 3)), [6, 8, 7]);
  assert.deepEqual(types(tree).slice(0, 3), ["minimum", "minimum", "join"]);
  assert.equal(types(tree).filter((type) => type === "maximum").length, 4);
  assert.equal(tree.tied, 12);
});

test("one vertex is a minimum without arcs, a line one arc, the bottom of a valley between two slopes two arcs, no vertex no tree", () => {
  const one = contourTree(Float64Array.of(NaN), graph(1, []));
  assert.deepEqual([types(one), Array.from(one.value), arcs(one)], [["minimum"], [Infinity], []]);
  const line = contourTree(Float64Array.of(1, 2, 3, 4), gridNeighbors([4], "axis"));
  assert.deepEqual(arcs(line), [[0, 3, [1, 2]]]);
  const zigzag = contourTree(Float64Array.of(3, 1, 4, 0, 5), gridNeighbors([5], "axis"));
  assert.deepEqual(types(zigzag), ["minimum", "minimum", "maximum", "maximum", "maximum"]);
  assert.deepEqual(Array.from(zigzag.up), [2, 2, 0, 0, 0]);
  assert.deepEqual(arcs(contourTree(new Float64Array(0), graph(0, []))), []);
  assert.throws(
    () => contourTree(new Float64Array(3), graph(4, [])),
    /graph with 4 vertices got 3 values; expected one per vertex/,
  );
});

test("a plateau is climbed by vertex id, NaN and infinities lie at the ends", () => {
  assert.deepEqual(edges(contourTree(new Float64Array(4).fill(1), gridNeighbors([4], "axis"))), [
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  const tree = contourTree(Float64Array.of(NaN, 1, -Infinity), gridNeighbors([3], "axis"));
  assert.deepEqual(arcs(tree), [[2, 0, [1]]]);
});

test("the contour tree of a graph that is a tree is that tree", () => {
  const trees = fc
    .array(fc.record({ parent: fc.nat(), level: fc.integer({ min: 0, max: 8 }) }), { minLength: 1, maxLength: 20 })
    .map((vertices) => ({
      values: Float64Array.from(vertices, ({ level }) => level),
      links: vertices.slice(1).map(({ parent }, i): [number, number] => [parent % (i + 1), i + 1]),
    }));
  const sorted = (pairs: [number, number][]) =>
    pairs.map(([u, v]) => [Math.min(u, v), Math.max(u, v)]).sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  fc.assert(
    fc.property(trees, ({ values, links }) => {
      assert.deepEqual(sorted(edges(contourTree(values, graph(values.length, links)))), sorted(links));
    }),
    { seed: 51, numRuns: 300 },
  );
});

/** Sublevel and superlevel components in the order of the contour tree: vertex by rank, so that nothing is tied. */
function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((u, v) => values[u] - values[v] || u - v);
  const rank = new Float64Array(values.length);
  order.forEach((v, r) => {
    rank[v] = r;
  });
  return rank;
}

/** Fields with ties on the triangulated grids, of 1 to 4 axes. */
const triangulated = smallFields.filter(({ describe }) => describe.endsWith("freudenthal"));

test("it has the join and the split tree of a triangulated grid, plateaus and all", () => {
  fc.assert(
    fc.property(triangulated, ({ values, neighbors }) => {
      const tree = contourTree(values, neighbors);
      const superlevel = mergeTree(values, neighbors, { direction: "superlevel" });
      assert.deepEqual(
        tree.vertex.filter((_, node) => tree.up[node] === 0 && tree.down[node] > 0).sort(),
        superlevel.vertex
          .filter((_, node) => superlevel.type[node] === 0 && superlevel.size[node] < values.length)
          .sort(),
        "a tied maximum is one vertex in both",
      );
      const generic = ranks(values);
      const own = graph(values.length, edges(tree));
      for (const direction of ["sublevel", "superlevel"] as const) {
        assert.deepEqual(mergeTree(generic, own, { direction }), mergeTree(generic, neighbors, { direction }));
      }
    }),
    { seed: 52, numRuns: 300 },
  );
});

test("nodes less arcs are components, every vertex has its place, degrees are those of the join and split trees", () => {
  fc.assert(
    fc.property(smallFields, ({ values, neighbors }) => {
      const tree = contourTree(values, neighbors);
      const join = mergeTree(ranks(values), neighbors);
      const split = mergeTree(ranks(values), neighbors, { direction: "superlevel" });
      const components = join.parent.filter((p) => p < 0).length;
      assert.equal(tree.vertex.length - tree.from.length, components);
      assert.deepEqual(Int32Array.from([...tree.vertex, ...tree.members]).sort(), Int32Array.from(values.keys()));
      const children = ({ vertex, parent }: typeof join, v: number) => {
        const node = vertex.indexOf(v);
        return node < 0 ? 1 : parent.filter((p) => p === node).length;
      };
      tree.vertex.forEach((v, node) => {
        assert.deepEqual([tree.down[node], tree.up[node]], [children(join, v), children(split, v)]);
        assert.equal(tree.down[node], tree.to.filter((to) => to === node).length);
        assert.equal(tree.up[node], tree.from.filter((from) => from === node).length);
        assert.ok(tree.down[node] !== 1 || tree.up[node] !== 1, "no regular vertex");
      });
      assert.ok(tree.from.every((from, arc) => from < tree.to[arc]));
    }),
    { seed: 53, numRuns: 200 },
  );
});

test("the tree of −f is that of f upside down, and on grids its leaves are the minima and maxima", () => {
  const random = randomStream(54);
  for (const shape of [
    [9, 8],
    [5, 4, 6],
    [4, 4, 3, 4],
  ]) {
    const neighbors = gridNeighbors(shape, "freudenthal");
    const values = Float64Array.from({ length: neighbors.count }, random.normal);
    const tree = contourTree(values, neighbors);
    const turned = contourTree(
      values.map((x) => -x),
      neighbors,
    );
    assert.deepEqual(turned.vertex, tree.vertex.slice().reverse());
    assert.deepEqual(
      types(turned).reverse(),
      types(tree).map(
        (type) => ({ minimum: "maximum", maximum: "minimum", join: "split", split: "join" })[type as string] ?? type,
      ),
    );
    const byEnds = (list: [number, number][]) => list.sort((p, q) => p[0] - q[0] || p[1] - q[1]);
    assert.deepEqual(byEnds(edges(turned).map(([u, v]) => [v, u])), byEnds(edges(tree)));
    const degrees = tree.up.map((up, node) => up + tree.down[node]);
    const extrema = types(tree).filter((type) => type === "minimum" || type === "maximum").length;
    assert.equal(degrees.filter((degree) => degree === 1).length, extrema);
  }
});

test("between any two levels as many arcs pass as a triangulated grid has contours there", () => {
  const fields = fc
    .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 }))
    .chain(([nx, ny]) =>
      fc
        .array(fc.integer({ min: 0, max: 12 }), { minLength: nx * ny, maxLength: nx * ny })
        .map((levels) => ({ nx, ny, values: Float64Array.from(levels) })),
    );
  fc.assert(
    fc.property(fields, ({ nx, ny, values }) => {
      const neighbors = gridNeighbors([nx, ny], "freudenthal");
      const rank = ranks(values);
      const links = edgesOf(neighbors);
      const linked = new Set(links.map(String));
      const shareTriangle = ([a, b]: number[], [c, d]: number[]) => {
        const ends = [...new Set([a, b, c, d])].sort((u, v) => u - v);
        return (
          ends.length === 3 &&
          [
            [0, 1],
            [0, 2],
            [1, 2],
          ].every(([i, j]) => linked.has(`${ends[i]},${ends[j]}`))
        );
      };
      const ours = edges(contourTree(values, neighbors));
      for (let level = 0.5; level < values.length - 1; level++) {
        const crosses = ([u, v]: number[]) => rank[u] < level !== rank[v] < level;
        const crossing = links.filter(crosses);
        const seen = new Set<number>();
        let contours = 0;
        crossing.forEach((_, i) => {
          if (seen.has(i)) return;
          contours++;
          const queue = [i];
          seen.add(i);
          for (const at of queue) {
            crossing.forEach((other, j) => {
              if (seen.has(j) || !shareTriangle(crossing[at], other)) return;
              seen.add(j);
              queue.push(j);
            });
          }
        });
        assert.equal(ours.filter(crosses).length, contours);
      }
    }),
    { seed: 55, numRuns: 60 },
  );
});
