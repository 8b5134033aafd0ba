import assert from "node:assert/strict";
import { test } from "node:test";
import { Matrix } from "ml-matrix";
import { pairwiseDistances } from "../../src/embedding/pairwiseDistances.js";
import { diffusionOperator } from "../../src/embedding/phateGraph.js";
import { type PhateOptions, phateDefaults, phatePotential } from "../../src/embedding/phatePotential.js";
import { randomStream } from "../../src/linalg/random.js";
import { dense } from "../../src/linalg/sparseMatrix.js";
import { type NpyArray, npz, reference, withoutReference } from "../reference.js";

const rowsOf = ({ shape, values }: NpyArray) =>
  Array.from({ length: shape[0] }, (_, i) => values.subarray(i * shape[1], (i + 1) * shape[1]));

function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(found.length, expected.length);
  let largest = 0;
  for (let i = 0; i < found.length; i++) largest = Math.max(largest, Math.abs(found[i] - expected[i]));
  return largest;
}

const sets: Record<string, number> = {
  dla_tree_n300_d20: 21,
  traj5x60_d200: 23,
};
const plain: PhateOptions = { ...phateDefaults, pcaComponents: "none" };

for (const [name, t] of Object.entries(sets)) {
  const skip = withoutReference(`phate/${name}.npz`);

  test(`${name}: kernel, operator, entropy, time and potential are those of phate 1.0.11`, { skip }, async () => {
    const expected = npz(reference(`phate/${name}.npz`)!);
    const found = await phatePotential({ points: rowsOf(expected.data_nu) }, plain);
    assert.ok(largestDifference(dense(found.graph.kernel), expected.kernel.values) < 1e-8);
    assert.ok(largestDifference(dense(diffusionOperator(found.graph.kernel)), expected.diff_op.values) < 1e-8);
    assert.ok(largestDifference(found.entropy, expected.vne_h.values) < 1e-8);
    assert.equal(found.t, t);
    assert.ok(largestDifference(found.potential, expected.diff_potential.values) < 1e-8);
  });

  test(`${name}: from the data before PCA it is the same up to what phate's randomised PCA leaves out`, {
    skip,
  }, async () => {
    const expected = npz(reference(`phate/${name}.npz`)!);
    const found = await phatePotential({ points: rowsOf(expected.X) }, phateDefaults);
    // 200 dimensions are reduced to 100, by phate with distances up to 0.03 of 10 off: the decay of 40 makes 0.02 of
    // that.
    const tolerance = expected.X.shape[1] <= 100 ? 1e-8 : 0.02;
    assert.ok(largestDifference(dense(found.graph.kernel), expected.kernel.values) < tolerance);
    assert.ok(largestDifference(found.entropy, expected.vne_h.values) < tolerance);
    assert.equal(found.t, t);
  });
}

/** Branches that leave one another at random places, with noise. */
function tree(branches: number, length: number, dimension: number): Float64Array[] {
  const random = randomStream(7, "tree");
  const points: Float64Array[] = [];
  for (let branch = 0; branch < branches; branch++) {
    let at = branch === 0 ? new Float64Array(dimension) : points[random.integer(points.length)];
    for (let k = 0; k < length; k++) points.push((at = at.map((x) => x - 1 + 2 * random.uniform())));
  }
  return points.map((point) => point.map((x) => x + random.normal()));
}

test("points, and the distances of points, have the same potential", async () => {
  const points = tree(4, 15, 10);
  const distances = await pairwiseDistances(points, "cosine");
  const given = { ...plain, distance: "cosine" as const };
  assert.deepEqual(
    (await phatePotential({ distances, n: 60 }, plain)).potential,
    (await phatePotential({ points }, given)).potential,
  );
});

test("with PCA to all of the points' directions nothing changes", async () => {
  const points = tree(4, 15, 80);
  const reduced = await phatePotential({ points }, { ...phateDefaults, t: 8, pcaComponents: 70 });
  const full = await phatePotential({ points }, { ...plain, t: 8 });
  // 60 points have no more than 59 components. The Gram matrix leaves 10⁻⁸ of the distances' digits, which the
  // decay of 40 takes to some 10⁻⁷.
  assert.ok(largestDifference(reduced.potential, full.potential) < 1e-6);
});

test("gamma 1 is the logarithm, −1 the probabilities, 0 twice their roots, ½ four times their fourth roots", async () => {
  const points = tree(3, 12, 6);
  const at = async (gamma: number) => (await phatePotential({ points }, { ...plain, t: 4, gamma })).potential;
  const probabilities = await at(-1);
  for (let i = 0; i < 36; i++) {
    const sum = probabilities.subarray(i * 36, (i + 1) * 36).reduce((a, b) => a + b);
    assert.ok(Math.abs(sum - 1) < 1e-13);
  }
  const forms: [number, (p: number) => number][] = [
    [1, (p) => -Math.log(p + 1e-7)],
    [0, (p) => 2 * Math.sqrt(p)],
    [0.5, (p) => 4 * p ** 0.25],
  ];
  for (const [gamma, form] of forms) assert.ok(largestDifference(await at(gamma), probabilities.map(form)) < 1e-13);
});

