import assert from "node:assert/strict";
import { test } from "node:test";
import { mirror } from "../../src/linalg/mirror.js";

test("what is below the diagonal comes to stand above it too, the diagonal stays", () => {
  for (const n of [0, 1, 2, 31, 32, 33, 70]) {
    const matrix = Float64Array.from({ length: n * n }, (_, at) => at);
    const before = matrix.slice();
    mirror(matrix, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) assert.equal(matrix[i * n + j], before[Math.max(i, j) * n + Math.min(i, j)]);
    }
  }
});
