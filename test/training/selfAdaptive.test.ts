import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { selfAdaptive } from "../../src/training/selfAdaptive.js";

/** The mean of w·(θ − c)² over two points c = 1, −1. */
function twoPoints(power = 2) {
  const weights = new Float64Array(2);
  const evaluate = async ([x]: Float64Array) => {
    const squares = [(x - 1) ** 2, (x + 1) ** 2];
    const loss = (weights[0] * squares[0] + weights[1] * squares[1]) / 2;
    const gradient = Float64Array.of(weights[0] * (x - 1) + weights[1] * (x + 1));
    return { loss, gradient, slopes: Float64Array.from(squares, (square) => square / 2) };
  };
  return {
    loss: { weights, evaluate },
    ascent: { power, learningRate: 0.1, betas: [0.9, 0.999], epsilon: 1e-8 },
  } as const;
}

const at = (x: number) => Float64Array.of(x);

test("the first step of Adam raises every λ by the learning rate, once the parameters move", async () => {
  const { loss, ascent } = twoPoints();
  const adaptive = selfAdaptive(loss, ascent, { start: Float64Array.of(1, 3), until: 5 });
  assert.deepEqual((await adaptive.evaluate(at(0.5))).loss, (1 * 0.25 + 9 * 2.25) / 2);
  adaptive.after(0);
  await adaptive.evaluate(at(0.5));
  assert.deepEqual([...loss.weights], [1, 9], "an evaluation at the same place is no step");
  await adaptive.evaluate(at(0.4));
  const [lambda] = adaptive.state();
  assert.ok(Math.abs(lambda[0] - 1.1) < 1e-6 && Math.abs(lambda[1] - 3.1) < 1e-6);
  assert.deepEqual([...loss.weights], [lambda[0] ** 2, lambda[1] ** 2]);
  await adaptive.evaluate(at(0.3));
  assert.deepEqual([...adaptive.state()[0]], [...lambda], "a second evaluation, as in a line search, is no step");
});

test("from iteration `until` on the weights stay", async () => {
  const { loss, ascent } = twoPoints();
  const adaptive = selfAdaptive(loss, ascent, { start: Float64Array.of(1, 1), until: 2 });
  for (const [iteration, x] of [0.5, 0.4, 0.3, 0.2, 0.1].entries()) {
    await adaptive.evaluate(at(x));
    adaptive.after(iteration);
  }
  assert.ok(Math.abs(adaptive.state()[0][1] - 1.2) < 0.01, "two steps");
});

test("where the loss is no longer finite, λ is what it was with the last finite one", async () => {
  const { loss, ascent } = twoPoints();
  const adaptive = selfAdaptive(loss, ascent, { start: Float64Array.of(1, 2), until: 5 });
  await adaptive.evaluate(at(0));
  adaptive.after(0);
  await adaptive.evaluate(at(Number.POSITIVE_INFINITY));
  assert.deepEqual([...loss.weights], [1, 4]);
});

test("no weight ever falls, and the point with the larger errors has the larger mean slope", async () => {
  const path = fc.array(fc.double({ min: -3, max: -0.01, noNaN: true }), { minLength: 2, maxLength: 20 });
  const start = fc.double({ min: 0.01, max: 10, noNaN: true });
  await fc.assert(
    fc.asyncProperty(path, start, fc.constantFrom(1, 2, 3), async (places, first, power) => {
      const { loss, ascent } = twoPoints(power);
      const adaptive = selfAdaptive(loss, ascent, { start: Float64Array.of(first, first), until: 100 });
      let before = [...loss.weights];
      for (const [iteration, x] of places.entries()) {
        await adaptive.evaluate(at(x));
        adaptive.after(iteration);
        // At x < 0 the error at 1 is the larger one.
        assert.ok(loss.weights.every((weight, i) => weight >= before[i]));
        before = [...loss.weights];
      }
      const [, mean] = adaptive.state();
      assert.ok(mean[0] <= mean[1], "Adam goes against the mean slope");
    }),
    { numRuns: 50 },
  );
});