test("a given time is taken, without an entropy, and an odd power is the matrix's power", async () => {
  const found = await phatePotential({ points: tree(3, 12, 6) }, { ...plain, t: 5, gamma: -1 });
  assert.deepEqual([found.t, found.entropy.length], [5, 0]);
  const steps = Matrix.from1DArray(36, 36, dense(diffusionOperator(found.graph.kernel)));
  const power = steps.mmul(steps).mmul(steps).mmul(steps).mmul(steps);
  assert.ok(largestDifference(found.potential, power.to1DArray()) < 1e-14);
  assert.equal(found.rows, 36);
  const coordinates = Float64Array.of(1, 2, 3);
  assert.equal(found.interpolate(coordinates), coordinates);
});

test("points in another order have the same potential in that order", async () => {
  const points = tree(3, 20, 8);
  const n = points.length;
  const order = randomStream(3, "order").sample(n, n);
  const before = await phatePotential({ points }, plain);
  const after = await phatePotential({ points: Array.from(order, (i) => points[i]) }, plain);
  assert.equal(after.t, before.t);
  const expected = before.potential.map((_, at) => before.potential[order[Math.floor(at / n)] * n + order[at % n]]);
  assert.ok(largestDifference(after.potential, expected) < 1e-9);
});

test("landmarks stand for more points: their own walk, and coordinates of all points from theirs", async () => {
  const points = tree(5, 40, 10);
  const found = await phatePotential({ points }, { ...plain, landmarks: 60, gamma: -1, seed: 1 });
  assert.ok(found.rows <= 60 && found.rows > 30);
  assert.ok(found.t >= 1 && found.entropy.length === 100);
  for (let i = 0; i < found.rows; i++) {
    const sum = found.potential.subarray(i * found.rows, (i + 1) * found.rows).reduce((a, b) => a + b);
    assert.ok(Math.abs(sum - 1) < 1e-12);
  }
  const coordinates = found.interpolate(
    Float64Array.from({ length: 2 * found.rows }, (_, at) => (at % 2 === 0 ? 3 : at)),
  );
  assert.equal(coordinates.length, 2 * points.length);
  coordinates.forEach((x, at) => {
    assert.ok(at % 2 === 0 ? Math.abs(x - 3) < 1e-13 : x >= 1 && x <= 2 * found.rows);
  });
  assert.equal(
    (await phatePotential({ points }, { ...plain, landmarks: 200, t: 2 })).rows,
    200,
    "as many landmarks as points: none",
  );
});

test("the landmarks' distances are like those of the points that they stand for", async () => {
  const points = tree(5, 40, 10);
  const n = points.length;
  const all = await phatePotential({ points }, plain);
  const few = await phatePotential({ points }, { ...plain, landmarks: 80 });
  const m = few.rows;
  const identity = Float64Array.from({ length: m * m }, (_, at) => (at % m === Math.floor(at / m) ? 1 : 0));
  const shares = few.interpolate(identity);
  const nearest = points.map((_, i) => {
    const row = shares.subarray(i * m, (i + 1) * m);
    return row.indexOf(Math.max(...row));
  });
  const rows = (potential: Float64Array, count: number) =>
    Array.from({ length: count }, (_, i) => potential.subarray(i * count, (i + 1) * count));
  const exact = await pairwiseDistances(rows(all.potential, n), "euclidean");
  const coarse = await pairwiseDistances(rows(few.potential, m), "euclidean");
  const pairs = [...exact.keys()].filter((at) => Math.floor(at / n) < at % n);
  const correlated = correlation(
    pairs.map((at) => exact[at]),
    pairs.map((at) => coarse[nearest[Math.floor(at / n)] * m + nearest[at % n]]),
  );
  assert.ok(correlated > 0.9, `${correlated}`);
});

function correlation(x: number[], y: number[]): number {
  const mean = (a: number[]) => a.reduce((sum, value) => sum + value, 0) / a.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const product = (a: number[], centerA: number, b: number[], centerB: number) =>
    a.reduce((sum, value, k) => sum + (value - centerA) * (b[k] - centerB), 0);
  return product(x, meanX, y, meanY) / Math.sqrt(product(x, meanX, x, meanX) * product(y, meanY, y, meanY));
}

test("points that are not finite, and fewer points than neighbours, are refused by name", async () => {
  const points = tree(2, 5, 3);
  points[4][1] = Number.NaN;
  await assert.rejects(() => phatePotential({ points }, plain), /point 4 is not finite: entry 1 is NaN/);
  await assert.rejects(
    () => phatePotential({ points: tree(1, 5, 3) }, plain),
    /knn is 5; expected 1 to 4 for 5 points/,
  );
});
