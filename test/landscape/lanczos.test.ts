import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type LanczosOptions, type LanczosResult, lanczos } from "../../src/landscape/lanczos.js";
import { symmetricEigen } from "../../src/linalg/symmetricEigen.js";
import { axpy, dot, norm } from "../../src/linalg/vectors.js";
import { npz, referencePath, withoutReference } from "../reference.js";
import { dense, diagonal, withSpectrum } from "./operators.js";

function expectedValues(values: ArrayLike<number>, which: LanczosOptions["which"], count: number): number[] {
  const keys = { magnitude: Math.abs, largest: (x: number) => x, smallest: (x: number) => -x };
  const key = keys[which ?? "magnitude"];
  return Array.from(values)
    .sort((a, b) => key(b) - key(a))
    .slice(0, count);
}

function assertPairs(result: LanczosResult, expected: number[], accuracy: number): void {
  assert.ok(result.converged, "converged");
  assert.equal(result.values.length, expected.length);
  assert.ok(
    result.residuals.every((r) => r < accuracy),
    "each value, sign included, is an eigenvalue",
  );
  for (const [k, value] of expected.entries()) {
    assert.ok(
      Math.abs(Math.abs(result.values[k]) - Math.abs(value)) < accuracy,
      `${k}: ${result.values[k]}, not ${value}`,
    );
  }
  for (const [k, v] of result.vectors.entries()) {
    const largest = v.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    assert.ok(largest > 0, "sign");
    for (const [j, u] of result.vectors.entries())
      assert.ok(Math.abs(dot(u, v) - (j === k ? 1 : 0)) < 1e-6, "orthonormal");
  }
}

test("the two ends of diag(−3, 1, 2)", async () => {
  const run = async (which: LanczosOptions["which"]) =>
    [...(await lanczos(diagonal(Float64Array.of(-3, 1, 2)), 3, { count: 2, which, seed: 0 })).values].map((x) =>
      Number(x.toFixed(12)),
    );
  assert.deepEqual(await run("magnitude"), [-3, 2]);
  assert.deepEqual(await run("largest"), [2, 1]);
  assert.deepEqual(await run("smallest"), [-3, 1]);
});

test("spectra with clustered, repeated, negative and zero values, at every end", async () => {
  const entry = fc.constantFrom(0, 0, 1, 1, 1 + 1e-5, -1, 5, 5, -5, 2.5, -0.1, 1e-7);
  const spectrum = fc.array(fc.oneof(entry, fc.double({ min: -2, max: 2, noNaN: true })), {
    minLength: 1,
    maxLength: 60,
  });
  const which = fc.constantFrom<LanczosOptions["which"]>("magnitude", "largest", "smallest");
  await fc.assert(
    fc.asyncProperty(spectrum, fc.integer({ min: 1, max: 6 }), which, fc.nat(100), async (values, count, end, seed) => {
      const n = values.length;
      const matrix = withSpectrum(values, seed);
      const exact = symmetricEigen(matrix, n).values;
      const result = await lanczos(dense(matrix, n), n, { count, which: end, seed });
      assertPairs(result, expectedValues(exact, end, count), 1e-7);
    }),
    { seed: 7, numRuns: 150 },
  );
});

test("copies of a multiple eigenvalue are found, though a Krylov space holds only one of them", async () => {
  const d = Float64Array.from({ length: 1000 }, (_, i) => (i < 3 ? 5 : i < 5 ? -4 : Math.cos(i)));
  const result = await lanczos(diagonal(d), 1000, { count: 5, seed: 3 });
  assertPairs(result, [5, 5, 5, -4, -4], 1e-7);
});

test("a small basis with restarts reaches the same pairs", async () => {
  const d = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i) * i);
  const options = { count: 4, which: "largest", seed: 1, maxIterations: 4000 } as const;
  const expected = expectedValues(d, "largest", 4);
  assertPairs(await lanczos(diagonal(d), 400, { ...options, basisSize: 8 }), expected, 1e-5);
  assertPairs(await lanczos(diagonal(d), 400, { ...options, basisSize: 6 }), expected, 1e-5);
  assertPairs(await lanczos(diagonal(d), 400, { ...options, basisSize: 100 }), expected, 1e-5);
});

test("the zero operator, the identity, and operators no larger than count", async () => {
  for (const [d, count] of [
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 3],
    [[2, 2, 2, 2, 2, 2, 2, 2, 2, 2], 3],
    [[-7], 1],
    [[1, 4], 2],
    [[1, 4, -6], 5],
    [[0], 2],
  ] as [number[], number][]) {
    const result = await lanczos(diagonal(Float64Array.from(d)), d.length, { count, seed: 2 });
    assertPairs(result, expectedValues(d, "magnitude", count), 1e-13);
    assert.ok(result.residuals.every((r) => r < 1e-13));
  }
});

