import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, numbers, rowCount, vectorAt } from "../../src/artifact/artifact.js";
import { twoMoons } from "../../src/data/generated/plane.js";
import type { Source } from "../../src/stage.js";
import { datasetArtifact } from "../../stages/artifacts/dataset.js";
import { jumpAndRetrainStage } from "../../stages/jumpAndRetrain.js";
import { trainStage } from "../../stages/train.js";
import { trajectoriesStage } from "../../stages/trajectories.js";
import { runInPieces, runStage } from "./runStage.js";

const moons = (count: number, split = "train") => datasetArtifact(twoMoons({ count, seed: 0, split, noise: 0.15 }), {});
const inputs = { data: moons(100), validation: moons(50, "test") };
const base = {
  architecture: { kind: "mlp", widths: [2, 8, 2], activation: "relu" },
  problem: { kind: "supervised" },
  optimizer: { kind: "adam", learningRate: 0.01 },
  batchSize: 20,
  epochs: 5,
};
const model = await runStage(trainStage, base, inputs);

test("trainings of several optimizers begin at one point, and are joined", async () => {
  const first = await runStage(trainStage, { ...base, epochs: 1, seed: 5 }, inputs);
  const kinds = ["adam", "sgd"];
  const models: Source[] = [];
  for (const kind of kinds) {
    const params = { ...base, optimizer: { kind, learningRate: 0.01 }, epochs: 3, checkpoints: { every: 1 } };
    const trained = await runStage(trainStage, params, { ...inputs, start: first });
    models.push({ stage: "trained", point: { optimizer: kind, width: 8 }, artifact: () => trained });
  }
  const failed: Source = {
    stage: "trained",
    point: { optimizer: "lbfgs", width: 8 },
    error: "no luck",
    artifact: () => model,
  };
  const joined = await runStage(trajectoriesStage, {}, { model: [...models, failed] });
  assert.equal(rowCount(joined), 8);
  assert.deepEqual([...numbers(joined, "epoch")], [0, 1, 2, 3, 0, 1, 2, 3]);
  assert.deepEqual([...numbers(joined, "trajectory")], [0, 0, 0, 0, 1, 1, 1, 1]);
  assert.deepEqual(
    joined.columns.optimizer,
    kinds.flatMap((kind) => Array(4).fill(kind)),
  );
  assert.deepEqual([...numbers(joined, "width")], Array(8).fill(8));
  assert.deepEqual(joined.metadata.trajectories, ["trained@optimizer=adam,width=8", "trained@optimizer=sgd,width=8"]);
  assert.match(joined.summary.warning as string, /left out trained@optimizer=lbfgs,width=8, which failed: no luck/);
  for (const row of [0, 4]) assert.deepEqual(vectorAt(joined, "weights", row), vectorAt(first, "weights", 0));
  assert.notDeepEqual(vectorAt(joined, "weights", 3), vectorAt(joined, "weights", 7));
});

test("jumps and a training are joined: trajectories stay apart, a metric that one lacks is NaN, f32 becomes f64", async () => {
  const jumps = await runInPieces(
    jumpAndRetrainStage,
    { seeds: [0], steps: [0.5, 1], epochs: 2 },
    { ...inputs, model },
  );
  const other = await runStage(trainStage, { ...base, epochs: 2, dtype: "f64" }, { data: inputs.data });
  const at = (stage: string, of: Artifact): Source => ({ stage, point: {}, artifact: () => of });
  const joined = await runStage(trajectoriesStage, {}, { model: [at("jumps", jumps), at("again", other)] });
  assert.deepEqual([...numbers(joined, "trajectory")], [0, 0, 1, 1, 2]);
  assert.deepEqual(joined.metadata.trajectories, ["jumps 0", "jumps 1", "again"]);
  assert.deepEqual(joined.columns.stage, ["jumps", "jumps", "jumps", "jumps", "again"]);
  assert.equal(joined.metadata.dtype, "f64");
  assert.ok(
    Number.isNaN(numbers(joined, "validationLoss")[4]) && Number.isFinite(numbers(joined, "validationLoss")[0]),
  );
  assert.deepEqual(vectorAt(joined, "weights", 4), vectorAt(other, "weights", 0));
});

test("a start of another architecture, and models of several widths, are refused with what to do", async () => {
  const wide = { ...base, architecture: { ...base.architecture, widths: [2, 9, 2] }, epochs: 1 };
  await assert.rejects(
    runStage(trainStage, wide, { ...inputs, start: model }),
    /expected that of this one, .*\[2,9,2\]/,
  );
  await assert.rejects(runStage(trainStage, { ...base, startRow: 1 }, { ...inputs, start: model }), /found row 1/);
  await assert.rejects(runStage(trainStage, { ...base, startRow: 0 }, inputs), /where none is connected/);
  const other = await runStage(trainStage, wide, inputs);
  const at = (width: number, of: Artifact): Source => ({ stage: "model", point: { width }, artifact: () => of });
  await assert.rejects(
    runStage(trajectoriesStage, {}, { model: [at(8, model), at(9, other)] }),
    /model@width=9 has layer_0.weight of shape \[9, 2\]; expected \[8, 2\].* model@width=8.*group: "\$\{<axis>\}"/,
  );
});
