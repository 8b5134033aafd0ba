import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../../src/linalg/random.js";
import { type Architecture, createModel } from "../../../src/models/networks/architecture.js";
import { miniBatch } from "../../../src/models/problems/miniBatch.js";
import type { SupervisedProblem } from "../../../src/models/problems/supervisedProblem.js";

const problem: SupervisedProblem = {
  kind: "supervised",
  loss: "cross-entropy",
  labelSmoothing: 0.1,
  weightPenalty: 0.01,
};
const networks: Architecture[] = [
  { kind: "mlp", widths: [64, 7, 3], activation: "tanh" },
  { kind: "resnet", image: [1, 8, 8], depth: 8, width: 2, classes: 3, residual: true, batchNorm: true },
];

for (const architecture of networks) {
  test(`${architecture.kind}: several points on one batch give what they give one by one`, async () => {
    const random = randomStream(0, "batch");
    const batch = {
      count: 5,
      inputs: Float32Array.from({ length: 5 * 64 }, random.normal),
      targets: Float32Array.from({ length: 5 }, () => random.integer(3)),
    };
    const programs = await miniBatch(architecture, problem, { dtype: "f64" });
    for (const count of [1, 4, 7]) {
      const points = Array.from({ length: count }, (_, seed) => createModel(architecture).initialize(seed));
      const { losses, gradients } = await programs.gradients(points, batch);
      assert.equal(gradients.length, count);
      for (const [p, theta] of points.entries()) {
        const gradient = new Float64Array(theta.length);
        const { loss } = await programs.gradient(theta, batch, gradient);
        assert.ok(Math.abs(losses[p] - loss) < 1e-12 * loss);
        const error = Math.hypot(...gradient.map((g, i) => g - gradients[p][i]));
        assert.ok(error < 1e-12 * Math.hypot(...gradient), `point ${p} of ${count}: ${error}`);
      }
    }
    await programs.release();
  });
}
