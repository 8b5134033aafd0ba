import assert from "node:assert/strict";
import { test } from "node:test";
import { kMeans } from "../../src/embedding/kMeans.js";
import { pairwiseDistances } from "../../src/embedding/pairwiseDistances.js";
import { phateGraph } from "../../src/embedding/phateGraph.js";
import { phateLandmarks } from "../../src/embedding/phateLandmarks.js";
import { randomStream } from "../../src/linalg/random.js";
import { dense, rowSums } from "../../src/linalg/sparseMatrix.js";

const graphOptions = { knn: 5, decay: 40, bandwidthScale: 1, threshold: 1e-4 };

/** Groups of points around places 100 apart on a line. */
function groups(count: number, size: number): Float64Array[] {
  const random = randomStream(count, "groups");
  return Array.from({ length: count * size }, (_, i) =>
    Float64Array.of(100 * Math.floor(i / size) + random.normal(), random.normal()),
  );
}

test("groups of points far apart are found, and numbered in the order of their first points", async () => {
  const points = Float64Array.from(groups(6, 10).flatMap((point) => [...point]));
  const cluster = await kMeans(points, 2, 6, randomStream(1));
  assert.deepEqual(
    [...cluster],
    Array.from({ length: 60 }, (_, i) => Math.floor(i / 10)),
  );
});

test("every point ends with the nearest of the means, but for those on the move when few are", async () => {
  const random = randomStream(2);
  const [n, dimension, k] = [400, 3, 40];
  const points = Float64Array.from({ length: n * dimension }, random.normal);
  const cluster = await kMeans(points, dimension, k, randomStream(3));
  const means = new Float64Array(k * dimension);
  const sizes = new Float64Array(k);
  for (const c of cluster) sizes[c]++;
  for (const [at, x] of points.entries()) {
    const c = cluster[Math.floor(at / dimension)];
    means[c * dimension + (at % dimension)] += x / sizes[c];
  }
  const square = (i: number, c: number) =>
    [0, 1, 2].reduce((sum, j) => sum + (points[i * dimension + j] - means[c * dimension + j]) ** 2, 0);
  const astray = [...cluster.keys()].filter((i) =>
    [...Array(k).keys()].some((c) => square(i, c) < square(i, cluster[i]) * (1 - 1e-9)),
  );
  assert.ok(astray.length <= 0.03 * n, `${astray.length} points`);
});

test("as many clusters as different points: coinciding points share one", async () => {
  assert.deepEqual([...(await kMeans(Float64Array.of(1, 1, 2, 3, 2, 1), 1, 5, randomStream(1)))], [0, 0, 1, 2, 1, 0]);
});

test("the landmarks' steps are the kernel summed by cluster, rows divided by their sums", async () => {
  const points = groups(4, 30);
  const n = points.length;
  const { kernel } = phateGraph(await pairwiseDistances(points, "euclidean"), n, graphOptions);
  const { cluster, toLandmarks, toPoints } = await phateLandmarks(kernel, 24, 5);
  const m = toLandmarks.columns;
  assert.ok(m <= 24 && m >= 16, `${m}`);
  assert.equal(Math.max(...cluster), m - 1);

  const affinities = dense(kernel);
  const summed = new Float64Array(n * m);
  for (const [at, x] of affinities.entries()) summed[Math.floor(at / n) * m + cluster[at % n]] += x;
  const row = (i: number) => summed.subarray(i * m, (i + 1) * m).reduce((a, b) => a + b);
  const column = (c: number) => summed.filter((_, at) => at % m === c).reduce((a, b) => a + b);
  for (const [at, x] of dense(toLandmarks).entries()) {
    assert.ok(Math.abs(x - summed[at] / row(Math.floor(at / m))) < 1e-13);
  }
  dense(toPoints).forEach((x, at) => {
    const [c, i] = [Math.floor(at / n), at % n];
    assert.ok(Math.abs(x - summed[i * m + c] / column(c)) < 1e-13);
  });
  for (const sum of [...rowSums(toLandmarks), ...rowSums(toPoints)]) assert.ok(Math.abs(sum - 1) < 1e-13);

  // No landmark stands for points of two groups, between which nothing diffuses.
  const groupOf = new Map<number, number>();
  for (const [i, c] of cluster.entries())
    assert.equal(groupOf.get(c) ?? groupOf.set(c, Math.floor(i / 30)).get(c), Math.floor(i / 30));
});

test("the same seed gives the same landmarks, another one others", async () => {
  const { kernel } = phateGraph(await pairwiseDistances(groups(3, 40), "euclidean"), 120, graphOptions);
  assert.deepEqual(await phateLandmarks(kernel, 30, 1), await phateLandmarks(kernel, 30, 1));
  assert.notDeepEqual((await phateLandmarks(kernel, 30, 1)).cluster, (await phateLandmarks(kernel, 30, 2)).cluster);
});
