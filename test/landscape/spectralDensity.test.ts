import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lanczosQuadrature, type Quadrature, spectralMoment } from "../../src/landscape/lanczosQuadrature.js";
import { spectralDensity } from "../../src/landscape/spectralDensity.js";
import { dense, withSpectrum } from "./operators.js";

const resolved = (nodes: number[], weights: number[]): Quadrature => ({
  nodes: Float64Array.from(nodes),
  weights: Float64Array.from(weights),
  resolution: new Float64Array(nodes.length),
});

/** Linear interpolation of the density at x. */
function at({ positions, density }: { positions: Float64Array; density: Float64Array }, x: number): number {
  const i = positions.findIndex((position) => position >= x);
  const share = (x - positions[i - 1]) / (positions[i] - positions[i - 1]);
  return (1 - share) * density[i - 1] + share * density[i];
}

test("two nodes become two Gaussians of their weights; the standard error is that of the probes", () => {
  //  0.75  ∧          ∧  0.25 (first probe)
  //  0.25  ∧          ∧  0.75 (second)
  //       −1          1
  const quadratures = [resolved([-1, 1], [0.75, 0.25]), resolved([-1, 1], [0.25, 0.75])];
  const found = spectralDensity(quadratures, { scale: "linear", width: 0.01 });
  const peak = 1 / (0.02 * Math.sqrt(2 * Math.PI));
  assert.ok(Math.abs(at(found, 1) / (0.5 * peak) - 1) < 0.01);
  assert.ok(Math.abs(at({ ...found, density: found.standardError }, 1) / (0.25 * peak) - 1) < 0.01);
  assert.equal(at(found, 0), 0);
  assert.ok(Math.abs(found.integral - 1) < 1e-8 && Math.abs(found.mean) < 1e-8);
  assert.equal(found.threshold, undefined);
});

test("on the symlog scale peaks are as wide as their distance from zero asks, and the threshold is the median size", () => {
  const found = spectralDensity([resolved([-0.1, 0.1, 1000], [0.4, 0.5, 0.1])], { scale: "symlog", width: 0.05 });
  assert.equal(found.threshold, 0.1);
  const height = (weight: number, x: number) => weight / (0.05 * Math.hypot(x, 0.1) * Math.sqrt(2 * Math.PI));
  for (const [x, weight] of [
    [-0.1, 0.4],
    [0.1, 0.5],
    [1000, 0.1],
  ]) {
    assert.ok(Math.abs(at(found, x) / height(weight, x) - 1) < 0.01, `${at(found, x)} at ${x}`);
  }
  assert.ok(found.standardError.every(Number.isNaN), "one probe has no standard error");
});

