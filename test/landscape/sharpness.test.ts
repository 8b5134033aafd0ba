import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ascent, ball, box, ellipsoid } from "../../src/landscape/sharpness.js";

const weights = Float64Array.of(3, -2, 0.5);
/** An ascent without a gradient starts along it. */
const random = Float64Array.of(0.3, -0.7, 0.2);
/** L = g·(θ − θ₀) + ½ Σ hᵢ(θᵢ − θ₀ᵢ)² */
const quadratic = (g: readonly number[], h: readonly number[]) => async (theta: Float64Array) => {
  const d = theta.map((t, i) => t - weights[i]);
  return {
    loss: 1 + d.reduce((sum, x, i) => sum + g[i] * x + (h[i] * x * x) / 2, 0),
    gradient: d.map((x, i) => g[i] + h[i] * x),
  };
};
const near = (found: number, expected: number, bound = 1e-12) =>
  assert.ok(Math.abs(found - expected) <= bound * Math.abs(expected), `${found}, expected ${expected}`);

test("on a slope the rise is the dual norm of the gradient: known in closed form for all three neighbourhoods", async () => {
  const g = [1, -4, 2];
  const slope = quadratic(g, [0, 0, 0]);
  const rise = async (of: Parameters<typeof ascent>[2]) => (await ascent(slope, weights, of, 5, random)).highest;
  near(await rise(box(weights, 0.1)), 0.1 * (1 * 4 + 4 * 3 + 2 * 1.5));
  near(await rise(ball(0.1)), 0.1 * Math.hypot(...g));
  near(await rise(ellipsoid(weights, 0.1)), 0.1 * Math.hypot(1 * 3, 4 * 2, 2 * 0.5));
});

test("the highest point of a bowl in a ball lies along its steepest axis, which the ascent finds", async () => {
  const bowl = quadratic([0.1, 0.1, 0.1], [1, 5, 50]);
  const { highest, firstStep, displacement } = await ascent(bowl, weights, ball(1), 200, random);
  // The maximum over the sphere, by a fine grid of directions.
  let best = 0;
  for (let i = 0; i <= 400; i++) {
    for (let j = 0; j < 800; j++) {
      const [s, t] = [(Math.PI * i) / 400, (2 * Math.PI * j) / 800];
      const d = [Math.sin(s) * Math.cos(t), Math.sin(s) * Math.sin(t), Math.cos(s)];
      best = Math.max(
        best,
        d.reduce((sum, x, k) => sum + 0.1 * x + ([1, 5, 50][k] * x * x) / 2, 0),
      );
    }
  }
  assert.ok(firstStep < highest && Math.abs(highest / best - 1) < 1e-3, `${highest} ${best}`);
  assert.ok(Math.abs(displacement[2]) > 0.99);
});

test("no ascent leaves its neighbourhood or ends below the model, and a larger neighbourhood is no flatter", async () => {
  const entry = fc.double({ min: -3, max: 3, noNaN: true });
  const three = fc.tuple(entry, entry, entry);
  await fc.assert(
    fc.asyncProperty(three, three, fc.double({ min: 0.01, max: 2, noNaN: true }), async (g, h, radius) => {
      if (Math.hypot(...g) < 1e-3) return;
      const loss = quadratic(g, h);
      const inBox = await ascent(loss, weights, box(weights, radius), 20, random);
      inBox.displacement.forEach((d, i) => {
        assert.ok(Math.abs(d) <= radius * (1 + Math.abs(weights[i])) * (1 + 1e-12));
      });
      const inBall = await ascent(loss, weights, ball(radius), 20, random);
      assert.ok(Math.hypot(...inBall.displacement) <= radius * (1 + 1e-12));
      const inEllipsoid = await ascent(loss, weights, ellipsoid(weights, radius), 20, random);
      assert.ok(Math.hypot(...inEllipsoid.displacement.map((d, i) => d / weights[i])) <= radius * (1 + 1e-12));
      for (const { highest } of [inBox, inBall, inEllipsoid]) assert.ok(highest >= 0);
    }),
    { seed: 91, numRuns: 100 },
  );
});

test("a weight of 0 does not move in the ellipsoid, and rescaled weights have the same adaptive sharpness", async () => {
  const { displacement } = await ascent(
    quadratic([1, 1, 1], [1, 1, 1]),
    weights.with(1, 0),
    ellipsoid(weights.with(1, 0), 1),
    9,
    random,
  );
  assert.equal(displacement[1], 0);
  // f(aθ₁, θ₂/a) = f(θ₁, θ₂): as relu networks have it.
  const product = async ([a, b]: Float64Array) => ({
    loss: (a * b - 1) ** 2,
    gradient: Float64Array.of(2 * b * (a * b - 1), 2 * a * (a * b - 1)),
  });
  const at = async (theta: Float64Array) => (await ascent(product, theta, ellipsoid(theta, 0.3), 30, random)).highest;
  near(await at(Float64Array.of(2, 1)), await at(Float64Array.of(20, 0.1)), 1e-9);
});

test("at a minimum without a gradient the ascent starts at random: the closed forms of a bowl", async () => {
  const h = [1, 5, 50];
  const bowl = quadratic([0, 0, 0], h);
  const rise = async (of: Parameters<typeof ascent>[2]) => {
    const { firstStep, highest } = await ascent(bowl, weights, of, 100, random);
    assert.equal(firstStep, 0, "SAM does not move");
    return highest;
  };
  near(await rise(ball(0.1)), (50 * 0.1 ** 2) / 2, 1e-9);
  // In units of the weights, the curvatures are hᵢθᵢ²: 9, 20 and 12.5.
  near(await rise(ellipsoid(weights, 0.1)), (20 * 0.1 ** 2) / 2, 1e-6);
  // Every corner of the box is as high.
  const corner = weights.map((w) => 0.1 * (Math.abs(w) + 1));
  near(
    await rise(box(weights, 0.1)),
    corner.reduce((sum, d, i) => sum + (h[i] * d * d) / 2, 0),
  );
});

test("a flat loss has no rise, and a saddle has that of its rising axis", async () => {
  const flat = await ascent(quadratic([0, 0, 0], [0, 0, 0]), weights, ball(1), 20, random);
  assert.deepEqual([flat.highest, flat.firstStep], [0, 0]);
  const saddle = await ascent(quadratic([0, 0, 0], [2, -6, -3]), weights, ball(1), 200, random);
  near(saddle.highest, 1, 1e-6);
  const lost = async () => ({ loss: Number.NaN, gradient: Float64Array.of(1, 1, 1) });
  await assert.rejects(ascent(lost, weights, ball(1), 5, random), /the loss at the model is NaN/);
});
