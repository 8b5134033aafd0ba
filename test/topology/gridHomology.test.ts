import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../src/linalg/random.js";
import type { Complex } from "../../src/topology/gridComplex.js";
import { gridHomology } from "../../src/topology/gridHomology.js";
import { mergeTree } from "../../src/topology/mergeTree.js";
import { gridNeighbors } from "../../src/topology/neighbors.js";
import { persistencePairs } from "../../src/topology/persistence.js";
import { sweepOrder } from "../../src/topology/sweepOrder.js";
import { adjacency, graph } from "./fields.js";

type Bar = [dimension: number, birth: number, death: number];

/** The bars that have a length, sorted. */
function barsOf(
  values: Float64Array,
  shape: number[],
  complex: Complex | "top-cells",
  periodic: readonly boolean[] = [],
): Bar[] {
  const { dimension, birth, death } = gridHomology(values, shape, { complex, periodic });
  return Array.from(birth, (from, i): Bar => [dimension[i], from, death[i]]).filter(([, from, to]) => from !== to);
}

test("samples as top cells have the bars of GUDHI's CubicalComplex", () => {
  // gudhi 3.7.1: CubicalComplex(dimensions=shape, top_dimensional_cells=values).persistence(2, 0), dimensions above 0
  const published: [number[], number, string[]][] = [
    [[8, 7], 1, ["1 63 95", "1 65 87", "1 89 91"]],
    [[5, 4, 5], 3, ["1 27 31", "1 28 56", "1 45 56", "1 45 64", "2 67 97", "2 73 78"]],
  ];
  for (const [shape, shift, expected] of published) {
    const count = shape.reduce((product, length) => product * length, 1);
    const values = Float64Array.from({ length: count }, (_, i) => (i * i * 41 + i * 57 + shift) % 101);
    assert.deepEqual(sorted(barsOf(values, shape, "top-cells")), expected);
  }
});

test("samples as top cells on cylinders and tori have the bars of GUDHI's PeriodicCubicalComplex", () => {
  // gudhi 3.7.1: PeriodicCubicalComplex(dimensions=shape, top_dimensional_cells=values, periodic_dimensions=periodic)
  // .persistence(2, 0), dimensions above 0
  const published: [number[], number, boolean[], string][] = [
    [[8, 7], 1, [true, false], "1 54 Infinity, 1 63 95, 1 65 87, 1 71 76, 1 89 91, 1 93 97"],
    [
      ...([[8, 7], 1, [true, true]] as [number[], number, boolean[]]),
      "1 33 39, 1 36 Infinity, 1 44 Infinity, 1 54 87, 1 63 95, 1 71 76, 1 74 86, 1 74 99, 1 89 91, 1 93 97, 2 99 Infinity",
    ],
    [
      ...([[5, 4, 5], 3, [true, false, true]] as [number[], number, boolean[]]),
      "1 12 Infinity, 1 23 Infinity, 1 27 31, 1 27 53, 1 27 70, 1 28 56, 1 30 50, 1 35 46, 1 38 53, 1 40 70, 1 45 56, " +
        "1 45 64, 1 50 53, 2 65 Infinity, 2 67 97, 2 72 98, 2 72 99, 2 73 78, 2 79 100, 2 79 88, 2 80 86, 2 95 98",
    ],
    [
      ...([[4, 4, 4], 3, [true, true, true]] as [number[], number, boolean[]]),
      "1 11 Infinity, 1 20 41, 1 26 41, 1 30 38, 1 31 50, 1 35 41, 1 4 Infinity, 1 40 53, 1 46 49, 1 9 Infinity, " +
        "2 46 Infinity, 2 50 84, 2 53 67, 2 66 97, 2 70 Infinity, 2 72 79, 2 76 88, 2 80 Infinity, 2 82 89, 2 86 99, " +
        "2 91 93, 3 100 Infinity",
    ],
  ];
  for (const [shape, shift, periodic, expected] of published) {
    const count = shape.reduce((product, length) => product * length, 1);
    const values = Float64Array.from({ length: count }, (_, i) => (i * i * 41 + i * 57 + shift) % 101);
    assert.deepEqual(sorted(barsOf(values, shape, "top-cells", periodic)).join(", "), expected);
  }
});

