import assert from "node:assert/strict";
import { test } from "node:test";
import { drivenCavity } from "../../src/solvers/drivenCavity.js";

/** u on x = ½ and v on y = ½ at Reynolds number 100: Ghia, Ghia & Shin (1982), tables I and II, in 128ths. */
const published = {
  u: { 8: -0.04192, 22: -0.1015, 36: -0.15662, 58: -0.2109, 64: -0.20581, 94: 0.00332 },
  v: { 8: 0.09233, 12: 0.12317, 20: 0.16077, 30: 0.17527, 64: 0.05454, 110: -0.22445, 124: -0.05906 },
};
/** The least u, and the largest and least v there, by a spectral method (Deng et al. 1994). */
const extremes = [-0.21404, 0.17957, -0.2538];

test("the velocities of Ghia, Ghia & Shin at Reynolds number 100, and more exact extremes", () => {
  const problem = { width: 1, height: 1, viscosity: 0.01, lid: () => 1 };
  const { u, v, cells, estimatedError } = drivenCavity(problem, { grid: [65, 65], tolerance: 6e-3 });
  assert.deepEqual(cells, [128, 128]);
  assert.ok(estimatedError < 6e-3);
  const line = (of: (k: number) => number) => Array.from({ length: 65 }, (_, k) => of(k));
  const found = { u: line((j) => u[32 + 65 * j]), v: line((i) => v[i + 65 * 32]) };
  for (const name of ["u", "v"] as const) {
    for (const [k, value] of Object.entries(published[name])) {
      const at = found[name][Number(k) / 2];
      assert.ok(Math.abs(at - value) < 9e-3, `${name} ${k}: ${at}, published ${value}`);
    }
  }
  for (const [k, value] of [Math.min(...found.u), Math.max(...found.v), Math.min(...found.v)].entries()) {
    assert.ok(Math.abs(value - extremes[k]) < 1.5e-3, `${value}, published ${extremes[k]}`);
  }
});

test("a slow flow is symmetric, and the method of order 2", () => {
  const problem = { width: 1, height: 1, viscosity: 1e6, lid: (x: number) => 16 * x * x * (1 - x) * (1 - x) };
  const solve = (tolerance: number) => drivenCavity(problem, { grid: [17, 17], tolerance });
  const [coarse, fine] = [solve(1), solve(2e-4)];
  for (let j = 0; j < 17; j++) {
    for (let i = 0; i < 17; i++) {
      assert.ok(Math.abs(fine.u[i + 17 * j] - fine.u[16 - i + 17 * j]) < 1e-5);
      assert.ok(Math.abs(fine.v[i + 17 * j] + fine.v[16 - i + 17 * j]) < 1e-5);
    }
  }
  const order = Math.log2(coarse.estimatedError / fine.estimatedError) / Math.log2(fine.cells[0] / coarse.cells[0]);
  assert.ok(order > 1.7 && order < 2.3, `order ${order}`);
});

test("a flow that the meshes cannot resolve is refused", () => {
  const problem = { width: 1, height: 1, viscosity: 1e-5, lid: () => 1 };
  assert.throws(() => drivenCavity(problem, { grid: [9, 9], tolerance: 1e-3 }), /does not settle on 32 × 32 cells/);
});
