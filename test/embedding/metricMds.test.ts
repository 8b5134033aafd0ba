import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { classicalCoordinates, classicalMds } from "../../src/embedding/classicalMds.js";
import { metricMds } from "../../src/embedding/metricMds.js";
import { smacof } from "../../src/embedding/smacof.js";
import { stressOf } from "../../src/embedding/stress.js";
import { npz, referencePath, withoutReference } from "../reference.js";
import { distancesOf, normalPoints, procrustesCorrelation } from "./points.js";

const solvers = ["sgd", "smacof"] as const;
const sets = ["dla_tree_n300_d20", "traj5x60_d200"];

for (const set of sets) {
  test(`${set}: stress and map are those of scikit-learn's SMACOF and of s_gd2`, {
    skip: withoutReference("phate"),
  }, () => {
    const { potential_dist, smacof_raw, sgd_raw, torgerson } = npz(referencePath("phate", `${set}.npz`));
    const [distances, n] = [potential_dist.values, 300];
    const stress = (points: Float64Array) => stressOf(distances, points, n, 2).raw;
    const start = classicalCoordinates(distances, n, 2);
    assert.ok(Math.abs(stress(start) / stress(torgerson.values) - 1) < 1e-9, "the classical solution");
    for (const seed of [0, 1]) {
      const majorized = metricMds(distances, n, { dimensions: 2, solver: "smacof", seed });
      assert.ok(Math.abs(stress(majorized) / stress(smacof_raw.values) - 1) < 1e-5, `${stress(majorized)}`);
      assert.ok(procrustesCorrelation(majorized, smacof_raw.values) > 0.99999);
      // Descent on pairs ends beside a minimum, and of distances as far from any plane as the second set's in one of
      // many: there the reference's own two maps correlate by 0.36.
      const descended = metricMds(distances, n, { dimensions: 2, solver: "sgd", seed });
      assert.ok(Math.abs(stress(descended) / stress(sgd_raw.values) - 1) < 5e-3, `${stress(descended)}`);
      if (set === "dla_tree_n300_d20") assert.ok(procrustesCorrelation(descended, sgd_raw.values) > 0.999);
    }
  });
}

test("points of a plane, of a line and at one place are found again without stress", () => {
  const square = [0, 0, 0, 1, 1, 0, 1, 1];
  const line = [0.1, 0, 0.4, 0, 1.3, 0, 2.6, 0];
  for (const points of [square, line, [0, 0, 0, 0], [1, 2], [...normalPoints(30, 2, 1)]]) {
    const distances = distancesOf(points, 2);
    for (const solver of solvers) {
      const drawn = metricMds(distances, points.length / 2, { dimensions: 2, solver, seed: 0 });
      // SGD keeps a little of the error with which the classical solution is found to start from.
      const tolerance = solver === "sgd" ? 1e-4 : 1e-6;
      assert.ok(stressOf(distances, drawn, points.length / 2, 2).normalized < tolerance, `${solver}: ${points}`);
    }
  }
  assert.equal(metricMds(new Float64Array(0), 0, { dimensions: 2, solver: "sgd", seed: 0 }).length, 0);
});

test("the stress of majorization never rises", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 12 }),
      fc.integer({ min: 2, max: 3 }),
      fc.nat(1000),
      (n, dimensions, seed) => {
        const distances = distancesOf(normalPoints(n, 6, seed), 6);
        const points = normalPoints(n, dimensions, seed + 1);
        let before = Infinity;
        smacof(distances, points, n, dimensions, {
          onStep(_, stress) {
            assert.ok(stress <= before * (1 + 1e-12), `${stress} after ${before}`);
            before = stress;
          },
        });
        const { raw } = stressOf(distances, points, n, dimensions);
        assert.ok(raw <= before * (1 + 1e-12));
      },
    ),
    { numRuns: 60 },
  );
});

test("the order of the points, their place and their size change nothing but order and size", () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 20 }), fc.nat(1000), (n, seed) => {
      const distances = distancesOf(normalPoints(n, 5, seed), 5);
      const options = { dimensions: 2, solver: "smacof", seed: 0 } as const;
      const drawn = metricMds(distances, n, options);
      const larger = metricMds(
        distances.map((d) => 1000 * d),
        n,
        options,
      );
      const reversed = metricMds(distances.slice().reverse(), n, options);
      const mirrored = Float64Array.from({ length: 2 * n }, (_, c) => reversed[2 * (n - 1 - (c >> 1)) + (c & 1)]);
      const [own, other] = [distancesOf(drawn, 2), distancesOf(mirrored, 2)];
      for (let at = 0; at < own.length; at++) {
        // The iteration stops at 10⁻⁹ of Σd², so its last steps may differ.
        assert.ok(Math.abs(own[at] - other[at]) < 2e-2, `${own[at]} ${other[at]}`);
      }
      for (let c = 0; c < drawn.length; c++) assert.ok(Math.abs(larger[c] / 1000 - drawn[c]) < 1e-6);
    }),
    { numRuns: 30 },
  );
});

test("the same seed gives the same bits, along principal axes", () => {
  const distances = distancesOf(normalPoints(50, 4, 5), 4);
  for (const dimensions of [2, 3, 5]) {
    const draw = (seed: number) => metricMds(distances, 50, { dimensions, solver: "sgd", seed });
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
    const drawn = draw(3);
    const products = (k: number, l: number) =>
      Array.from({ length: 50 }, (_, i) => drawn[i * dimensions + k] * drawn[i * dimensions + l]).reduce(
        (x, y) => x + y,
        0,
      );
    for (let k = 0; k + 1 < dimensions; k++) {
      assert.ok(products(k, k) >= products(k + 1, k + 1));
      assert.ok(Math.abs(products(k, k + 1)) < 1e-9 * products(0, 0));
    }
  }
});

test("points equally far apart are drawn as a square, also where the classical solution leaves them on a line", () => {
  // A square of side s has 4 distances s and 2 of √2·s: the least Σ(drawn − 1)² is 0.343, at s = (4 + 2√2)/8.
  const equal = Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 0 : 1));
  for (const solver of solvers) {
    const drawn = metricMds(equal, 4, { dimensions: 2, solver, seed: 0 });
    assert.ok(stressOf(equal, drawn, 4, 2).raw < 0.344, solver);
  }
  // Three points, 1, 1 and 3 apart, do not make a triangle: the line has the least stress, 3 · (1/3)², as each pair
  // gives in by a third.
  const apart = Float64Array.of(0, 1, 3, 1, 0, 1, 3, 1, 0);
  const drawn = metricMds(apart, 3, { dimensions: 2, solver: "smacof", seed: 0 });
  assert.ok(Math.abs(stressOf(apart, drawn, 3, 2).raw - 1 / 3) < 1e-6);
});

test("the leading coordinates are those of all eigenvectors", () => {
  const distances = distancesOf(normalPoints(80, 10, 2), 10);
  const { coordinates } = classicalMds(distances, 80, 3);
  const leading = classicalCoordinates(distances, 80, 3);
  for (let c = 0; c < leading.length; c++) assert.ok(Math.abs(leading[c] - coordinates[c]) < 1e-8);
});