test("with k periodic axes the holes that last are those of a torus of k circles, which a turn does not change", () => {
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
  fc.assert(
    fc.property(
      fc.constantFrom<Complex | "top-cells">("cubical", "freudenthal", "top-cells"),
      fc.array(fc.tuple(fc.integer({ min: 2, max: 5 }), fc.boolean()), { minLength: 1, maxLength: 3 }),
      fc.integer(),
      (complex, axes, seed) => {
        const [shape, periodic] = [axes.map(([length]) => length), axes.map(([, isPeriodic]) => isPeriodic)];
        const count = shape.reduce((product, length) => product * length, 1);
        const order = randomStream(seed, "levels").sample(count, count);
        const values = Float64Array.from(order);
        const bars = barsOf(values, shape, complex, periodic);
        const circles = periodic.filter(Boolean).length;
        for (let k = 1; k <= shape.length; k++) {
          const lasting = bars.filter(([dimension, , death]) => dimension === k && death === Infinity).length;
          assert.equal(lasting, k <= circles ? choose(circles, k) : 0, `dimension ${k}`);
        }
        const axis = periodic.indexOf(true);
        if (axis < 0) return;
        const stride = shape.slice(0, axis).reduce((product, length) => product * length, 1);
        const turned = values.map((_, vertex) => {
          const place = Math.floor(vertex / stride) % shape[axis];
          return values[vertex + (((place + 1) % shape[axis]) - place) * stride];
        });
        assert.deepEqual(sorted(barsOf(turned, shape, complex, periodic)), sorted(bars));
      },
    ),
    { seed: 3, numRuns: 150 },
  );
});

test("a ring of top cells is a loop, also where cells touch at corners alone", () => {
  // 1 1 1      1 fills the ring at 1; the middle enters at 5
  // 1 5 1      with 9 at the corners the ring is of four cells that touch at corners
  // 1 1 1
  for (const corner of [1, 9]) {
    const bars = gridHomology(Float64Array.of(corner, 1, corner, 1, 5, 1, corner, 1, corner), [3, 3], {
      complex: "top-cells",
    });
    assert.deepEqual([[...bars.birth], [...bars.death], [...bars.deathVertex]], [[1], [5], [4]]);
  }
  const upper = gridHomology(
    Float64Array.of(9, 9, 9, 9, NaN, 9, 9, 9, 9).map((x) => -x),
    [3, 3],
    {
      complex: "top-cells",
      direction: "superlevel",
    },
  );
  assert.deepEqual([...upper.dimension], [], "NaN is the highest maximum: no hole");
});

const sorted = (bars: Bar[]) => bars.map((bar) => bar.join(" ")).sort();

/**
 * Every cell of a small grid as the list of its corners: cliques of the triangulation's graph, or boxes of sides 0 and
 * 1.
 */
function allCells(shape: number[], complex: Complex, periodic: readonly boolean[] = []): number[][] {
  if (complex === "freudenthal") {
    const around = adjacency(gridNeighbors(shape, "freudenthal", periodic));
    const cliques = around.map((_, vertex) => [vertex]);
    for (const clique of cliques) {
      const last = clique[clique.length - 1];
      for (const next of around[last]) {
        if (next > last && clique.every((vertex) => around[vertex].includes(next))) cliques.push([...clique, next]);
      }
    }
    return cliques;
  }
  let boxes: number[][] = [[0]];
  let stride = 1;
  for (const [axis, length] of shape.entries()) {
    const at = (i: number) => boxes.map((box) => box.map((vertex) => vertex + i * stride));
    const places = Array.from({ length }, (_, i) => at(i));
    const uppers = periodic[axis] ? [...places.slice(1), places[0]] : places.slice(1);
    const between = uppers.flatMap((upper, i) => upper.map((box, k) => [...places[i][k], ...box]));
    boxes = [...places.flat(), ...between];
    stride *= length;
  }
  return boxes;
}

const dimensionOf = (cell: number[], complex: Complex) =>
  complex === "freudenthal" ? cell.length - 1 : Math.log2(cell.length);

