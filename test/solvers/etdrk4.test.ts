import assert from "node:assert/strict";
import { test } from "node:test";
import { etdrk4 } from "../../src/solvers/etdrk4.js";

test("the method is of order 4 in time", () => {
  // u' = −u + u² at a single block: u = 1/(1 + e^t) from ½
  const system = { blocks: [Float64Array.of(-1)], nonlinear: (u: Float64Array) => u.map((at) => at * at) };
  const errors = [20, 40].map((steps) => {
    const step = etdrk4(system, 4 / steps);
    let u: Float64Array = Float64Array.of(1 / 2);
    for (let k = 0; k < steps; k++) u = step(u, 0);
    return Math.abs(u[0] - 1 / (1 + Math.exp(4)));
  });
  assert.ok(Math.abs(Math.log2(errors[0] / errors[1]) - 4) < 0.2, `${errors}`);
});

test("a linear system is solved exactly, whatever the step", () => {
  // A rotation and a decay: u = e^{−t}(cos 3t, sin 3t)
  const system = { blocks: [Float64Array.of(-1, -3, 3, -1)], nonlinear: (u: Float64Array) => u.map(() => 0) };
  const u = etdrk4(system, 2)(Float64Array.of(1, 0), 0);
  assert.ok(Math.abs(u[0] - Math.exp(-2) * Math.cos(6)) < 1e-14);
  assert.ok(Math.abs(u[1] - Math.exp(-2) * Math.sin(6)) < 1e-14);
});
