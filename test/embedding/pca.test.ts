import assert from "node:assert/strict";
import { test } from "node:test";
import { Matrix, SVD } from "ml-matrix";
import { pca } from "../../src/embedding/pca.js";
import { randomStream } from "../../src/linalg/random.js";

/** Points whose axes have different widths, away from the origin. */
const cloud = (n: number, dimension: number) => {
  const random = randomStream(n, "cloud");
  return Array.from({ length: n }, () =>
    Float64Array.from({ length: dimension }, (_, k) => 3 + random.normal() * 0.9 ** k),
  );
};

const column = (scores: Float64Array, count: number, k: number) => scores.filter((_, at) => at % count === k);

test("points along a line have one component, its coordinates their places from the middle", async () => {
  for (const points of [
    [
      [0, 0, 0],
      [3, 4, 0],
    ],
    [
      [0, 0],
      [0.6, 0.8],
      [2.4, 3.2],
    ],
  ]) {
    const { scores, count, explained } = await pca(points, { components: 2 });
    const first = column(scores, count, 0);
    const spread = points.map((point) => Math.hypot(...point));
    const mean = spread.reduce((a, b) => a + b) / points.length;
    // From the mean, the farthest point on the positive side; of equally far ones, the first.
    const sign = points.length === 2 ? -1 : 1;
    for (const [i, x] of first.entries()) assert.ok(Math.abs(x - sign * (spread[i] - mean)) < 1e-12);
    assert.ok(Math.abs(explained[0] - 1) < 1e-12);
  }
});

test("scores are those of the singular vectors, with fewer coordinates than points and with more", async () => {
  for (const [n, dimension] of [
    [60, 20],
    [20, 60],
    [600, 30],
    [30, 30],
  ]) {
    const points = cloud(n, dimension);
    const { scores, count, explained } = await pca(points, { components: 5 });
    assert.equal(count, 5);
    const centred = new Matrix(points.map((point) => [...point])).center("column");
    const svd = new SVD(centred, { autoTranspose: true });
    const total = svd.diagonal.reduce((sum, x) => sum + x * x, 0);
    for (let k = 0; k < 5; k++) {
      const found = column(scores, 5, k);
      const expected = svd.leftSingularVectors.getColumn(k).map((x) => x * svd.diagonal[k]);
      const sign = Math.sign(found[0] * expected[0]);
      for (let i = 0; i < n; i++)
        assert.ok(Math.abs(found[i] - sign * expected[i]) < 1e-10, `${n}×${dimension} ${k} ${i}`);
      const farthest = found.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
      assert.ok(farthest > 0);
      assert.ok(Math.abs(explained[k] - svd.diagonal[k] ** 2 / total) < 1e-12);
    }
  }
});

test("single precision, and more components than there can be: n − 1, which keep all distances", async () => {
  const points = cloud(12, 40).map((point) => Float32Array.from(point));
  const { scores, count } = await pca(points, { components: 100 });
  assert.equal(count, 11);
  for (let i = 0; i < 12; i++) {
    for (let j = 0; j < i; j++) {
      const reduced = Math.hypot(
        ...Array.from({ length: count }, (_, k) => scores[i * count + k] - scores[j * count + k]),
      );
      const full = Math.hypot(...Array.from(points[i], (x, k) => x - points[j][k]));
      assert.ok(Math.abs(reduced - full) < 1e-7);
    }
  }
});

test("equal points lie in the middle, and one point has no component", async () => {
  const { scores, explained } = await pca(
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
    { components: 1 },
  );
  assert.deepEqual([...scores, ...explained], [0, 0, 0]);
  assert.equal((await pca([[1, 2]], { components: 2 })).count, 0);
  await assert.rejects(() => pca([[1], [Infinity]], { components: 1 }), /point 1 is not finite/);
});
