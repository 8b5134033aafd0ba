import assert from "node:assert/strict";
import { test } from "node:test";
import { lanczos } from "../../src/landscape/lanczos.js";
import { lossFunction } from "../../src/models/lossFunction.js";
import { createObjective } from "../../src/models/objective.js";
import type { PinnProblem } from "../../src/models/pinn.js";
import { npz, referencePath, withoutReference } from "../reference.js";

test("the top Hessian eigenvalues of a published PINN, by Lanczos in f64", {
  skip: withoutReference("hessian/pinn_convection_beta10.npz"),
}, async () => {
  const arrays = npz(referencePath("hessian", "pinn_convection_beta10.npz"));
  const of = (name: string) => arrays[`data_${name}`].values;
  const problem: PinnProblem = {
    kind: "pinn",
    equation: "u_t + beta * u_x",
    coefficients: { beta: 10 },
    domain: { x: [0, "2*pi"], t: [0, 1] },
    grid: { x: 256, t: 100 },
    initial: "sin(x)",
    boundary: "periodic",
    collocation: { points: 100, seed: 0 },
  };
  const points = {
    initial: { x: of("x_u"), t: of("t_u"), u: of("u") },
    boundary: {
      lower: { x: of("x_bc_lb"), t: of("t_bc_lb") },
      upper: { x: of("x_bc_ub"), t: of("t_bc_ub") },
    },
    collocation: { x: of("x_f"), t: of("t_f") },
  };
  const architecture = { kind: "mlp", widths: [2, 50, 50, 50, 50, 1], activation: "tanh" } as const;
  const objective = await createObjective(lossFunction(architecture, problem, points), { dtype: "f64" });
  const theta = arrays.flat_params_f64.values;
  const multiply = (v: Float64Array) => objective.hessianVectorProduct(theta, v);
  const { values, converged } = await lanczos(multiply, theta.length, { count: 3, seed: 0 });
  assert.ok(converged);
  for (const [k, expected] of arrays.top3_eigs.values.entries()) {
    assert.ok(Math.abs(values[k] / expected - 1) <= 1e-6, `${values[k]} against ${expected}`);
  }
  await objective.release();
});
