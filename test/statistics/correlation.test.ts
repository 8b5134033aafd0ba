import assert from "node:assert/strict";
import { test } from "node:test";
import { type CorrelationMethod, correlation, correlationMethods } from "../../src/statistics/correlation.js";
import { moments, quantileAt } from "../../src/statistics/describe.js";
import { kendall } from "../../src/statistics/kendall.js";
import { correctedPValues } from "../../src/statistics/multipleTests.js";

/** Ten pairs with ties in both lists. The numbers that are expected of them are those of scipy 1.17.1. */
const x = Float64Array.of(2.1, 3.5, 1.0, 4.4, 5.2, 3.5, 0.7, 6.1, 2.9, 4.4);
const y = Float64Array.of(1.9, 3.0, 1.5, 3.9, 4.1, 2.2, 1.5, 5.5, 3.9, 4.0);
const options = { level: 0.95, resamples: 4000, permutations: 1000, seed: 1 };
const near = (found: number, expected: number, tolerance = 1e-14) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);

test("coefficients are those of scipy, with ties", () => {
  const expected = { pearson: 0.9093947039793312, spearman: 0.9355828220858896, kendall: 0.8604651162790699 };
  for (const [method, value] of Object.entries(expected))
    near(correlationMethods[method as CorrelationMethod](x, y), value);
});

test("Kendall's tau of 200 pairs, most of them tied, is that of scipy and of counting every pair", () => {
  const [a, b] = tied;
  near(kendall(a, b), 0.6471553658933293);
  let [agree, disagree, onlyA, onlyB] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const [da, db] = [Math.sign(a[i] - a[j]), Math.sign(b[i] - b[j])];
      if (da * db > 0) agree++;
      else if (da * db < 0) disagree++;
      else if (da !== 0) onlyA++;
      else if (db !== 0) onlyB++;
    }
  }
  const untied = Math.sqrt((agree + disagree + onlyA) * (agree + disagree + onlyB));
  near(kendall(a, b), (agree - disagree) / untied);
});

test("all permutations of few pairs give the exact p-value of scipy's permutation test: 4 of 720", () => {
  for (const method of Object.keys(correlationMethods) as CorrelationMethod[]) {
    const { pValue } = correlation(x.slice(0, 6), y.slice(0, 6), { ...options, method });
    near(pValue, 4 / 720);
  }
});

test("the bootstrap interval is scipy's, as far as chance goes; the seed decides it", () => {
  const found = correlation(x, y, { ...options, method: "pearson" });
  near(found.low, 0.678, 0.03);
  near(found.high, 0.988, 0.005);
  assert.deepEqual(correlation(x, y, { ...options, method: "pearson" }), found);
  assert.notDeepEqual(correlation(x, y, { ...options, method: "pearson", seed: 2 }), found);
  // ten pairs so strongly related: no random permutation comes near
  near(found.pValue, 1 / 1001, 2 / 1001);
});

test("what is unrelated has p-values spread evenly, and constant lists have none", () => {
  const [a, b] = tied;
  const small = Array.from({ length: 60 }, (_, k) => {
    const shifted = Float64Array.from({ length: 8 }, (_, i) => a[(7 * k + i) % 200] + 0.01 * i);
    const other = Float64Array.from({ length: 8 }, (_, i) => b[(11 * k + 97 + 5 * i) % 200] + 0.01 * i * i);
    return correlation(shifted, other, { ...options, resamples: 1, permutations: 200, method: "spearman" }).pValue;
  });
  const below = small.filter((p) => p <= 0.5).length;
  assert.ok(below > 15 && below < 45, `${below} of 60 below a half`);
  const none = correlation(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 3), { ...options, method: "kendall" });
  assert.deepEqual(none, { coefficient: NaN, low: NaN, high: NaN, pValue: NaN });
});

test("p-values are corrected for their number, NaN left alone", () => {
  const p = Float64Array.of(0.01, 0.04, Number.NaN, 0.03, 0.005, 0.2);
  const expected = {
    none: [0.01, 0.04, NaN, 0.03, 0.005, 0.2],
    bonferroni: [0.05, 0.2, NaN, 0.15, 0.025, 1],
    holm: [0.04, 0.09, NaN, 0.09, 0.025, 0.2],
    "benjamini-hochberg": [0.025, 0.05, NaN, 0.05, 0.025, 0.2],
  } as const;
  for (const [correction, values] of Object.entries(expected)) {
    const found = correctedPValues(p, correction as keyof typeof expected);
    for (const [i, value] of values.entries()) {
      if (Number.isNaN(value)) assert.ok(Number.isNaN(found[i]));
      else near(found[i], value);
    }
  }
});

