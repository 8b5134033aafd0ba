import assert from "node:assert/strict";
import { test } from "node:test";
import { type Scatter, scatteredPoints } from "../../src/landscape/scatteredPoints.js";

const ranges = [
  [-1, 3],
  [0.5, 0.75],
] as const;
const count = 4096;

/** Mean and standard deviation of each of two coordinates. */
function moments(scatter: Scatter): [mean: number, deviation: number][] {
  const points = scatteredPoints(scatter)(0, count);
  return [0, 1].map((axis) => {
    const values = Array.from({ length: count }, (_, i) => points[2 * i + axis]);
    const mean = values.reduce((sum, x) => sum + x, 0) / count;
    return [mean, Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count)];
  });
}

test("uniform and Sobol points fill the ranges evenly: mean in the middle, deviation width/√12", () => {
  for (const [distribution, tolerance] of [
    ["uniform", 4 / Math.sqrt(count)],
    ["sobol", 1e-3],
  ] as const) {
    const scatter = { distribution, ranges, seed: 1 };
    const points = scatteredPoints(scatter)(0, count);
    for (const [axis, [mean, deviation]] of moments(scatter).entries()) {
      const [low, high] = ranges[axis];
      const width = high - low;
      assert.ok(Math.abs(mean - (low + high) / 2) < tolerance * width, `${distribution} mean ${mean}`);
      assert.ok(
        Math.abs(deviation - width / Math.sqrt(12)) < tolerance * width,
        `${distribution} deviation ${deviation}`,
      );
      for (let i = 0; i < count; i++) assert.ok(points[2 * i + axis] >= low && points[2 * i + axis] < high);
    }
  }
});

test("gaussian points have the mean 0, the given deviations, and normal tails", () => {
  const scales = [2, 0.1];
  for (const [axis, [mean, deviation]] of moments({ distribution: "gaussian", scales, seed: 5 }).entries()) {
    assert.ok(Math.abs(mean) < (4 * scales[axis]) / Math.sqrt(count));
    assert.ok(Math.abs(deviation / scales[axis] - 1) < 4 / Math.sqrt(2 * count));
  }
  const points = scatteredPoints({ distribution: "gaussian", scales, seed: 5 })(0, count);
  const beyond = points.filter((value, i) => Math.abs(value) > 2 * scales[i % 2]).length / points.length;
  assert.ok(Math.abs(beyond - 0.0455) < 0.012, `${beyond} beyond two deviations`);
});

test("a point depends on its number and the seed alone", () => {
  for (const scatter of [
    { distribution: "sobol", ranges },
    { distribution: "uniform", ranges },
    { distribution: "gaussian", scales: [1, 1] },
  ] as const) {
    const points = scatteredPoints({ ...scatter, seed: 3 });
    assert.deepEqual(points(5, 4), points(0, 9).slice(10));
    assert.notDeepEqual(scatteredPoints({ ...scatter, seed: 4 })(0, 9), points(0, 9));
  }
});
