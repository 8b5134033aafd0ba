import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { leadingEigen } from "../../src/linalg/leadingEigen.js";
import { randomStream } from "../../src/linalg/random.js";
import { symmetricEigen } from "../../src/linalg/symmetricEigen.js";
import { dot } from "../../src/linalg/vectors.js";

const times = (matrix: Float64Array, n: number) => (v: Float64Array) =>
  Float64Array.from({ length: n }, (_, i) => dot(matrix.subarray(i * n, (i + 1) * n), v));

test("the largest eigenvalues and their vectors are those of a dense solver", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }), fc.nat(1000), (n, wanted, seed) => {
      const count = Math.min(n, wanted);
      const random = randomStream(seed, "matrix");
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = random.normal();
      const { values, vectors } = leadingEigen((of) => of.map(times(matrix, n)), n, count);
      const all = symmetricEigen(matrix, n);
      for (let k = 0; k < count; k++) {
        assert.ok(Math.abs(values[k] - all.values[n - 1 - k]) < 1e-10 * (1 + Math.abs(values[k])));
        const vector = vectors.subarray(k * n, (k + 1) * n);
        const image = times(matrix, n)(vector);
        for (let i = 0; i < n; i++) assert.ok(Math.abs(image[i] - values[k] * vector[i]) < 1e-8);
      }
    }),
    { numRuns: 60 },
  );
});

test("a double eigenvalue is found twice, also where few others are there", () => {
  const diagonal = Float64Array.from({ length: 30 }, (_, i) => (i < 2 ? 5 : i < 4 ? 3 : 1 / (1 + i)));
  const { values } = leadingEigen((vectors) => vectors.map((v) => v.map((x, i) => diagonal[i] * x)), 30, 3);
  for (const [k, expected] of [5, 5, 3].entries()) assert.ok(Math.abs(values[k] - expected) < 1e-12);
  const zero = leadingEigen((vectors) => vectors.map((v) => new Float64Array(v.length)), 4, 2);
  assert.deepEqual([...zero.values], [0, 0]);
  assert.throws(() => leadingEigen((vectors) => [...vectors], 2, 3), /2 rows has no 3 eigenvalues/);
});
