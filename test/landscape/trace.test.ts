import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type TraceOptions, traceEstimate } from "../../src/landscape/trace.js";
import { dense, diagonal, withSpectrum } from "./operators.js";

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, x) => total + x, 0);
const methods = ["hutchinson", "hutch++"] as const;
const distributions = ["rademacher", "gaussian"] as const;
/** A few dominant eigenvalues over a bulk of both signs, as Hessians have. */
const heavyTailed = Array.from({ length: 60 }, (_, k) => (k < 4 ? 100 / (k + 1) : Math.sin(7 * k)));

test("±1 probes give the trace of a diagonal operator exactly, one by one", async () => {
  const d = Float64Array.from({ length: 50 }, (_, i) => i - 20);
  const options = { method: "hutchinson", seed: 0, tolerance: 0.01, minProbes: 2 } as const;
  const estimate = await traceEstimate(diagonal(d), 50, options);
  const { standardError, ...rest } = estimate;
  assert.deepEqual(rest, { trace: 225, reached: true, probes: 2, rank: 0, products: 2 });
  assert.ok(standardError > 0 && standardError < 1e-12, `${standardError}`);
});

test("an operator of at most minProbes rows is multiplied with the unit vectors, and its trace is exact", async () => {
  const matrix = withSpectrum([3, -1, 4, 1, -5], 1);
  for (const method of methods) {
    const { trace, standardError, products } = await traceEstimate(dense(matrix, 5), 5, {
      method,
      seed: 0,
      tolerance: 0,
    });
    assert.ok(Math.abs(trace - 2) < 1e-13);
    assert.ok(standardError > 1e-16 && standardError < 1e-14 && products === 5, `${standardError}`);
  }
});

test("no standard error is below the rounding of the products", async () => {
  // Three eigenvalues: the subspace of hutch++ holds them all, and nothing but rounding is left to sample.
  const matrix = withSpectrum([5, 3, -2, ...new Array<number>(37).fill(0)], 3);
  for (const rounding of [2 ** -52, 2 ** -23]) {
    const options = { method: "hutch++", seed: 0, tolerance: 1e-6, rounding } as const;
    const { trace, standardError } = await traceEstimate(dense(matrix, 40), 40, options);
    assert.ok(standardError >= rounding && standardError < 1e3 * rounding, `${standardError}`);
    assert.ok(Math.abs(trace - 6) < 1e-13);
  }
});

test("errors are as large as the standard error says: 200 seeds of each estimator are standard normal", async () => {
  const n = heavyTailed.length;
  const multiply = dense(withSpectrum(heavyTailed, 2), n);
  for (const method of methods) {
    for (const distribution of distributions) {
      const scores: number[] = [];
      for (let seed = 0; seed < 200; seed++) {
        const options = { method, distribution, seed, tolerance: 0, minProbes: 40, maxProducts: 60 } as const;
        const { trace, standardError, reached } = await traceEstimate(multiply, n, options);
        assert.equal(reached, false);
        scores.push((trace - sum(heavyTailed)) / standardError);
      }
      const mean = sum(scores) / 200;
      const deviation = Math.sqrt(sum(scores.map((z) => (z - mean) ** 2)) / 199);
      const covered = scores.filter((z) => Math.abs(z) <= 1.96).length / 200;
      const label = `${method} ${distribution}: mean ${mean}, deviation ${deviation}, ${covered} within 1.96`;
      // Four standard deviations of the mean; 0.95 ± 0.015 would be one.
      assert.ok(Math.abs(mean) < 4 / Math.sqrt(200), label);
      assert.ok(deviation > 0.85 && deviation < 1.2, label);
      assert.ok(covered > 0.89 && covered < 0.99, label);
    }
  }
});

test("the estimate stops within its tolerance, relative or absolute, and stays within a few standard errors", async () => {
  const n = heavyTailed.length;
  const multiply = dense(withSpectrum(heavyTailed, 3), n);
  let covered = 0;
  for (let seed = 0; seed < 100; seed++) {
    const method = methods[seed % 2];
    const estimate = await traceEstimate(multiply, n, { method, seed, tolerance: 0.1, maxProducts: 10_000 });
    assert.ok(estimate.reached && estimate.probes >= 20);
    assert.ok(estimate.standardError <= 0.1 * Math.abs(estimate.trace));
    if (Math.abs(estimate.trace - sum(heavyTailed)) <= 2 * estimate.standardError) covered++;
  }
  assert.ok(covered >= 88, `${covered} of 100 within two standard errors`);
  const absolute = await traceEstimate(multiply, n, {
    method: "hutchinson",
    seed: 0,
    tolerance: 0,
    absoluteTolerance: 10,
  });
  assert.ok(absolute.reached && absolute.standardError <= 10 && absolute.products < 1000);
});