test("residuals are those of the pairs that are returned", async () => {
  const matrix = withSpectrum(
    Array.from({ length: 50 }, (_, i) => 1 / (i + 1)),
    4,
  );
  const multiply = dense(matrix, 50);
  const { values, vectors, residuals } = await lanczos(multiply, 50, { count: 3, seed: 4, tolerance: 1e-3 });
  for (const [k, v] of vectors.entries()) {
    const rest = await multiply(v);
    axpy(-values[k], v, rest);
    assert.equal(norm(rest), residuals[k]);
    assert.ok(residuals[k] < 1e-3);
  }
});

test("a run that stops early gives its best pairs and does not call them converged", async () => {
  const d = Float64Array.from({ length: 2000 }, (_, i) => i / 2000);
  const result = await lanczos(diagonal(d), 2000, { count: 2, seed: 1, maxIterations: 12 });
  assert.equal(result.iterations, 12);
  assert.equal(result.converged, false);
  assert.ok(result.residuals.some((r) => r > 1e-8));
  assert.ok(result.values[0] > 0.9 && result.values[0] < d[1999]);
});

test("products that carry rounding of single precision leave residuals of that size, and are not called converged", async () => {
  const d = Float64Array.from({ length: 300 }, (_, i) => (i === 0 ? 100 : i === 1 ? 50 : Math.cos(i)));
  const multiply = async (v: Float64Array) =>
    v.map((x, i) => Math.fround(Math.fround(x) * d[i] + 1e-5 * Math.sin(1e6 * x)));
  const result = await lanczos(multiply, 300, { count: 2, seed: 1, maxIterations: 200 });
  assert.equal(result.converged, false);
  assert.ok(Math.abs(result.values[0] - 100) < 1e-3 && Math.abs(result.values[1] - 50) < 1e-3);
  assert.ok(result.residuals[0] > 1e-6 && result.residuals[0] < 1e-3);
});

test("the same seed gives the same bits; a callee may keep, change or reuse its arrays", async () => {
  const d = Float64Array.from({ length: 100 }, (_, i) => Math.cos(i) * 3);
  const buffer = new Float64Array(100);
  const rude = async (v: Float64Array) => {
    for (let i = 0; i < 100; i++) buffer[i] = v[i] * d[i];
    v.fill(Number.NaN);
    return buffer;
  };
  const options = { count: 4, seed: 11 };
  assert.deepEqual(await lanczos(rude, 100, options), await lanczos(diagonal(d), 100, options));
});

test("what cannot be computed is refused by name", async () => {
  const d = diagonal(new Float64Array(10).fill(1));
  const nan = async (v: Float64Array) => v.map((x, i) => (i === 4 ? Number.NaN : x));
  await assert.rejects(
    lanczos(nan, 10, { count: 1, seed: 0 }),
    /product 1 with the operator is not finite: entry 4 is NaN/,
  );
  await assert.rejects(
    lanczos(async () => new Float64Array(3), 10, { count: 1, seed: 0 }),
    /product has 3 entries; expected 10/,
  );
  await assert.rejects(lanczos(d, 10, { count: 0, seed: 0 }), /count is 0; expected at least 1/);
  await assert.rejects(lanczos(d, 0, { count: 1, seed: 0 }), /size 0; expected at least 1/);
  await assert.rejects(
    lanczos(d, 10, { count: 3, seed: 0, maxIterations: 2 }),
    /maxIterations is 2; 3 eigenpairs need 3/,
  );
  await assert.rejects(
    lanczos(d, 10, { count: 3, seed: 0, basisSize: 4 }),
    /basisSize is 4; 3 eigenpairs need at least 5/,
  );
});

test("the dense Hessians of two trained MLPs: top 5 to 1e-8", { skip: withoutReference("hessian") }, async () => {
  for (const name of ["mlp_tanh", "mlp_relu"]) {
    const { H, eigs, top5_eigvecs } = npz(referencePath("hessian", `${name}.npz`));
    const n = H.shape[0];
    const symmetric = H.values.map((x, at) => (x + H.values[(at % n) * n + Math.floor(at / n)]) / 2);
    const result = await lanczos(dense(symmetric, n), n, { count: 5, which: "largest", seed: 0, tolerance: 1e-10 });
    assert.ok(result.converged);
    for (let k = 0; k < 5; k++) {
      assert.ok(Math.abs(result.values[k] / eigs.values[n - 1 - k] - 1) < 1e-8, `${name} ${k}`);
      const expected = top5_eigvecs.values.subarray(k * n, (k + 1) * n);
      assert.ok(Math.abs(Math.abs(dot(result.vectors[k], expected)) - 1) < 1e-8, `${name} vector ${k}`);
    }
    const lowest = await lanczos(dense(symmetric, n), n, { count: 3, which: "smallest", seed: 0, tolerance: 1e-10 });
    for (let k = 0; k < 3; k++) assert.ok(Math.abs(lowest.values[k] - eigs.values[k]) < 1e-10, `${name} lowest ${k}`);
    const all = symmetricEigen(symmetric, n).values;
    assert.ok(all.every((x, k) => Math.abs(x - eigs.values[k]) < 1e-12));
  }
});
