import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { LEAF, mergeTree } from "../../src/topology/mergeTree.js";
import { type Connectivity, gridNeighbors, type Neighbors } from "../../src/topology/neighbors.js";
import { type PersistencePairs, persistencePairs } from "../../src/topology/persistence.js";
import { csv, firstAxisFastest, npy, npz, reference } from "../reference.js";
import { graph, smallFields } from "./fields.js";

const barcode = (values: number[], options = {}) => {
  const tree = mergeTree(Float64Array.from(values), gridNeighbors([values.length], "axis"), options);
  return bars(persistencePairs(tree, options));
};
const bars = ({ birth, death }: PersistencePairs) => Array.from(birth, (b, i) => [b, death[i]]);
const vertexPairs = ({ birthVertex, deathVertex }: PersistencePairs) =>
  Array.from(birthVertex, (b, i) => [b, deathVertex[i]]);
const byBirth = (pairs: number[][]) => pairs.sort((a, b) => a[0] - b[0]);

test("the higher of two minima dies at their saddle", () => {
  // 3   4   5
  //   1   |   0      two valleys, saddle at 4
  assert.deepEqual(barcode([3, 1, 4, 0, 5]), [
    [0, Infinity],
    [1, 4],
  ]);
  assert.deepEqual(barcode([3, 1, 4, 0, 5], { essential: "global-max" }), [
    [0, 5],
    [1, 4],
  ]);
});

test("from above a maximum dies at a lower value and the highest one at -Infinity or the global minimum", () => {
  assert.deepEqual(barcode([3, 1, 4, 0, 5], { direction: "superlevel" }), [
    [5, -Infinity],
    [4, 0],
    [3, 1],
  ]);
  assert.deepEqual(barcode([3, 1, 4, 0, 5], { direction: "superlevel", essential: "global-max" })[0], [5, 0]);
});

test("a saddle of three valleys ends two bars; equally long bars go by birth, equal births by vertex id", () => {
  const star = graph(4, [
    [0, 1],
    [0, 2],
    [0, 3],
  ]);
  const pairs = persistencePairs(mergeTree(Float64Array.of(5, 1, 1, 1), star));
  assert.deepEqual(vertexPairs(pairs), [
    [1, -1],
    [2, 0],
    [3, 0],
  ]);
  assert.deepEqual(barcode([0, 3, 1, 7, 5, 7, 2, 4]), [
    [0, Infinity],
    [2, 7],
    [1, 3],
    [5, 7],
  ]);
});

test("every component has an essential bar, an isolated NaN one of length 0 at the end of the others", () => {
  const isolated = graph(3, []);
  assert.deepEqual(bars(persistencePairs(mergeTree(Float64Array.of(NaN, 2, 1), isolated))), [
    [1, Infinity],
    [2, Infinity],
    [Infinity, Infinity],
  ]);
});

/** How many vertices are connected to one of them below another one, or at all when that is −1. */
function branch(values: Float64Array, neighbors: Neighbors, from: number, below: number): number {
  const isBelow = (v: number) => below < 0 || values[v] < values[below] || (values[v] === values[below] && v < below);
  const out = new Int32Array(neighbors.maxDegree);
  const seen = new Set([from]);
  for (const v of seen) for (const u of out.slice(0, neighbors.list(v, out))) if (isBelow(u)) seen.add(u);
  return seen.size;
}

test("bars are minima, in order of length, and start below their end", () => {
  fc.assert(
    fc.property(smallFields, ({ values, neighbors }) => {
      const tree = mergeTree(values, neighbors);
      const { birth, death, birthVertex, deathVertex, size } = persistencePairs(tree);
      assert.equal(birth.length, tree.type.filter((t) => t === LEAF).length);
      assert.equal(new Set(birthVertex).size, birth.length);
      const components = tree.parent.filter((p) => p < 0).length;
      assert.equal(death.filter((d) => d === Infinity).length, components);
      birth.forEach((b, i) => {
        assert.equal(b, values[birthVertex[i]]);
        if (deathVertex[i] >= 0) assert.equal(death[i], values[deathVertex[i]]);
        assert.ok(b <= death[i]);
        if (i > 0) assert.ok(death[i] - b <= death[i - 1] - birth[i - 1]);
        assert.equal(size[i], branch(values, neighbors, birthVertex[i], deathVertex[i]));
      });
    }),
    { seed: 11, numRuns: 200 },
  );
});

test("adding a constant shifts the bars, a rising map keeps their vertices", () => {
  fc.assert(
    fc.property(smallFields, ({ values, neighbors }) => {
      const pairs = persistencePairs(mergeTree(values, neighbors));
      const shifted = persistencePairs(
        mergeTree(
          values.map((x) => x + 8),
          neighbors,
        ),
      );
      assert.deepEqual(shifted, {
        ...pairs,
        birth: pairs.birth.map((x) => x + 8),
        death: pairs.death.map((x) => x + 8),
      });
      const mapped = persistencePairs(
        mergeTree(
          values.map((x) => x ** 3),
          neighbors,
        ),
      );
      assert.deepEqual(byBirth(vertexPairs(mapped)), byBirth(vertexPairs(pairs)));
    }),
    { seed: 12, numRuns: 100 },
  );
});

