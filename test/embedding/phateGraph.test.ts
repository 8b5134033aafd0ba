import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pairwiseDistances } from "../../src/embedding/pairwiseDistances.js";
import { diffusionOperator, type PhateGraphOptions, phateGraph } from "../../src/embedding/phateGraph.js";
import { randomStream } from "../../src/linalg/random.js";
import { dense, rowSums } from "../../src/linalg/sparseMatrix.js";

const options: PhateGraphOptions = { knn: 2, decay: 2, bandwidthScale: 1, threshold: 1e-4 };
const onLine = (places: number[]) =>
  pairwiseDistances(
    places.map((x) => [x]),
    "euclidean",
  );

const cloud = (n: number, dimension: number, seed: number) => {
  const random = randomStream(seed, "cloud");
  return Array.from({ length: n }, () => Array.from({ length: dimension }, random.normal));
};

test("a line of points: bandwidth 1 inside and 2 at the ends, affinities exp(−(d/ε)²) down to the threshold", async () => {
  const n = 9;
  const { kernel, bandwidths, components } = phateGraph(await onLine([...Array(n).keys()]), n, options);
  assert.deepEqual([...bandwidths], [2, 1, 1, 1, 1, 1, 1, 1, 2]);
  const affinity = (i: number, j: number) => {
    const value = Math.exp(-(((i - j) / bandwidths[i]) ** 2));
    return value < 1e-4 ? 0 : value;
  };
  dense(kernel).forEach((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    assert.ok(Math.abs(value - (affinity(i, j) + affinity(j, i)) / 2) < 1e-14, `${i} ${j}`);
  });
  assert.equal(dense(kernel)[0 * n + 7], 0, "exp(−(7/2)²) and exp(−7²) are below the threshold");
  assert.equal(components, 1);
});

test("without decay affinities are 1 between nearest neighbours of each other, ½ where only one is the other's", async () => {
  // 0 1 · 3 · · · 7     knn 1: 0 ↔ 1, 3 → 1, 7 → 3
  const { kernel } = phateGraph(await onLine([0, 1, 3, 7]), 4, { ...options, knn: 1, decay: null });
  assert.deepEqual([...dense(kernel)], [1, 1, 0, 0, 1, 1, 0.5, 0, 0, 0.5, 1, 0.5, 0, 0, 0.5, 1]);
});

test("two far clusters are two components, and nothing steps from one to the other", async () => {
  const places = [0, 1, 2, 3, 1000, 1001, 1002, 1003];
  const { kernel, components } = phateGraph(await onLine(places), 8, options);
  assert.equal(components, 2);
  const steps = dense(diffusionOperator(kernel));
  for (let i = 0; i < 4; i++) for (let j = 4; j < 8; j++) assert.equal(steps[i * 8 + j] + steps[j * 8 + i], 0);
});

test("points at one place have affinity 1 to each other and, without bandwidth, 0 to all others", async () => {
  const { kernel, bandwidths } = phateGraph(await onLine([0, 0, 0, 5, 6, 7]), 6, options);
  assert.deepEqual([...bandwidths.subarray(0, 3)], [0, 0, 0]);
  const affinities = dense(kernel);
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) assert.equal(affinities[i * 6 + j], 1);
  const fromOutside = Math.exp(-((5 / 2) ** 2)) / 2;
  assert.ok(Math.abs(affinities[3] - fromOutside) < 1e-15);
});

test("the kernel is symmetric with 1 on its diagonal, and the operator's rows sum to 1", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 4, max: 30 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(),
      async (n, dimension, seed) => {
        const random = randomStream(seed, "grid");
        const points = Array.from({ length: n }, () => Array.from({ length: dimension }, () => random.integer(4)));
        const { kernel } = phateGraph(await pairwiseDistances(points, "euclidean"), n, {
          ...options,
          knn: 3,
          decay: 40,
        });
        const affinities = dense(kernel);
        for (let i = 0; i < n; i++) {
          assert.equal(affinities[i * n + i], 1);
          for (let j = 0; j < n; j++) assert.equal(affinities[i * n + j], affinities[j * n + i]);
        }
        for (const sum of rowSums(diffusionOperator(kernel))) assert.ok(Math.abs(sum - 1) < 1e-14);
      },
    ),
    { seed: 1 },
  );
});

test("points in another order have the same affinities in that order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 6, max: 25 }), fc.nat(), async (n, seed) => {
      const distances = await pairwiseDistances(cloud(n, 3, seed), "euclidean");
      const order = randomStream(seed, "order").sample(n, n);
      const shuffled = distances.map((_, at) => distances[order[Math.floor(at / n)] * n + order[at % n]]);
      const [before, after] = [distances, shuffled].map((given) =>
        phateGraph(given, n, { ...options, knn: 4, decay: 10 }),
      );
      const expected = dense(before.kernel);
      assert.deepEqual(
        dense(after.kernel),
        expected.map((_, at) => expected[order[Math.floor(at / n)] * n + order[at % n]]),
      );
      assert.equal(after.components, before.components);
    }),
    { seed: 2 },
  );
});

test("the unit of distances does not matter, a bandwidth twice as wide does", async () => {
  const distances = await pairwiseDistances(cloud(20, 5, 1), "euclidean");
  const graph = phateGraph(distances, 20, options);
  assert.deepEqual(
    phateGraph(
      distances.map((x) => 1024 * x),
      20,
      options,
    ).kernel,
    graph.kernel,
  );
  const wide = phateGraph(distances, 20, { ...options, bandwidthScale: 2 });
  assert.deepEqual(
    wide.bandwidths,
    graph.bandwidths.map((x) => 2 * x),
  );
  assert.deepEqual(
    wide.kernel,
    phateGraph(
      distances.map((x) => x),
      20,
      { ...options, bandwidthScale: 2 },
    ).kernel,
  );
  assert.ok(dense(wide.kernel).every((x, at) => x >= dense(graph.kernel)[at]));
});

test("too many neighbours and distances that are none are refused by name", async () => {
  const three = await onLine([0, 1, 2]);
  assert.throws(() => phateGraph(three, 3, { ...options, knn: 3 }), /knn is 3; expected 1 to 2 for 3 points/);
  assert.throws(
    () => phateGraph(Float64Array.of(0, Number.NaN, 1, 0), 2, { ...options, knn: 1 }),
    /points 0 and 1 is NaN/,
  );
  assert.throws(() => phateGraph(new Float64Array(3), 2, { ...options, knn: 1 }), /2 points need 4 numbers, found 3/);
});
