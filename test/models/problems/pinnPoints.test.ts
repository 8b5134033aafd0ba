import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { candidatePoints, pinnPoints } from "../../../src/models/problems/pinnPoints.js";

const problem: PinnProblem = {
  ...{ kind: "pinn", equation: "u_t - u_xx - u_yy", initial: "0", boundary: "none" },
  ...{ domain: { x: [-1, 2], y: [0, "pi"], t: [1, 3] }, grid: { x: 7, y: 6, t: 5 }, inside: "x + y < 2" },
  collocation: { points: 10, seed: 0 },
};
const places = (points: Readonly<Record<string, Float64Array>>) =>
  Array.from(points.x, (x, i) => `${x} ${points.y[i]} ${points.t[i]}`);

test("candidates off the grid lie inside, as many as wanted, and others for each draw", () => {
  const methods = fc.constantFrom("uniform" as const, "latin-hypercube" as const, "sobol" as const);
  fc.assert(
    fc.property(methods, fc.integer({ min: 1, max: 300 }), fc.nat({ max: 99 }), (method, count, seed) => {
      const own = { ...problem, collocation: { points: 10, seed, method } };
      const { x, y, t } = candidatePoints(own, count, "1");
      assert.deepEqual([x.length, y.length, t.length], [count, count, count]);
      for (let i = 0; i < count; i++) {
        assert.ok(x[i] >= -1 && y[i] >= 0 && y[i] <= Math.PI && t[i] >= 1 && t[i] <= 3 && x[i] + y[i] < 2);
      }
      assert.notDeepEqual(candidatePoints(own, count, "2").x, x);
      assert.deepEqual(candidatePoints(own, count, "1").x, x);
    }),
    { numRuns: 50 },
  );
});

test("candidates on the grid are all points that the first ones were drawn from", () => {
  const candidates = new Set(places(candidatePoints(problem, 1, "any")));
  const all = { ...problem, collocation: { ...problem.collocation, points: candidates.size } };
  assert.deepEqual(new Set(places(pinnPoints(all).collocation)), candidates);
  assert.throws(
    () => pinnPoints({ ...all, collocation: { seed: 0, points: candidates.size + 1 } }),
    new RegExp(`has ${candidates.size} points`),
  );
});