/** Bars of every dimension with a length, from the whole boundary matrix reduced column by column. */
function plainHomology(
  values: Float64Array,
  shape: number[],
  complex: Complex,
  periodic: readonly boolean[] = [],
): Bar[] {
  const { order } = sweepOrder(values, "sublevel");
  const rankOf = new Int32Array(order.length);
  for (const [rank, vertex] of order.entries()) rankOf[vertex] = rank;
  const cells = allCells(shape, complex, periodic)
    .map((cell) => ({ cell, dimension: dimensionOf(cell, complex), rank: Math.max(...cell.map((v) => rankOf[v])) }))
    .sort((a, b) => a.rank - b.rank || a.dimension - b.dimension);
  const columns = cells.map(({ cell, dimension }) => {
    const corners = new Set(cell);
    const isFace = (of: (typeof cells)[number]) =>
      of.dimension === dimension - 1 && of.cell.every((vertex) => corners.has(vertex));
    return new Set(cells.flatMap((other, i) => (isFace(other) ? [i] : [])));
  });
  const pivots = new Map<number, number>();
  for (const [j, column] of columns.entries()) {
    while (column.size > 0) {
      const low = Math.max(...column);
      const earlier = pivots.get(low);
      if (earlier === undefined) {
        pivots.set(low, j);
        break;
      }
      for (const row of columns[earlier]) if (!column.delete(row)) column.add(row);
    }
  }
  const valueAt = (i: number) => values[order[cells[i].rank]];
  const deaths = new Set(pivots.values());
  const endless = columns.flatMap((_, i): Bar[] =>
    deaths.has(i) || pivots.has(i) ? [] : [[cells[i].dimension, valueAt(i), Infinity]],
  );
  const paired = Array.from(pivots, ([i, j]): Bar => [cells[i].dimension, valueAt(i), valueAt(j)]);
  return [...endless, ...paired.filter(([, birth, death]) => birth !== death)];
}

const smallGrids = fc
  .record({
    shape: fc.oneof(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 2 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
    ),
    complex: fc.constantFrom<Complex>("cubical", "freudenthal"),
    levels: fc.constantFrom(4, 1000),
  })
  .chain(({ shape, complex, levels }) => {
    const count = shape.reduce((product, length) => product * length, 1);
    return fc
      .array(fc.integer({ min: 0, max: levels }), { minLength: count, maxLength: count })
      .map((values) => ({ values: Float64Array.from(values), shape, complex }));
  });

test("bars of every dimension are those of the whole boundary matrix, dimension 0 that of the merge tree", () => {
  fc.assert(
    fc.property(smallGrids, ({ values, shape, complex }) => {
      const plain = plainHomology(values, shape, complex);
      const own = barsOf(values, shape, complex);
      assert.deepEqual(sorted(own), sorted(plain.filter(([dimension]) => dimension > 0)));
      const neighbors = gridNeighbors(shape, complex === "cubical" ? "axis" : complex);
      const { birth, death } = persistencePairs(mergeTree(values, neighbors));
      const components = Array.from(birth, (from, i): Bar => [0, from, death[i]]).filter(([, from, to]) => from !== to);
      assert.deepEqual(sorted(components), sorted(plain.filter(([dimension]) => dimension === 0)));
    }),
    { seed: 1, numRuns: 60 },
  );
});

test("on cylinders and tori, too, bars are those of the whole boundary matrix", () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Complex>("cubical", "freudenthal"),
      fc.tuple(fc.integer({ min: 4, max: 5 }), fc.integer({ min: 4, max: 5 })),
      fc.tuple(fc.boolean(), fc.boolean()),
      fc.integer(),
      (complex, shape, periodic, seed) => {
        const count = shape[0] * shape[1];
        const values = Float64Array.from(randomStream(seed, "levels").sample(count, count), (level) => level >> 1);
        const plain = plainHomology(values, shape, complex, periodic).filter(([dimension]) => dimension > 0);
        assert.deepEqual(sorted(barsOf(values, shape, complex, periodic)), sorted(plain));
      },
    ),
    { seed: 5, numRuns: 40 },
  );
});

test("in the plane, tunnels are components of what is above (Alexander duality)", () => {
  // With a vertex outside, above all and beside the whole edge, a hole below is an island above: born where it is
  // filled.
  const dual = { cubical: "full", freudenthal: "freudenthal" } as const;
  const shape = [17, 13];
  const inside = shape[0] * shape[1];
  fc.assert(
    fc.property(
      fc.constantFrom<Complex>("cubical", "freudenthal"),
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: inside, maxLength: inside }),
      (complex, levels) => {
        const values = Float64Array.from(levels);
        const edges = adjacency(gridNeighbors(shape, dual[complex])).flatMap((list, u) =>
          list.filter((v) => v > u).map((v): [number, number] => [u, v]),
        );
        const rim = Array.from(levels.keys()).filter((vertex) => {
          const [i, j] = [vertex % shape[0], Math.floor(vertex / shape[0])];
          return i === 0 || j === 0 || i === shape[0] - 1 || j === shape[1] - 1;
        });
        const outer = rim.map((vertex): [number, number] => [vertex, inside]);
        const tree = mergeTree(Float64Array.of(...values, 1000), graph(inside + 1, [...edges, ...outer]), {
          direction: "superlevel",
        });
        const { birth, death } = persistencePairs(tree);
        const islands = Array.from(birth, (top, i): Bar => [1, death[i], top]).filter(
          ([, low, top]) => low !== top && Number.isFinite(low),
        );
        assert.deepEqual(sorted(barsOf(values, shape, complex)), sorted(islands));
      },
    ),
    { seed: 1, numRuns: 40 },
  );
});

