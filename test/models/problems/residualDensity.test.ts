import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../../src/linalg/random.js";
import { drawByDensity, effectiveNumber, residualDensity } from "../../../src/models/problems/residualDensity.js";

const near = (a: number, b: number, tolerance = 1e-12) => Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));

test("|r|ᵏ / mean |r|ᵏ + c, divided by the sum", () => {
  // mean |r| = 4/3          |r| / mean + 1 = 1, 7/4, 13/4          sum 6
  const density = residualDensity(Float64Array.of(0, -1, 3), { k: 1, c: 1 });
  for (const [i, p] of [1 / 6, 7 / 24, 13 / 24].entries()) assert.ok(near(density[i], p));
  // mean r² = 10/3          r² / mean = 0, 3/10, 27/10
  const squares = residualDensity(Float64Array.of(0, 1, 3), { k: 2, c: 0 });
  for (const [i, p] of [0, 0.1, 0.9].entries()) assert.ok(near(squares[i], p));
  assert.ok(near(effectiveNumber(squares), 1 / 0.82));
});

test("candidates without a finite residual are left out; without any residual all are alike", () => {
  const density = residualDensity(Float64Array.of(Number.NaN, 2, Infinity, 2), { k: 1, c: 1 });
  assert.deepEqual([...density], [0, 0.5, 0, 0.5]);
  assert.deepEqual([...residualDensity(Float64Array.of(0, 0), { k: 3, c: 0 })], [0.5, 0.5]);
  assert.throws(
    () => residualDensity(Float64Array.of(Number.NaN), { k: 1, c: 1 }),
    /none of 1 candidates has a finite/,
  );
  assert.throws(() => drawByDensity(density, 3, randomStream(0)), /only 2 candidates .*; expected at least 3/);
});

test("draws follow the density: χ² over 64 candidates", () => {
  const sizes = Float64Array.from({ length: 64 }, (_, i) => 1 + Math.sin(i) + (i === 10 ? 20 : 0));
  const density = residualDensity(sizes, { k: 1, c: 0.5 });
  const random = randomStream(1, "draws");
  const draws = 20_000;
  const counts = new Float64Array(64);
  for (let k = 0; k < draws; k++) counts[drawByDensity(density, 1, random)[0]]++;
  const chi = counts.reduce((sum, count, i) => sum + (count - draws * density[i]) ** 2 / (draws * density[i]), 0);
  // 99.9 % of χ² with 63 degrees of freedom.
  assert.ok(chi < 103.4, `${chi}`);
});

test("a pair is drawn one after the other, without replacement", () => {
  const p = [0.5, 0.3, 0.2];
  const random = randomStream(2, "pairs");
  const counts: Record<string, number> = {};
  const draws = 30_000;
  for (let k = 0; k < draws; k++) {
    const pair = drawByDensity(Float64Array.from(p), 2, random).join();
    counts[pair] = (counts[pair] ?? 0) + 1;
  }
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ]) {
    const wanted = (p[i] * p[j]) / (1 - p[i]) + (p[i] * p[j]) / (1 - p[j]);
    const deviation = Math.sqrt((wanted * (1 - wanted)) / draws);
    assert.ok(Math.abs(counts[`${i},${j}`] / draws - wanted) < 4 * deviation, `${i}, ${j}`);
  }
});

const residuals = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
const shape = fc.record({
  k: fc.double({ min: 0, max: 4, noNaN: true }),
  c: fc.double({ min: 0, max: 9, noNaN: true }),
});

test("a density adds up to 1, grows with the residual, and does not depend on its unit", () => {
  fc.assert(
    fc.property(residuals, shape, (list, of) => {
      const density = residualDensity(Float64Array.from(list), of);
      assert.ok(
        near(
          density.reduce((sum, p) => sum + p, 0),
          1,
        ),
      );
      const scaled = residualDensity(
        Float64Array.from(list, (r) => 1024 * r),
        of,
      );
      assert.deepEqual(scaled, density);
      const order = [...list.keys()].sort((i, j) => Math.abs(list[i]) - Math.abs(list[j]));
      for (const [k, i] of order.slice(1).entries()) assert.ok(density[i] >= density[order[k]]);
      assert.ok(effectiveNumber(density) <= list.length * (1 + 1e-12));
    }),
  );
});

test("large c makes all candidates alike", () => {
  fc.assert(
    fc.property(residuals, (list) => {
      const density = residualDensity(Float64Array.from(list), { k: 1, c: 1e12 });
      for (const p of density) assert.ok(near(p * list.length, 1, 1e-10));
    }),
  );
});

test("as many candidates as are wanted, all different, in order, the same for the same seed", () => {
  fc.assert(
    fc.property(residuals, shape, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (list, of, seed, share) => {
      const density = residualDensity(Float64Array.from(list), { ...of, c: of.c + 0.01 });
      const count = Math.floor(share * list.length);
      const chosen = [...drawByDensity(density, count, randomStream(seed))];
      assert.equal(chosen.length, count);
      assert.ok(chosen.every((i, k) => i >= 0 && i < list.length && (k === 0 || i > chosen[k - 1])));
      assert.deepEqual([...drawByDensity(density, count, randomStream(seed))], chosen);
    }),
  );
});
