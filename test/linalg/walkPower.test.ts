import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Matrix } from "ml-matrix";
import { randomStream } from "../../src/linalg/random.js";
import { rowNormalized, rowSums, transposed } from "../../src/linalg/sparseMatrix.js";
import { walkPower } from "../../src/linalg/walkPower.js";
import { sparse } from "./sparse.js";

/** A walk from m places to n others and back, by affinities of which a share is 0; every place has some. */
function roundTrip(m: number, n: number, share: number, seed: number) {
  const random = randomStream(seed, "affinities");
  const affinities = Float64Array.from({ length: m * n }, (_, at) => {
    const kept = random.uniform() < share || at % n === Math.floor(at / n) % n || Math.floor(at / n) === (at % n) % m;
    return kept ? 0.1 + random.uniform() : 0;
  });
  const there = sparse(affinities, m, n);
  return { factors: [rowNormalized(there), rowNormalized(transposed(there))], weights: rowSums(there), affinities };
}

/** The same by dense products one after the other. */
function byDefinition(affinities: Float64Array, m: number, n: number, t: number): number[] {
  const there = Matrix.from1DArray(m, n, affinities);
  const back = there.transpose();
  for (const matrix of [there, back]) {
    const sums = matrix.sum("row");
    for (let i = 0; i < matrix.rows; i++) matrix.mulRow(i, 1 / sums[i]);
  }
  let power = Matrix.eye(m);
  for (let step = 0; step < t; step++) power = there.mmul(back).mmul(power);
  return power.to1DArray();
}

test("powers of sparse and of full walks are those of dense products", async () => {
  const size = fc.integer({ min: 1, max: 40 });
  await fc.assert(
    fc.asyncProperty(
      size,
      size,
      fc.integer({ min: 1, max: 21 }),
      fc.constantFrom(0, 0.1, 1),
      fc.nat(),
      async (m, n, t, share, seed) => {
        const { factors, weights, affinities } = roundTrip(m, n, share, seed);
        const expected = byDefinition(affinities, m, n, t);
        // Probabilities, with some ε of rounding from each step.
        (await walkPower(factors, weights, t)).forEach((x, at) => {
          assert.ok(Math.abs(x - expected[at]) < 1e-13, `${at}: ${x}, expected ${expected[at]}`);
        });
      },
    ),
    { seed: 1, numRuns: 60 },
  );
});

test("one step is the product itself, to the bits of its sums", async () => {
  const { factors, weights } = roundTrip(20, 30, 0.2, 5);
  const [there, back] = factors.map((factor) => {
    const matrix = Matrix.zeros(factor.rows, factor.columns);
    for (let i = 0; i < factor.rows; i++) {
      for (let at = factor.start[i]; at < factor.start[i + 1]; at++) matrix.set(i, factor.column[at], factor.value[at]);
    }
    return matrix;
  });
  const expected = Float64Array.from(there.mmul(back).to1DArray());
  assert.deepEqual(await walkPower(factors, weights, 1), expected);
});

test("two states that change places come back after an even number of steps", async () => {
  const factors = [sparse(Float64Array.of(0, 1, 1, 0), 2, 2)];
  assert.deepEqual(await walkPower(factors, Float64Array.of(1, 1), 7), Float64Array.of(0, 1, 1, 0));
  assert.deepEqual(await walkPower(factors, Float64Array.of(1, 1), 64), Float64Array.of(1, 0, 0, 1));
});
