import assert from "node:assert/strict";
import { test } from "node:test";
import { lanczos } from "../../src/landscape/lanczos.js";
import { lossFunction } from "../../src/models/lossFunction.js";
import { createObjective } from "../../src/models/objective.js";
import { convection, publishedNetwork, withoutPublishedNetwork } from "../models/convection.js";

test("the top Hessian eigenvalues of a published PINN, by Lanczos in f64", {
  skip: withoutPublishedNetwork,
}, async () => {
  const { arrays, architecture, points, theta } = publishedNetwork()!;
  const objective = await createObjective(lossFunction(architecture, convection, points), { dtype: "f64" });
  const multiply = (v: Float64Array) => objective.hessianVectorProduct(theta, v);
  const { values, converged } = await lanczos(multiply, theta.length, { count: 3, seed: 0 });
  assert.ok(converged);
  for (const [k, expected] of arrays.top3_eigs.values.entries()) {
    assert.ok(Math.abs(values[k] / expected - 1) <= 1e-6, `${values[k]} against ${expected}`);
  }
  await objective.release();
});
