import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Matrix } from "ml-matrix";
import { timesSparse } from "../../src/linalg/sparsePanels.js";
import { sparse } from "./sparse.js";

const entries = (rows: number, columns: number) =>
  fc
    .array(fc.constantFrom(0, 0, 0, 1, -2, 0.5), { minLength: rows * columns, maxLength: rows * columns })
    .map((x) => Float64Array.from(x));

test("there and back again so many times, with more and fewer vectors than a panel has, is the dense product", () => {
  const size = fc.integer({ min: 1, max: 20 });
  const cases = fc
    .tuple(size, size, fc.integer({ min: 1, max: 35 }), fc.integer({ min: 0, max: 3 }))
    .chain(([l, m, n, times]) => fc.tuple(fc.constant([l, m, n, times]), entries(l, m), entries(m, l), entries(n, l)));
  fc.assert(
    fc.property(cases, ([[l, m, n, times], a, b, x]) => {
      // Halves and small integers: everything is exact.
      let expected = Matrix.from1DArray(n, l, x).transpose();
      const [there, back] = [Matrix.from1DArray(l, m, a), Matrix.from1DArray(m, l, b)];
      for (let step = 0; step < times; step++) expected = there.mmul(back).mmul(expected);
      const found = x.slice();
      timesSparse([sparse(a, l, m), sparse(b, m, l)])(found, times);
      assert.deepEqual(found, Float64Array.from(expected.transpose().to1DArray()));
    }),
    { seed: 1 },
  );
});