test("Hutch++ traces an operator of low rank exactly, where Hutchinson still errs", async () => {
  const spectrum = Array.from({ length: 80 }, (_, k) => (k < 5 ? 10 - k : 0));
  const multiply = dense(withSpectrum(spectrum, 4), 80);
  const options = { seed: 1, tolerance: 1e-6, maxProducts: 100 };
  const better = await traceEstimate(multiply, 80, { ...options, method: "hutch++" });
  assert.ok(Math.abs(better.trace - 40) < 1e-10 && better.standardError < 1e-10, JSON.stringify(better));
  assert.deepEqual([better.rank, better.products], [5, 31]);
  const plain = await traceEstimate(multiply, 80, { ...options, method: "hutchinson" });
  assert.equal(plain.reached, false);
  assert.ok(plain.standardError > 0.5, `${plain.standardError}`);
});

test("with the same products Hutch++ has a tenth of Hutchinson's error on a spectrum that decays", async () => {
  const spectrum = Array.from({ length: 100 }, (_, k) => (k + 1) ** -2);
  const multiply = dense(withSpectrum(spectrum, 5), 100);
  const error = async (method: TraceOptions["method"]) => {
    let squares = 0;
    for (let seed = 0; seed < 30; seed++) {
      const { trace } = await traceEstimate(multiply, 100, { method, seed, tolerance: 1e-9, maxProducts: 60 });
      squares += (trace - sum(spectrum)) ** 2 / 30;
    }
    return Math.sqrt(squares);
  };
  assert.ok((await error("hutch++")) < 0.1 * (await error("hutchinson")));
});

test("a scaled operator has the scaled trace, standard error and the same products", async () => {
  // Squares stay normal numbers.
  const value = fc.double({ min: -5, max: 5, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-60);
  const spectrum = fc.array(value, { minLength: 25, maxLength: 40 });
  const property = fc.asyncProperty(
    spectrum,
    fc.integer({ min: -8, max: 8 }),
    fc.constantFrom(...methods),
    fc.nat(99),
    async (values, power, method, seed) => {
      const n = values.length;
      const matrix = withSpectrum(values, seed);
      const options = { method, seed, tolerance: 0.05, maxProducts: 60 };
      const one = await traceEstimate(dense(matrix, n), n, options);
      const factor = 2 ** power;
      const other = await traceEstimate(
        dense(
          matrix.map((x) => x * factor),
          n,
        ),
        n,
        options,
      );
      assert.deepEqual(other, { ...one, trace: one.trace * factor, standardError: one.standardError * factor });
    },
  );
  await fc.assert(property, { seed: 5, numRuns: 30 });
});

test("an operator of 1e-200 or 1e200 has the scaled standard error, though its square is 0 or infinite", async () => {
  for (const method of methods) {
    const options = { method, seed: 3, tolerance: 0.05, maxProducts: 60 };
    const of = (factor: number) => traceEstimate(scaled(factor), 40, options);
    const scaled = (factor: number) => {
      const values = Array.from({ length: 40 }, (_, k) => Math.cos(3 * k) + 2);
      return dense(
        withSpectrum(values, 7).map((x) => x * factor),
        40,
      );
    };
    const one = await of(1);
    for (const factor of [2 ** -660, 2 ** 660]) {
      const other = await of(factor);
      assert.ok(Math.abs(other.trace / factor / one.trace - 1) < 1e-12, `${method}: ${other.trace}`);
      assert.ok(Math.abs(other.standardError / factor / one.standardError - 1) < 1e-9, `${other.standardError}`);
      assert.equal(other.products, one.products);
    }
  }
});

test("the zero operator has trace 0; bad bounds and products are refused", async () => {
  const zero = diagonal(new Float64Array(30));
  for (const method of methods) {
    const { trace, standardError, reached } = await traceEstimate(zero, 30, { method, seed: 0, tolerance: 0.01 });
    assert.deepEqual([trace, standardError, reached], [0, 0, true]);
  }
  const options = { method: "hutch++", seed: 0, tolerance: 0.1 } as const;
  await assert.rejects(traceEstimate(zero, 30, { ...options, minProbes: 1 }), /minProbes is 1; .* at least 2/);
  await assert.rejects(
    traceEstimate(zero, 30, { ...options, maxProducts: 9 }),
    /maxProducts is 9; expected at least minProbes, 20/,
  );
  const broken = async (v: Float64Array) => v.map((x, i) => (i === 3 ? Number.NaN : x));
  await assert.rejects(traceEstimate(broken, 30, options), /product 1 with the operator is not finite: entry 3 is NaN/);
});
