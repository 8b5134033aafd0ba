import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, artifact, numbers } from "../../src/artifact/artifact.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { refineStage } from "../../stages/refine.js";
import { sampleGridStage } from "../../stages/sampleGrid.js";
import { runStage } from "./runStage.js";
import { around } from "./sampledModel.js";

test("refine: the grid as it is, then new points with the losses of the model", async () => {
  const inputs = await around(2);
  const grid = await runStage(sampleGridStage, { steps: [5, 4], unit: "relative" }, inputs);
  for (const criterion of ["low-loss", "curvature"]) {
    const refined = await runStage(refineStage, { criterion, fraction: 0.2, points: 40 }, { ...inputs, grid });
    for (const name of ["loss", "a1", "a2"]) {
      assert.deepEqual(numbers(refined, name).slice(0, 20), numbers(grid, name));
    }
    const levels = refined.columns.level as Int32Array;
    assert.ok(levels.length > 25 && levels.length <= 60 && levels.at(-1) === 2);
    // the new points as a grid of their own would have them
    const row = levels.length - 1;
    const at = [numbers(refined, "a1")[row], numbers(refined, "a2")[row]];
    const range = at.map((a) => [a, a + 1]);
    const corner = await runStage(sampleGridStage, { steps: 2, range, unit: "relative" }, inputs);
    assert.equal(numbers(refined, "loss")[row], numbers(corner, "loss")[0]);
    assert.deepEqual(refined.metadata.labels, inputs.directions.metadata.labels);
  }
});

test("refine refuses a grid of other directions, of another number of them, or without a unit", async () => {
  const inputs = await around(2);
  const grid = await runStage(sampleGridStage, { steps: 3 }, inputs);
  const others = await runStage(
    computeDirectionsStage,
    { method: "random", count: 2, seed: 9 },
    { model: inputs.model },
  );
  await assert.rejects(
    runStage(refineStage, {}, { ...inputs, directions: others, grid }),
    /the grid's first loss is .*expected the model and the directions of the grid/,
  );
  await assert.rejects(
    runStage(refineStage, {}, { ...(await around(3)), grid }),
    /the grid has 2 axes, but there are 3 directions/,
  );
  const foreign: Artifact = artifact("grid", { loss: Float64Array.of(1, 2) }, { shape: [2] });
  await assert.rejects(runStage(refineStage, {}, { ...inputs, grid: foreign }), /the grid's unit is undefined/);
});