test("it integrates to 1 and has the mean of the nodes, on either scale, for any spectrum", async () => {
  const value = fc.oneof(
    fc.constantFrom(0, 0, 1e-12, -3, 2, 2),
    fc.double({ min: -1, max: 1, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-200),
    fc.double({ min: -6, max: 6, noNaN: true }).map((x) => Math.sign(x) * 10 ** x),
  );
  const property = fc.asyncProperty(
    fc.array(value, { minLength: 1, maxLength: 40 }),
    fc.constantFrom("linear" as const, "symlog" as const),
    fc.nat(99),
    async (values, scale, seed) => {
      const n = values.length;
      const options = { probes: 3, steps: 8, seed };
      const quadratures = await lanczosQuadrature(dense(withSpectrum(values, seed), n), n, options);
      const found = spectralDensity(quadratures, { scale, width: scale === "linear" ? 0.01 : 0.05 });
      const largest = Math.max(...values.map(Math.abs)) || 1;
      assert.ok(Math.abs(found.integral - 1) < 1e-4, `integral ${found.integral}`);
      assert.ok(Math.abs(found.mean - spectralMoment(quadratures, 1).value) < 1e-4 * largest, `mean ${found.mean}`);
      assert.ok(found.density.every((d) => d >= 0 && Number.isFinite(d)));
      assert.ok(found.positions.every((x, i) => i === 0 || x > found.positions[i - 1]));
    },
  );
  await fc.assert(property, { seed: 11, numRuns: 100 });
});

test("the mean is trace/n within its standard error, and the density that of the dense eigenvalues", async () => {
  // 300 eigenvalues even on [0, 1]: the density is 1 inside.
  const spectrum = Array.from({ length: 300 }, (_, k) => (k + 0.5) / 300);
  const quadratures = await lanczosQuadrature(dense(withSpectrum(spectrum, 3), 300), 300, {
    probes: 10,
    steps: 40,
    seed: 0,
  });
  const found = spectralDensity(quadratures, { scale: "linear", width: 0.03 });
  const { standardError } = spectralMoment(quadratures, 1);
  assert.ok(Math.abs(found.mean - 0.5) < 3 * standardError && standardError < 0.02);
  for (let x = 0.15; x < 0.9; x += 0.05) {
    const [density, error] = [at(found, x), at({ ...found, density: found.standardError }, x)];
    assert.ok(Math.abs(density - 1) < 4 * error + 0.03, `${density} ± ${error} at ${x}`);
  }
});

test("a shifted operator has the shifted density, a scaled one the scaled density", async () => {
  const values = Array.from({ length: 30 }, (_, k) => Math.cos(3 * k) * (1 + (k % 5)));
  const matrix = withSpectrum(values, 6);
  const shifted = matrix.map((x, i) => (i % 31 === 0 ? x + 8 : x));
  const densityOf = async (of: Float64Array, scale: "linear" | "symlog") =>
    spectralDensity(await lanczosQuadrature(dense(of, 30), 30, { probes: 2, steps: 12, seed: 0 }), {
      scale,
      width: 0.05,
    });
  const [base, moved] = [await densityOf(matrix, "linear"), await densityOf(shifted, "linear")];
  for (const [i, x] of base.positions.entries()) {
    assert.ok(Math.abs(moved.positions[i] - x - 8) < 1e-9);
    assert.ok(Math.abs(moved.density[i] - base.density[i]) < 1e-9);
  }
  for (const scale of ["linear", "symlog"] as const) {
    const [one, four] = [
      await densityOf(matrix, scale),
      await densityOf(
        matrix.map((x) => 4 * x),
        scale,
      ),
    ];
    assert.deepEqual(
      four.positions,
      one.positions.map((x) => 4 * x),
    );
    assert.ok(four.density.every((d, i) => Math.abs(4 * d - one.density[i]) <= 1e-12 * one.density[i]));
  }
});

test("eigenvalues of 1e-200 and 1e200 have the scaled standard errors, though squares overflow or are 0", () => {
  const scaled = (factor: number) => {
    const quadratures = [
      resolved([factor, 2 * factor], [0.75, 0.25]),
      resolved([factor, 2 * factor], [0.25, 0.75]),
      resolved([factor, 3 * factor], [0.5, 0.5]),
    ];
    const { standardError } = spectralDensity(quadratures, { scale: "symlog", width: 0.05 });
    return { density: standardError.map((error) => error * factor), mean: spectralMoment(quadratures, 1) };
  };
  const one = scaled(1);
  assert.ok(one.mean.standardError > 0.1 && Math.max(...one.density) > 0.1);
  for (const factor of [2 ** -660, 2 ** 660]) {
    const { density, mean } = scaled(factor);
    assert.ok(Math.abs(mean.standardError / factor / one.mean.standardError - 1) < 1e-12);
    assert.equal(density.length, one.density.length);
    for (const [i, error] of density.entries()) assert.ok(Math.abs(error - one.density[i]) <= 1e-9 * one.density[i]);
  }
});

test("spectra without extent have a density, and a width of zero is refused", async () => {
  for (const scale of ["linear", "symlog"] as const) {
    for (const value of [0, -7]) {
      const { integral, mean } = spectralDensity([resolved([value], [1])], { scale, width: 0.05 });
      assert.ok(
        Math.abs(integral - 1) < 1e-4 && Math.abs(mean - value) < 1e-3,
        `${scale} ${value}: ${integral}, ${mean}`,
      );
    }
  }
  assert.throws(() => spectralDensity([resolved([1], [1])], { scale: "linear", width: 0 }), /width is 0/);
});
