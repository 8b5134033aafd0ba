import assert from "node:assert/strict";
import { test } from "node:test";
import { phiFunctions } from "../../src/solvers/phiFunctions.js";

/** φ_k(z) by the recurrence φ_{k+1} = (φ_k − 1/k!)/z, which is exact enough far from zero. */
function recurrence(z: number): number[] {
  const phi = [Math.exp(z)];
  let factorial = 1;
  for (let k = 0; k < 3; k++) {
    phi.push((phi[k] - 1 / factorial) / z);
    factorial *= k + 1;
  }
  return phi;
}

test("numbers: far from zero, near it and at it", () => {
  for (const z of [-1e4, -30, -3, 2, 10]) {
    const expected = recurrence(z);
    for (const [k, [value]] of phiFunctions(Float64Array.of(z), 1).entries()) {
      assert.ok(Math.abs(value - expected[k]) < 1e-11 * Math.max(1, expected[k]), `φ${k}(${z}) = ${value}`);
    }
  }
  assert.deepEqual(
    phiFunctions(Float64Array.of(0), 1).map(([value]) => value),
    [1, 1, 1 / 2, 1 / 6],
  );
  const [, , , tiny] = phiFunctions(Float64Array.of(1e-9), 1);
  assert.ok(Math.abs(tiny[0] - (1 / 6 + 1e-9 / 24)) < 1e-16, "no cancellation");
});

test("a rotation turns by its angle", () => {
  const [rotation] = phiFunctions(Float64Array.of(0, -100, 100, 0), 2);
  const [c, s] = [Math.cos(100), Math.sin(100)];
  for (const [i, expected] of [c, -s, s, c].entries()) assert.ok(Math.abs(rotation[i] - expected) < 1e-12);
});

test("a matrix that cannot be diagonalised, larger than the small products", () => {
  // λI + N with ones above the diagonal: entry (i, j) of φ₀ is e^λ/(j − i)!
  const [n, lambda] = [20, -2];
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = lambda;
    if (i + 1 < n) matrix[i * n + i + 1] = 1;
  }
  const [exponential] = phiFunctions(matrix, n);
  let factorial = 1;
  for (let j = 0; j < n; j++) {
    if (j > 0) factorial *= j;
    assert.ok(Math.abs(exponential[j] - Math.exp(lambda) / factorial) < 1e-14);
  }
});
