import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Matrix } from "ml-matrix";
import {
  dense,
  rowNormalized,
  rowSums,
  sparseProduct,
  sparseTimesDense,
  transposed,
} from "../../src/linalg/sparseMatrix.js";
import { sparse } from "./sparse.js";

const entry = fc.constantFrom(0, 0, 0, 1, -2, 0.5);
const matrix = (rows: number, columns: number) =>
  fc.array(entry, { minLength: rows * columns, maxLength: rows * columns }).map((x) => Float64Array.from(x));
const size = fc.integer({ min: 1, max: 40 });
const oracle = (entries: Float64Array, rows: number, columns: number) => Matrix.from1DArray(rows, columns, entries);

test("sparse products, transposes and sums are those of the dense matrices", () => {
  const pair = fc
    .tuple(size, size, size)
    .chain(([l, m, n]) => fc.tuple(fc.constant([l, m, n]), matrix(l, m), matrix(m, n)));
  fc.assert(
    fc.property(pair, ([[l, m, n], a, b]) => {
      // Halves and small integers: everything is exact.
      const product = Float64Array.from(
        oracle(a, l, m)
          .mmul(oracle(b, m, n))
          .to1DArray(),
      );
      const left = sparse(a, l, m);
      assert.deepEqual(dense(sparseProduct(left, sparse(b, m, n))), product);
      assert.deepEqual(sparseTimesDense(left, b, n), product);
      assert.deepEqual(dense(transposed(left)), Float64Array.from(oracle(a, l, m).transpose().to1DArray()));
      assert.deepEqual(rowSums(left), Float64Array.from(oracle(a, l, m).sum("row")));
    }),
    { seed: 1 },
  );
});

test("rows are divided by their sums, those that sum to 0 are left", () => {
  const normalized = rowNormalized(sparse(Float64Array.of(1, 3, 0, 0, 2, 2), 3, 2));
  assert.deepEqual(dense(normalized), Float64Array.of(0.25, 0.75, 0, 0, 0.5, 0.5));
});
