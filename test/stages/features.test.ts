import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, artifact, numbers } from "../../src/artifact/artifact.js";
import { featuresStage } from "../../stages/features.js";
import { runStage } from "./runStage.js";

const points = (loss: number[]) => artifact("points", { loss: Float64Array.from(loss) }, { coordinates: [] });
const one = (of: Artifact, name: string) => numbers(of, name)[0];

test("the features of samples are quantiles and moments of the logarithms of their losses", async () => {
  const found = await runStage(featuresStage, { quantiles: 3 }, { samples: points([100, 1, 0.01]) });
  assert.deepEqual(Object.keys(found.columns), ["loss.mean", "loss.deviation", "loss.0%", "loss.50%", "loss.100%"]);
  assert.deepEqual(
    Object.keys(found.columns).map((name) => one(found, name)),
    [0, 2, -2, 0, 2],
  );
  const linear = await runStage(featuresStage, { quantiles: 2, scale: "linear" }, { samples: points([-3, 5]) });
  assert.deepEqual([one(linear, "loss.0%"), one(linear, "loss.100%")], [-3, 5]);
  await assert.rejects(runStage(featuresStage, {}, { samples: points([-3, 5]) }), /set scale: linear/);
  await assert.rejects(runStage(featuresStage, {}, { samples: points([]) }), /no samples/);
});

test("an embedding is described by the distances of its points, too", async () => {
  const samples = artifact("embedding", {
    coordinates: { width: 2, values: Float64Array.of(0, 0, 1, 1, 1, 0, 0, 1) },
    loss: Float64Array.of(1, 1, 10, 100),
    epoch: Float64Array.of(1, 1, 2, 2),
    trajectory: Int32Array.of(0, 1, 0, 1),
  });
  const found = await runStage(featuresStage, { quantiles: 2 }, { samples });
  assert.deepEqual(
    ["distance.0%", "distance.100%", "stride", "endDistance"].map((name) => one(found, name)),
    [1, Math.SQRT2, 1, Math.SQRT2],
  );
});
