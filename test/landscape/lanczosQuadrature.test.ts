import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lanczosQuadrature, spectralMoment } from "../../src/landscape/lanczosQuadrature.js";
import { dense, diagonal, withSpectrum } from "./operators.js";

const rounded = (values: Float64Array) => Array.from(values, (x) => Number(x.toFixed(12)));

test("a start vector weighs each eigenspace by its overlap; deflated eigenvalues weigh 1/n each", async () => {
  const d = Float64Array.of(-2, 1, 1, 1, 4);
  const options = { probes: 3, steps: 10, seed: 0 };
  for (const { nodes, resolution } of await lanczosQuadrature(diagonal(d), 5, options)) {
    assert.deepEqual(rounded(nodes), [-2, 1, 4]);
    assert.deepEqual([...resolution], [0, 0, 0], "the space is exhausted: the rule is the measure itself");
  }
  for (const { nodes, weights } of await lanczosQuadrature(diagonal(d), 5, { ...options, deflate: 2 })) {
    assert.deepEqual(rounded(nodes), [-2, 1, 4]);
    assert.deepEqual(rounded(weights), [0.2, 0.6, 0.2]);
  }
  const [{ nodes, weights }] = await lanczosQuadrature(diagonal(d), 5, { ...options, deflate: 9 });
  assert.deepEqual(rounded(nodes), [-2, 1, 1, 1, 4]);
  assert.deepEqual(rounded(weights), [0.2, 0.2, 0.2, 0.2, 0.2], "all of them: the spectrum itself");
});

test("deflation brings the mean of a heavy-tailed spectrum from tens of percent to percents", async () => {
  const spectrum = Array.from({ length: 100 }, (_, k) => (k < 3 ? 1000 / (k + 1) : Math.sin(k)));
  const exact = spectrum.reduce((a, b) => a + b) / 100;
  const multiply = dense(withSpectrum(spectrum, 4), 100);
  const options = { probes: 10, steps: 10, seed: 0 };
  const plain = spectralMoment(await lanczosQuadrature(multiply, 100, options), 1);
  const better = spectralMoment(await lanczosQuadrature(multiply, 100, { ...options, deflate: 3 }), 1);
  assert.ok(plain.standardError > 0.1 * exact);
  assert.ok(better.standardError < 0.005 * exact);
  assert.ok(Math.abs(better.value - exact) < 3 * better.standardError);
});

test("weights are positive and add up to 1; moments of degree below 2·steps are those of the start vector", async () => {
  const spectrum = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 30 });
  const property = fc.asyncProperty(
    spectrum,
    fc.integer({ min: 1, max: 6 }),
    fc.nat(99),
    async (values, steps, seed) => {
      const n = values.length;
      const multiply = dense(withSpectrum(values, seed), n);
      const starts: Float64Array[] = [];
      const watched = async (v: Float64Array) => {
        starts.push(v);
        return multiply(v);
      };
      const [{ nodes, weights, resolution }] = await lanczosQuadrature(watched, n, { probes: 1, steps, seed });
      assert.ok(weights.every((w) => w >= 0));
      assert.ok(resolution.every((r) => r >= 0));
      assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-12);
      let power = starts[0];
      for (let degree = 1; degree < 2 * steps; degree++) {
        power = await multiply(power);
        const exact = power.reduce((total, x, i) => total + x * starts[0][i], 0);
        const found = nodes.reduce((total, x, k) => total + weights[k] * x ** degree, 0);
        assert.ok(Math.abs(found - exact) < 1e-9 * 3 ** degree, `degree ${degree}: ${found}, not ${exact}`);
      }
    },
  );
  await fc.assert(property, { seed: 3, numRuns: 60 });
});

test("mean and mean square of the spectrum are within their standard errors: 200 seeds are standard normal", async () => {
  const spectrum = Array.from({ length: 40 }, (_, k) => (k < 3 ? 10 * (k + 1) : Math.sin(k)));
  const multiply = dense(withSpectrum(spectrum, 1), 40);
  for (const power of [1, 2]) {
    const exact = spectrum.reduce((total, x) => total + x ** power, 0) / 40;
    const scores: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const { value, standardError } = spectralMoment(
        await lanczosQuadrature(multiply, 40, { probes: 30, steps: 2, seed }),
        power,
      );
      scores.push((value - exact) / standardError);
    }
    const mean = scores.reduce((a, b) => a + b) / 200;
    const covered = scores.filter((z) => Math.abs(z) <= 2).length / 200;
    // The means of 30 squares are a little skewed, which shifts the scores down.
    assert.ok(Math.abs(mean) < 0.35 && covered > 0.88 && covered < 0.99, `moment ${power}: ${mean}, ${covered}`);
  }
});

test("nodes that have converged are resolved, those of a continuum stand for their neighbourhood", async () => {
  const d = Float64Array.from({ length: 2000 }, (_, i) => (i === 0 ? 10 : i / 2000));
  const [{ nodes, resolution }] = await lanczosQuadrature(diagonal(d), 2000, { probes: 1, steps: 20, seed: 0 });
  assert.ok(Math.abs(nodes[19] - 10) < 1e-9 && resolution[19] < 1e-9);
  const middle = (nodes[10] - nodes[8]) / 4;
  assert.ok(resolution[9] === middle && middle > 0.02 && middle < 0.08, `${resolution[9]} and ${middle}`);
});

test("a shift moves the nodes and leaves the weights", async () => {
  const matrix = withSpectrum([1, 2, 3, 5, 8, -4], 2);
  const shifted = matrix.map((x, at) => (at % 7 === 0 ? x + 2.5 : x));
  const options = { probes: 2, steps: 4, seed: 1 };
  const [one, two] = [
    await lanczosQuadrature(dense(matrix, 6), 6, options),
    await lanczosQuadrature(dense(shifted, 6), 6, options),
  ];
  for (const [probe, { nodes, weights }] of one.entries()) {
    for (const [k, node] of nodes.entries()) {
      assert.ok(Math.abs(two[probe].nodes[k] - node - 2.5) < 1e-11);
      assert.ok(Math.abs(two[probe].weights[k] - weights[k]) < 1e-11);
    }
  }
});

test("counts below 1 and products that are not finite are refused", async () => {
  const operator = diagonal(Float64Array.of(1, 2));
  await assert.rejects(
    lanczosQuadrature(operator, 2, { probes: 0, steps: 1, seed: 0 }),
    /probes is 0; expected at least 1/,
  );
  await assert.rejects(
    lanczosQuadrature(operator, 2, { probes: 1, steps: 0, seed: 0 }),
    /steps is 0; expected at least 1/,
  );
  const broken = async (v: Float64Array) => v.map(() => Infinity);
  await assert.rejects(
    lanczosQuadrature(broken, 2, { probes: 1, steps: 2, seed: 0 }),
    /product 1 .* entry 0 is Infinity/,
  );
});