test("renaming the vertices, and so shuffling equal values, keeps every bar that has a length", () => {
  fc.assert(
    fc.property(smallFields, fc.infiniteStream(fc.nat()), ({ values, neighbors }, stream) => {
      const n = values.length;
      const keys = Array.from({ length: n }, () => stream.next().value);
      const newName = Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b] || a - b);
      const out = new Int32Array(neighbors.maxDegree);
      const edges = newName.flatMap((_, v) =>
        Array.from(out.subarray(0, neighbors.list(v, out)))
          .filter((u) => u < v)
          .map((u) => [newName[u], newName[v]] as const),
      );
      const renamed = new Float64Array(n);
      values.forEach((x, v) => {
        renamed[newName[v]] = x;
      });
      const long = (pairs: PersistencePairs) =>
        bars(pairs)
          .filter(([b, d]) => b < d)
          .sort((p, q) => p[0] - q[0] || p[1] - q[1]);
      assert.deepEqual(
        long(persistencePairs(mergeTree(renamed, graph(n, edges)))),
        long(persistencePairs(mergeTree(values, neighbors))),
      );
    }),
    { seed: 13, numRuns: 100 },
  );
});

const absent = (path: string) => (reference(path) ? false : `no reference data ${path}`);

test("pairs equal those of TTK, vertex by vertex, on 37 published loss grids", { skip: absent("ttk") }, () => {
  const folder = reference("ttk") as string;
  const names = readdirSync(folder).flatMap((file) => (file.endsWith(".npy") ? [file.slice(0, -4)] : []));
  assert.equal(names.length, 37);
  for (const name of names) {
    const values = firstAxisFastest(npy(`${folder}/${name}.npy`));
    const tree = mergeTree(values, gridNeighbors([40, 40], "freudenthal"));
    const ttk = csv(`${folder}/${name}_pairs.csv`);
    const expected: number[][] = [];
    for (let i = 0; i < ttk.CriticalType.length; i += 2) {
      const [birth, death] = [ttk.CriticalType[i], ttk.CriticalType[i + 1]];
      if (birth === 0) expected.push([ttk.ttkVertexScalarField[i], ttk.ttkVertexScalarField[i + 1], death]);
    }
    const minimumSaddle = expected.filter(([, , type]) => type === 1).map(([b, d]) => [b, d]);
    const global = expected.filter(([, , type]) => type === 3).map(([b, d]) => [b, d]);
    const pairs = persistencePairs(tree, { essential: "global-max" });
    const [ours, essential] = [vertexPairs(pairs), vertexPairs(persistencePairs(tree))];
    const finite = ours.filter((_, i) => !essential.some(([b, d]) => b === ours[i][0] && d === -1));
    assert.deepEqual(byBirth(finite), byBirth(minimumSaddle), name);
    assert.deepEqual(
      ours.filter((pair) => !finite.includes(pair)),
      global,
      name,
    );
  }
});

test("nodes are those of TTK's join trees", { skip: absent("ttk") }, () => {
  const folder = reference("ttk") as string;
  for (const file of readdirSync(folder).filter((f) => f.endsWith(".npy"))) {
    const values = firstAxisFastest(npy(`${folder}/${file}`));
    const tree = mergeTree(values, gridNeighbors([40, 40], "freudenthal"));
    const ttk = csv(`${folder}/${file.slice(0, -4)}_nodes.csv`);
    assert.deepEqual(tree.vertex.slice().sort(), Int32Array.from(ttk.VertexId).sort(), file);
  }
});

for (const name of ["f2d_41x41", "f2d_41x41_ties", "f3d_21x21x21", "f4d_11x11x11x11"]) {
  const path = `fields/${name}.npz`;
  test(`pairs of ${name} equal the reference for every connectivity`, { skip: absent(path) }, () => {
    const arrays = npz(reference(path) as string);
    const values = firstAxisFastest(arrays.f);
    for (const connectivity of ["axis", "freudenthal", "full"] as Connectivity[]) {
      const pairs = persistencePairs(mergeTree(values, gridNeighbors(arrays.f.shape, connectivity)));
      const ours = vertexPairs(pairs).map((pair, i) => [...pair, pairs.birth[i], pairs.death[i]]);
      const [vertices, numbers] = [arrays[`${connectivity}_pairs`].values, arrays[`${connectivity}_values`].values];
      const expected = Array.from({ length: vertices.length / 2 }, (_, i) => [
        ...vertices.subarray(2 * i, 2 * i + 2),
        ...numbers.subarray(2 * i, 2 * i + 2),
      ]);
      assert.equal(ours[0][1], -1); // the reference leaves the essential bar out
      assert.deepEqual(byBirth(ours.slice(1)), byBirth(expected), connectivity);
    }
  });
}