test("moments and quantiles are numpy's", () => {
  const values = Float64Array.of(3, 1, 4, 1.5, 9, 2.6);
  const { mean, deviation } = moments(values);
  near(mean, 3.516666666666667, 1e-15);
  near(deviation, 2.891654658956817);
  near(deviation / Math.sqrt(6), 1.1805130711309855);
  const sorted = values.slice().sort();
  assert.deepEqual(
    [0.1, 0.25, 0.5, 0.75].map((share) => quantileAt(sorted, share)),
    [1.25, 1.775, 2.8, 3.75],
  );
  assert.ok(Number.isNaN(quantileAt(new Float64Array(0), 0.5)));
});

const tied = [
  [
    13, 16, 0, 16, 9, 10, 12, 5, 19, 1, 5, 7, 11, 8, 2, 0, 0, 0, 2, 19, 3, 13, 15, 4, 5, 8, 5, 19, 3, 17, 15, 16, 2, 7,
    12, 9, 13, 13, 13, 1, 19, 11, 18, 5, 7, 17, 3, 1, 7, 13, 2, 17, 6, 4, 10, 17, 17, 17, 6, 0, 15, 14, 15, 0, 0, 10, 6,
    8, 18, 4, 10, 6, 5, 16, 3, 6, 2, 2, 5, 13, 11, 8, 3, 15, 15, 4, 1, 6, 2, 15, 10, 10, 5, 10, 19, 4, 15, 0, 6, 18, 17,
    1, 16, 16, 9, 7, 19, 19, 13, 7, 4, 18, 5, 11, 13, 4, 6, 14, 3, 13, 18, 13, 12, 9, 19, 4, 7, 12, 13, 2, 3, 13, 16,
    12, 18, 7, 6, 15, 0, 3, 3, 7, 3, 15, 16, 7, 0, 14, 2, 12, 3, 18, 13, 19, 12, 14, 7, 16, 2, 3, 7, 14, 9, 16, 18, 8,
    8, 11, 12, 9, 12, 19, 14, 6, 8, 8, 3, 0, 15, 8, 7, 12, 11, 18, 12, 18, 11, 6, 6, 19, 11, 3, 16, 16, 0, 3, 13, 8, 6,
    1,
  ],
  [
    15, 28, 12, 28, 17, 12, 16, 12, 33, 4, 13, 14, 18, 16, 12, 1, 14, 12, 13, 23, 9, 19, 19, 4, 16, 8, 16, 21, 12, 22,
    18, 29, 9, 20, 14, 16, 18, 19, 13, 11, 24, 23, 21, 10, 7, 28, 11, 6, 20, 21, 16, 28, 14, 11, 13, 27, 28, 27, 12, 0,
    26, 14, 27, 2, 4, 13, 14, 11, 21, 4, 24, 9, 7, 25, 5, 19, 13, 7, 11, 18, 22, 14, 7, 25, 17, 15, 7, 20, 5, 20, 23,
    20, 5, 15, 19, 16, 21, 3, 16, 31, 18, 8, 21, 26, 22, 15, 30, 23, 21, 14, 14, 18, 8, 11, 27, 11, 13, 21, 3, 25, 30,
    13, 21, 17, 24, 11, 20, 20, 20, 12, 13, 20, 28, 20, 27, 14, 14, 24, 13, 6, 8, 15, 8, 25, 28, 9, 0, 28, 9, 23, 14,
    32, 13, 23, 26, 20, 12, 19, 2, 3, 21, 14, 11, 19, 22, 20, 12, 13, 17, 19, 18, 22, 15, 6, 15, 10, 11, 10, 20, 15, 7,
    20, 13, 24, 13, 22, 17, 13, 6, 32, 17, 6, 18, 26, 6, 6, 19, 10, 8, 5,
  ],
].map((list) => Float64Array.from(list));
