import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Connectivity, gridNeighbors, type Neighbors } from "../../src/topology/neighbors.js";

function neighborsOf(neighbors: Neighbors, vertex: number): number[] {
  const out = new Int32Array(neighbors.maxDegree);
  return Array.from(out.subarray(0, neighbors.list(vertex, out))).sort((a, b) => a - b);
}

const connectivities: Connectivity[] = ["axis", "freudenthal", "full"];

test("the middle of a 3×3 grid touches what each connectivity says", () => {
  // 6 7 8
  // 3 4 5     i to the right, j upwards
  // 0 1 2
  assert.deepEqual(neighborsOf(gridNeighbors([3, 3], "axis"), 4), [1, 3, 5, 7]);
  assert.deepEqual(neighborsOf(gridNeighbors([3, 3], "freudenthal"), 4), [1, 2, 3, 5, 6, 7]);
  assert.deepEqual(neighborsOf(gridNeighbors([3, 3], "full"), 4), [0, 1, 2, 3, 5, 6, 7, 8]);
});

test("corners keep the neighbours that lie in the grid", () => {
  assert.deepEqual(neighborsOf(gridNeighbors([3, 3], "freudenthal"), 0), [1, 3]);
  assert.deepEqual(neighborsOf(gridNeighbors([3, 3], "freudenthal"), 2), [1, 4, 5]);
  assert.deepEqual(neighborsOf(gridNeighbors([2, 2], "full"), 3), [0, 1, 2]);
});

test("a vertex inside an n-dimensional grid has 2n, 2(2ⁿ−1) and 3ⁿ−1 neighbours", () => {
  for (const n of [1, 2, 3, 4, 5]) {
    const shape = Array(n).fill(3);
    const middle = (3 ** n - 1) / 2;
    const degrees = connectivities.map((c) => neighborsOf(gridNeighbors(shape, c), middle).length);
    assert.deepEqual(degrees, [2 * n, 2 * (2 ** n - 1), 3 ** n - 1]);
  }
});

test("one vertex has no neighbours, and axes of length 1 after the first change nothing", () => {
  for (const c of connectivities) assert.deepEqual(neighborsOf(gridNeighbors([1, 1], c), 0), []);
  for (const c of connectivities) {
    for (let v = 0; v < 12; v++) {
      assert.deepEqual(neighborsOf(gridNeighbors([3, 1, 4, 1], c), v), neighborsOf(gridNeighbors([3, 4], c), v));
    }
  }
  // The slice i = 0 of a 3-D triangulation has the diagonals (+1,+1).
  assert.deepEqual(neighborsOf(gridNeighbors([1, 3, 3], "freudenthal"), 4), [0, 1, 3, 5, 7, 8]);
});

test("neighbours are those whose coordinates differ by an allowed offset", () => {
  const allowed: Record<Connectivity, (d: number[]) => boolean> = {
    axis: (d) => d.reduce((sum, c) => sum + Math.abs(c), 0) === 1,
    freudenthal: (d) => {
      const turned = d.map((c, axis) => (axis === 0 ? -c : c));
      return [1, -1].some((s) => turned.every((c) => s * c === 0 || s * c === 1)) && d.some((c) => c !== 0);
    },
    full: (d) => d.every((c) => Math.abs(c) <= 1) && d.some((c) => c !== 0),
  };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), (shape) => {
      const count = shape.reduce((product, n) => product * n, 1);
      const coordinates = (v: number) => {
        let rest = v;
        return shape.map((n) => {
          const c = rest % n;
          rest = (rest - c) / n;
          return c;
        });
      };
      for (const connectivity of connectivities) {
        const neighbors = gridNeighbors(shape, connectivity);
        for (let v = 0; v < count; v++) {
          const expected = Array.from({ length: count }, (_, u) => u).filter((u) =>
            allowed[connectivity](coordinates(u).map((c, axis) => c - coordinates(v)[axis])),
          );
          assert.deepEqual(neighborsOf(neighbors, v), expected);
        }
      }
    }),
    { seed: 1, numRuns: 25 },
  );
});

test("a shape that is not a grid is refused by name", () => {
  assert.throws(() => gridNeighbors([3, 0], "axis"), /shape is \[3,0\]; expected one or more positive integers/);
  assert.throws(() => gridNeighbors([], "axis"), RangeError);
  assert.throws(() => gridNeighbors([2.5], "axis"), RangeError);
  assert.throws(() => gridNeighbors([100000, 100000], "axis"), /at most 2\^31-1/);
  assert.throws(() => gridNeighbors(Array(16).fill(2), "axis"), /at most 15 axes/);
});

test("a periodic axis closes: neighbours are those of a grid that repeats itself", () => {
  const sizes = fc.array(fc.integer({ min: 3, max: 5 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(
      sizes.chain((shape) => fc.tuple(fc.constant(shape), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))),
      fc.constantFrom("axis", "freudenthal", "full"),
      ([shape, flags], connectivity) => {
        const periodic = shape.map((_, axis) => flags[axis]);
        // Three copies along each periodic axis: the vertices of the middle one have no end near them.
        const large = shape.map((length, axis) => (periodic[axis] ? 3 * length : length));
        const [closed, open] = [gridNeighbors(shape, connectivity, periodic), gridNeighbors(large, connectivity)];
        const coordinates = (vertex: number, of: number[]) =>
          of.map((length) => {
            const at = vertex % length;
            vertex = Math.floor(vertex / length);
            return at;
          });
        const idOf = (at: number[], of: number[]) => at.reduceRight((id, x, axis) => id * of[axis] + x, 0);
        const [own, other] = [new Int32Array(closed.maxDegree), new Int32Array(open.maxDegree)];
        for (let vertex = 0; vertex < closed.count; vertex++) {
          const at = coordinates(vertex, shape);
          const middle = idOf(
            at.map((x, axis) => (periodic[axis] ? x + shape[axis] : x)),
            large,
          );
          const expected = Array.from(other.subarray(0, open.list(middle, other)), (neighbor) =>
            idOf(
              coordinates(neighbor, large).map((x, axis) => x % shape[axis]),
              shape,
            ),
          );
          const found = Array.from(own.subarray(0, closed.list(vertex, own)));
          assert.deepEqual(
            found.sort((a, b) => a - b),
            expected.sort((a, b) => a - b),
          );
        }
      },
    ),
    { seed: 61, numRuns: 60 },
  );
});
