import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers, rowCount, vectorAt } from "../../src/artifact/artifact.js";
import { encodeArtifact } from "../../src/artifact/artifactFile.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { modelWithLoss } from "../../stages/inputs/modelAtPorts.js";
import { samplePointsStage } from "../../stages/samplePoints.js";
import { runInPieces, runStage } from "./runStage.js";
import { around } from "./sampledModel.js";

test("scattered points: the model first, then losses at the coefficients beside them; in pieces the same bytes", async () => {
  const inputs = await around(2);
  const { loss, weights } = modelWithLoss(inputs.model);
  const objective = await createObjective(loss, { dtype: "f64" });
  for (const params of [
    {
      distribution: "sobol",
      count: 40,
      range: [
        [-1, 1],
        [0, 0.5],
      ],
      seed: 2,
    },
    { distribution: "uniform", count: 40 },
    { distribution: "gaussian", count: 40, scale: [0.5, 0.1], unit: "relative" },
  ]) {
    const points = await runStage(samplePointsStage, params, inputs);
    assert.equal(rowCount(points), 41);
    assert.deepEqual(points.metadata.coordinates, ["a1", "a2"]);
    assert.equal(points.metadata.center, 0);
    assert.deepEqual([numbers(points, "a1")[0], numbers(points, "a2")[0]], [0, 0]);
    assert.equal(numbers(points, "loss")[0], numbers(inputs.model, "loss")[0]);
    const joined = await runInPieces(samplePointsStage, params, inputs, 4);
    assert.ok(Buffer.compare(encodeArtifact(joined), encodeArtifact(points)) === 0);

    const row = 17;
    const norm = (v: Float64Array) => Math.hypot(...v);
    const displaced = weights.map((weight, i) =>
      ["a1", "a2"].reduce((sum, name, k) => {
        const vector = vectorAt(inputs.directions, "vector", k);
        const unit = params.unit === "relative" ? norm(weights) / norm(vector) : 1;
        return sum + numbers(points, name)[row] * unit * vector[i];
      }, weight),
    );
    const [expected] = await objective.loss(displaced);
    assert.ok(Math.abs(numbers(points, "loss")[row] / expected - 1) < 1e-11, params.distribution);
  }
  await objective.release();

  const { columns } = await runStage(samplePointsStage, { count: 8, center: false, seed: 1 }, inputs);
  const more = await runStage(samplePointsStage, { count: 9, seed: 1 }, inputs);
  assert.deepEqual(columns.loss, (more.columns.loss as Float64Array).slice(1, 9), "more points are further points");
});

test("range and scale are told apart before anything runs", () => {
  const check = samplePointsStage.check!;
  assert.match(check({ distribution: "gaussian", range: [-1, 1] } as never)[0].message, /gaussian points take scale/);
  assert.match(check({ distribution: "sobol", scale: 1 } as never)[0].message, /sobol points take range/);
  assert.match(check({ distribution: "uniform", range: [1, -1] } as never)[0].message, /expected the lower end first/);
});
