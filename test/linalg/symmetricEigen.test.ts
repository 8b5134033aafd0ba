import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { randomStream } from "../../src/linalg/random.js";
import { type Eigen, symmetricEigen, tridiagonalEigen } from "../../src/linalg/symmetricEigen.js";
import { dot, maxAbs } from "../../src/linalg/vectors.js";

function randomSymmetric(n: number, seed: number): Float64Array {
  const random = randomStream(seed, "symmetric");
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = random.normal();
  return a;
}

/** Largest entries of A·v − λv and of VᵀV − I. */
function faults(matrix: Float64Array, n: number, { values, vectors }: Eigen) {
  const row = (a: Float64Array, i: number) => a.subarray(i * n, (i + 1) * n);
  let residual = 0;
  let skew = 0;
  for (let k = 0; k < n; k++) {
    const v = row(vectors, k);
    for (let i = 0; i < n; i++) {
      residual = Math.max(residual, Math.abs(dot(row(matrix, i), v) - values[k] * v[i]));
      skew = Math.max(skew, Math.abs(dot(row(vectors, i), v) - (i === k ? 1 : 0)));
    }
  }
  return { residual, skew };
}

test("the eigenvalues of [[2, 1], [1, 2]] are 1 and 3, along the diagonals", () => {
  const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
  assert.ok(Math.abs(values[0] - 1) < 1e-15 && Math.abs(values[1] - 3) < 1e-15);
  assert.ok(Math.abs(vectors[0] + vectors[1]) < 1e-15 && Math.abs(vectors[2] - vectors[3]) < 1e-15);
});

test("the chain −1 2 −1 has the eigenvalues 2 − 2cos(kπ/(n+1))", () => {
  const n = 50;
  const { values } = tridiagonalEigen(new Float64Array(n).fill(2), new Float64Array(n - 1).fill(-1));
  for (let k = 0; k < n; k++) {
    assert.ok(Math.abs(values[k] - (2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)))) < 1e-14, `eigenvalue ${k}`);
  }
});

test("only the lower triangle is read, and the matrix is left as it was", () => {
  const full = randomSymmetric(6, 1);
  const lower = full.map((x, at) => (at % 6 > Math.floor(at / 6) ? Number.NaN : x));
  const before = lower.slice();
  assert.deepEqual(symmetricEigen(lower, 6), symmetricEigen(full, 6));
  assert.deepEqual(lower, before);
});

test("random matrices: A·v = λv, orthonormal vectors, ascending values that ml-matrix confirms", () => {
  for (let n = 0; n <= 40; n += n < 8 ? 1 : 16) {
    const matrix = randomSymmetric(n, n);
    const eigen = symmetricEigen(matrix, n);
    const { residual, skew } = faults(matrix, n, eigen);
    assert.ok(residual < 1e-13 && skew < 1e-13, `n = ${n}: ${residual} ${skew}`);
    assert.deepEqual(eigen.values, eigen.values.slice().sort());
    if (n === 0) continue;
    const oracle = new EigenvalueDecomposition(Matrix.from1DArray(n, n, matrix), { assumeSymmetric: true });
    const expected = oracle.realEigenvalues.sort((a, b) => a - b);
    assert.ok(maxAbs(eigen.values.map((x, k) => x - expected[k])) < 1e-12);
  }
});

test("prescribed spectra with repeated, clustered, zero and tiny values come back", () => {
  const entry = fc.constantFrom(0, 1, 1, 1 + 1e-9, -1, 5, 1e-12, 1e-300, -3, 1e6);
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 12 }), fc.nat(1000), (spectrum, seed) => {
      const n = spectrum.length;
      const q = symmetricEigen(randomSymmetric(n, seed), n).vectors;
      const matrix = new Float64Array(n * n);
      for (let k = 0; k < n; k++) {
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) matrix[i * n + j] += spectrum[k] * q[k * n + i] * q[k * n + j];
      }
      const eigen = symmetricEigen(matrix, n);
      const size = Math.max(1e-280, ...spectrum.map(Math.abs));
      const expected = [...spectrum].sort((a, b) => a - b);
      assert.ok(eigen.values.every((x, k) => Math.abs(x - expected[k]) < 1e-13 * size));
      const { residual, skew } = faults(matrix, n, eigen);
      assert.ok(residual < 1e-13 * size && skew < 1e-13);
    }),
    { seed: 3, numRuns: 200 },
  );
});

test("matrices near the ends of the number range keep their relative accuracy", () => {
  const matrix = randomSymmetric(5, 9);
  const { values } = symmetricEigen(matrix, 5);
  for (const factor of [2 ** 1000, 2 ** -1000]) {
    const scaled = symmetricEigen(
      matrix.map((x) => x * factor),
      5,
    );
    assert.deepEqual(
      scaled.values,
      values.map((x) => x * factor),
    );
  }
});

test("a matrix that is not finite, or not square, is refused by name", () => {
  assert.throws(() => symmetricEigen(Float64Array.of(1, 0, Number.NaN, 1), 2), /row 1 of the matrix has NaN at 0/);
  assert.throws(() => symmetricEigen(new Float64Array(5), 2), /2×2 matrix has 4 entries, found 5/);
  assert.throws(
    () => tridiagonalEigen(Float64Array.of(1, Infinity), Float64Array.of(0)),
    /diagonal of the matrix has Infinity at 1/,
  );
  assert.throws(() => tridiagonalEigen(new Float64Array(3), new Float64Array(3)), /need 2 off-diagonal ones, found 3/);
});
