import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type GraphBars, graphHomology, totalPersistence } from "../../src/topology/graphHomology.js";
import { gridNeighbors, type Neighbors } from "../../src/topology/neighbors.js";
import { adjacency, graph, smallFields } from "./fields.js";

/** A bar a row: dimension, birth, death, birthVertex, deathVertex, birthNeighbor. */
const rows = (bars: GraphBars) =>
  Array.from(bars.birth, (birth, i) => [
    bars.dimension[i],
    birth,
    bars.death[i],
    bars.birthVertex[i],
    bars.deathVertex[i],
    bars.birthNeighbor[i],
  ]);

const ring = (n: number) =>
  graph(
    n,
    Array.from({ length: n }, (_, v) => [v, (v + 1) % n] as const),
  );

test("a ring with two valleys: a component that dies at a saddle, a cycle born at the top", () => {
  // 0 ─ 2 ─ 1 ─ 3 ─ back to the first
  const values = Float64Array.of(0, 2, 1, 3);
  assert.deepEqual(rows(graphHomology(values, ring(4))), [
    [0, 0, Infinity, 0, -1, -1],
    [0, 1, 2, 2, 1, -1],
    [1, 3, Infinity, 3, -1, 2],
  ]);
  const bars = graphHomology(values, ring(4), { unpaired: "maximum" });
  assert.deepEqual(rows(bars), [
    [0, 0, 3, 0, 3, -1],
    [0, 1, 2, 2, 1, -1],
    [1, 3, 3, 3, 3, 2],
  ]);
  assert.deepEqual(
    [totalPersistence(bars, 0, 2), totalPersistence(bars, 0, 1), totalPersistence(bars, 1, 2)],
    [10, 4, 0],
  );
  assert.equal(totalPersistence(graphHomology(values, ring(4)), 0, 2), 1, "an endless bar is left out");
});

test("from above the cycle is born at the lowest vertex and never dies", () => {
  const bars = graphHomology(Float64Array.of(0, 2, 1, 3), ring(4), { direction: "superlevel" });
  assert.deepEqual(rows(bars), [
    [0, 3, -Infinity, 3, -1, -1],
    [0, 2, 1, 1, 2, -1],
    [1, 0, -Infinity, 0, -1, 1],
  ]);
});

test("a grid of squares has one cycle a square, a tree has none, NaN enters last", () => {
  const cycles = (values: ArrayLike<number>, neighbors: Neighbors) =>
    graphHomology(Float64Array.from(values), neighbors).dimension.filter((d) => d === 1).length;
  assert.equal(cycles(new Float64Array(20), gridNeighbors([5, 4], "axis")), 12);
  assert.equal(cycles([3, 1, 4, 0, 5], gridNeighbors([5], "axis")), 0);
  assert.deepEqual(rows(graphHomology(new Float64Array(0), graph(0, []))), []);
  assert.deepEqual(rows(graphHomology(Float64Array.of(0, NaN, 1), ring(3), { unpaired: "maximum" })), [
    [0, 0, Infinity, 0, 1, -1],
    [1, Infinity, Infinity, 1, 1, 2],
  ]);
});

/** Bars by reduction of the boundary matrix over Z/2: its columns are the edges in the order in which they enter. */
function reduced(values: Float64Array, neighbors: Neighbors) {
  const order = Array.from(values.keys()).sort((u, v) => values[u] - values[v] || u - v);
  const rank = (v: number) => order.indexOf(v);
  const edges = adjacency(neighbors)
    .flatMap((list, u) => list.filter((v) => rank(v) < rank(u)).map((v) => [rank(u), rank(v)]))
    .sort((e, f) => e[0] - f[0] || e[1] - f[1]);
  const columns: Set<number>[] = [];
  const lowest = new Map<number, number>(); // row → column
  const bars: number[][] = [];
  edges.forEach((edge, i) => {
    const column = new Set(edge);
    const low = () => Math.max(...column);
    while (column.size > 0 && lowest.has(low())) {
      for (const row of columns[lowest.get(low()) as number]) if (!column.delete(row)) column.add(row);
    }
    columns[i] = column;
    if (column.size === 0) bars.push([1, values[order[edge[0]]], Infinity, order[edge[0]], -1, order[edge[1]]]);
    else {
      lowest.set(low(), i);
      const [birth, death] = [order[low()], order[edge[0]]];
      if (birth !== death) bars.push([0, values[birth], values[death], birth, death, -1]);
    }
  });
  order.forEach((v, row) => {
    if (!lowest.has(row)) bars.push([0, values[v], Infinity, v, -1, -1]);
  });
  return bars;
}

test("the bars are those of the reduced boundary matrix, and as many as Euler's characteristic says", () => {
  const text = (bars: number[][]) => bars.map(String).sort();
  fc.assert(
    fc.property(smallFields, ({ values, neighbors }) => {
      const bars = graphHomology(values, neighbors);
      assert.deepEqual(text(rows(bars)), text(reduced(values, neighbors)));
      const edges = adjacency(neighbors).flat().length / 2;
      const endless = bars.death.filter((death) => death === Infinity).length;
      const cycles = bars.dimension.filter((d) => d === 1).length;
      assert.equal(neighbors.count - edges, endless - 2 * cycles);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("each dimension is ordered from the longest bar to the shortest", () => {
  fc.assert(
    fc.property(smallFields, ({ values, neighbors }) => {
      const bars = rows(graphHomology(values, neighbors, { unpaired: "maximum" }));
      for (let i = 1; i < bars.length; i++) {
        const [[d, birth, death], [nextD, nextBirth, nextDeath]] = [bars[i - 1], bars[i]];
        assert.ok(d < nextD || (d === nextD && death - birth >= nextDeath - nextBirth));
      }
    }),
    { seed: 2, numRuns: 50 },
  );
});
