import assert from "node:assert/strict";
import { test } from "node:test";
import { EigenvalueDecomposition, Matrix, SVD } from "ml-matrix";
import { randomStream } from "../../src/linalg/random.js";
import { singularValues } from "../../src/linalg/singularValues.js";
import { symmetricEigen } from "../../src/linalg/symmetricEigen.js";
import { symmetricEigenvalues } from "../../src/linalg/symmetricEigenvalues.js";
import { tridiagonalEigenvalues } from "../../src/linalg/tridiagonalEigenvalues.js";
import { sparse } from "./sparse.js";

function randomSymmetric(n: number): Float64Array {
  const random = randomStream(n, "symmetric");
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = random.normal();
  return a;
}

const close = (found: Float64Array, expected: ArrayLike<number>, tolerance: number) => {
  assert.equal(found.length, expected.length);
  for (let k = 0; k < found.length; k++) {
    assert.ok(Math.abs(found[k] - expected[k]) < tolerance, `${k}: ${found[k]}, expected ${expected[k]}`);
  }
};

test("eigenvalues of random matrices are those found with vectors, and by ml-matrix, for sizes around the band's width", async () => {
  for (const n of [0, 1, 2, 3, 17, 47, 48, 49, 50, 51, 97, 98, 145, 300]) {
    const matrix = randomSymmetric(n);
    const found = await symmetricEigenvalues(matrix.slice(), n);
    // Norms are about 2√n: errors of some ε times that.
    close(found, symmetricEigen(matrix, n).values, 1e-12);
    if (n === 0) continue;
    const oracle = new EigenvalueDecomposition(Matrix.from1DArray(n, n, matrix), { assumeSymmetric: true });
    close(
      found,
      oracle.realEigenvalues.sort((a, b) => a - b),
      1e-12,
    );
  }
});

test("the path of 200 vertices has the eigenvalues 2cos(kπ/201), also as a dense matrix in another order of vertices", async () => {
  const n = 200;
  const order = randomStream(1, "order").sample(n, n);
  const matrix = new Float64Array(n * n);
  for (let i = 0; i + 1 < n; i++) {
    matrix[order[i] * n + order[i + 1]] = 1;
    matrix[order[i + 1] * n + order[i]] = 1;
  }
  const expected = Float64Array.from({ length: n }, (_, k) => 2 * Math.cos(((n - k) * Math.PI) / (n + 1)));
  close(await symmetricEigenvalues(matrix, n), expected, 1e-13);
  close(tridiagonalEigenvalues(new Float64Array(n), new Float64Array(n - 1).fill(1)), expected, 1e-13);
});

test("diagonal, zero, one-rank, tiny and huge matrices keep their eigenvalues", async () => {
  const n = 120;
  const filled = (f: (i: number, j: number) => number) =>
    Float64Array.from({ length: n * n }, (_, at) => f(Math.floor(at / n), at % n));
  assert.deepEqual(await symmetricEigenvalues(new Float64Array(n * n), n), new Float64Array(n));
  const diagonal = filled((i, j) => (i === j ? (i * 7) % n : 0));
  assert.deepEqual(
    await symmetricEigenvalues(diagonal, n),
    Float64Array.from({ length: n }, (_, k) => k),
  );
  for (const size of [1, 1e-290, 1e290]) {
    const values = await symmetricEigenvalues(
      filled(() => size),
      n,
    );
    close(
      values.map((value) => value / size),
      [...new Array(n - 1).fill(0), n],
      1e-12,
    );
  }
});

test("only the lower triangle is read; what is not finite or square is refused by name", async () => {
  const lower = randomSymmetric(60).map((x, at) => (at % 60 > Math.floor(at / 60) ? Number.NaN : x));
  assert.deepEqual(await symmetricEigenvalues(lower, 60), await symmetricEigenvalues(randomSymmetric(60), 60));
  await assert.rejects(
    () => symmetricEigenvalues(Float64Array.of(1, 0, Number.NaN, 1), 2),
    /row 1 of the matrix has NaN at 0/,
  );
  await assert.rejects(() => symmetricEigenvalues(new Float64Array(5), 2), /2×2 matrix has 4 entries, found 5/);
});

test("singular values are those of ml-matrix, and of a matrix that loses a direction the last is 0 up to √ε", async () => {
  for (const [rows, columns] of [
    [40, 40],
    [60, 30],
    [30, 60],
  ]) {
    const random = randomStream(rows, "rectangle");
    const entries = Float64Array.from({ length: rows * columns }, () => (random.uniform() < 0.5 ? random.normal() : 0));
    const found = await singularValues(sparse(entries, rows, columns));
    const expected = new SVD(Matrix.from1DArray(rows, columns, entries), { autoTranspose: true }).diagonal;
    close(found.slice(0, expected.length), expected, rows > columns || rows < columns ? 1e-13 : 1e-11);
    close(found.slice(expected.length), new Float64Array(found.length - expected.length), 1e-6);
  }
});
