import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { projectOnto } from "../../src/landscape/projection.js";
import { randomDirections } from "../../src/landscape/randomDirections.js";
import { axpy, dot, maxAbs, norm } from "../../src/linalg/vectors.js";

test("coordinates along directions at an angle, and the distance from their plane", () => {
  //  d1 = (1,0,0), d2 = (1,1,0), x = (3,2,5) = 1·d1 + 2·d2 + (0,0,5)
  const project = projectOnto([Float64Array.of(1, 0, 0), Float64Array.of(1, 1, 0)]);
  const { coefficients, residual, distance } = project(Float64Array.of(3, 2, 5));
  assert.deepEqual([...coefficients], [1, 2]);
  assert.equal(residual, 5);
  assert.equal(distance, Math.sqrt(38));
});

/** Directions with cosines near 1, of any length, and coefficients. */
const skewed = fc.record({
  seed: fc.nat(1000),
  count: fc.integer({ min: 1, max: 5 }),
  lean: fc.constantFrom(0, 1, 100),
  length: fc.constantFrom(1e-5, 1, 1e5),
});

function directionsOf({ seed, count, lean, length }: { seed: number; count: number; lean: number; length: number }) {
  const drawn = randomDirections({ size: 60, count, seed, distribution: "normal" });
  return drawn.map((d) => d.map((x, i) => length * (x + lean * drawn[0][i])));
}

function combination(directions: Float64Array[], coefficients: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(directions[0].length);
  for (const [k, d] of directions.entries()) axpy(coefficients[k], d, sum);
  return sum;
}

test("points of the span come back with their coefficients and residual 0", () => {
  fc.assert(
    fc.property(skewed, fc.nat(1000), (options, seed) => {
      const directions = directionsOf(options);
      const [wanted] = randomDirections({ size: directions.length, count: 1, seed, distribution: "uniform" });
      const { coefficients, residual, distance } = projectOnto(directions)(combination(directions, wanted));
      assert.ok(maxAbs(coefficients.map((a, k) => a - wanted[k])) < 1e-10, `${coefficients} against ${wanted}`);
      assert.ok(residual <= 1e-13 * distance);
    }),
    { seed: 6 },
  );
});

test("the residual is orthogonal to every direction, and what is projected stays where it is", () => {
  fc.assert(
    fc.property(skewed, fc.nat(1000), (options, seed) => {
      const directions = directionsOf(options);
      const project = projectOnto(directions);
      const [x] = randomDirections({ size: 60, count: 1, seed: seed + 5000, distribution: "normal" });
      const { coefficients, residual, distance } = project(x);
      const shadow = combination(directions, coefficients);
      const rest = x.map((value, i) => value - shadow[i]);
      assert.ok(Math.abs(norm(rest) - residual) < 1e-9 * distance);
      for (const d of directions) assert.ok(Math.abs(dot(rest, d)) < 1e-9 * norm(d) * distance);
      const again = project(shadow);
      assert.ok(again.residual <= 1e-12 * distance);
      assert.ok(maxAbs(again.coefficients.map((a, k) => a - coefficients[k])) <= 1e-9 * maxAbs(coefficients));
      assert.ok(Math.abs(again.distance ** 2 + residual ** 2 - distance ** 2) < 1e-9 * distance ** 2);
    }),
    { seed: 7 },
  );
});

test("directions without coordinates of their own are refused", () => {
  const a = Float64Array.of(1, 2, 3);
  assert.throws(() => projectOnto([a, a.map((x) => -2 * x)]), /direction 2 depends linearly on earlier ones/);
  assert.throws(() => projectOnto([a, new Float64Array(3)]), /direction 2 is zero/);
});