/** A function of the point on a grid of [-1.5, 1.5] along every axis. */
function sampled(length: number, axes: number, of: (point: number[]) => number) {
  const shape = new Array<number>(axes).fill(length);
  const values = Float64Array.from({ length: length ** axes }, (_, vertex) => {
    const point = shape.map((_, axis) => -1.5 + (3 * (Math.floor(vertex / length ** axis) % length)) / (length - 1));
    return of(point);
  });
  return { values, shape };
}

test("a ring, a sphere and a torus have the holes that they have", () => {
  const longest = ({ values, shape }: ReturnType<typeof sampled>, complex: Complex, least: number) =>
    barsOf(values, shape, complex)
      .filter(([, birth, death]) => death - birth > least)
      .map(([dimension, ...ends]) => [dimension, ...ends.map((end) => Math.round(end * 10) / 10)]);
  const square = (point: number[]) => point.reduce((sum, x) => sum + x * x, 0);
  for (const complex of ["freudenthal", "cubical"] as const) {
    const ring = sampled(61, 2, (point) => (square(point) - 1) ** 2);
    assert.deepEqual(longest(ring, complex, 0.3), [[1, 0, 1]], "filled in the middle, at 1");
    const sphere = sampled(31, 3, (point) => (square(point) - 1) ** 2);
    assert.deepEqual(longest(sphere, complex, 0.5), [[2, 0, 1]], "a void, and no tunnel");
    // The distance to a circle of radius 1, less 0.4, squared: a torus, whose inside fills at 0.16 and whose hole at
    // 0.36.
    const torus = sampled(31, 3, ([x, y, z]) => (Math.hypot(Math.hypot(x, y) - 1, z) - 0.4) ** 2);
    const bars = barsOf(torus.values, torus.shape, complex).filter(([, birth, death]) => death - birth > 0.08);
    assert.deepEqual(
      bars.map(([dimension]) => dimension),
      [1, 1, 2],
    );
    // Within half a cell, 0.05 √3 at most 0.09: (0.6 ± 0.09)² and (0.4 − 0.09)².
    assert.ok(bars[0][2] > 0.26 && bars[0][2] < 0.48 && bars[1][2] > 0.09 && bars[2][2] > 0.09);
    assert.ok(bars.every(([, birth]) => birth < 0.03));
  }
});

test("a field of 5³ has the bars that GUDHI 3.7.1 finds", () => {
  // Lower-star filtrations of the simplices, and of the barycentric subdivision of the cubes.
  const values = Float64Array.from({ length: 125 }, (_, i) => (i * i * i * 3 + i * 17) % 131);
  const pairs = {
    freudenthal: "38-100 75-120 46-87 58-97 58-85 88-110 92-114 52-73 103-122 43-60 58-73 60-67 67-71",
    cubical:
      "44-100 75-122 60-100 73-110 60-96 67-97 74-97 94-114 103-122 103-122 87-104 94-104 64-73 105-110 64-67 71-73",
  };
  for (const complex of ["freudenthal", "cubical"] as const) {
    const found = barsOf(values, [5, 5, 5], complex).map(
      ([dimension, birth, death]) => `${dimension}: ${birth}-${death}`,
    );
    assert.deepEqual(
      found,
      pairs[complex].split(" ").map((pair) => `1: ${pair}`),
    );
  }
});

test("superlevel bars are those of the negated field, NaN counts as +Infinity, and the grid must fit", () => {
  const { values, shape } = sampled(9, 2, ([x, y]) => Math.sin(3 * x) * Math.cos(4 * y) + x / 7);
  const up = gridHomology(values, shape, { direction: "superlevel" });
  const down = gridHomology(
    values.map((value) => -value),
    shape,
  );
  assert.deepEqual([...up.birth], [...down.birth.map((value) => -value)]);
  assert.deepEqual([...up.deathVertex], [...down.deathVertex]);
  // 1 1 1
  // 1 N 1    a hole that nothing finite fills
  // 1 1 1
  const hole = Float64Array.of(1, 1, 1, 1, NaN, 1, 1, 1, 1);
  assert.deepEqual([...gridHomology(hole, [3, 3]).death], [Infinity]);
  assert.deepEqual([...gridHomology(hole, [3, 3]).deathVertex], [4]);
  assert.throws(() => gridHomology(values, [3, 3]), /has 9 vertices but 81 values/);
  assert.throws(() => gridHomology(new Float64Array(128), new Array(7).fill(2)), /1 to 6 axes/);
});
