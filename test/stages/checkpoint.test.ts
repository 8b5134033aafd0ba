import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, artifact, numbers, vectorAt } from "../../src/artifact/artifact.js";
import { checkpointStage } from "../../stages/checkpoint.js";
import { runStage } from "./runStage.js";

/** Four checkpoints of one weight and one statistic; the third has the lowest loss, the second the highest accuracy. */
const model = artifact(
  "model",
  {
    step: Int32Array.of(0, 10, 20, 30),
    loss: Float64Array.of(4, 2, 1, Number.NaN),
    weights: { width: 2, values: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7) },
    state: { width: 1, values: Float32Array.of(10, 11, 12, 13) },
    epoch: Float64Array.of(0, 1, 2, 3),
    validationAccuracy: Float64Array.of(0.1, 0.9, 0.5, 0.6),
  },
  { architecture: {}, dtype: "f32" },
);

const step = (of: Artifact) => numbers(of, "step")[0];

test("one row by its number, its epoch, or where a column is best, with its norm statistics", async () => {
  const at = (params: object) => runStage(checkpointStage, params, { model });
  const second = await at({ row: 1 });
  assert.deepEqual([...vectorAt(second, "weights", 0)], [2, 3]);
  assert.deepEqual([...vectorAt(second, "state", 0)], [11]);
  assert.deepEqual(second.summary, { loss: 2, step: 10, epoch: 1, row: 1 });
  assert.deepEqual(second.metadata, { architecture: {}, dtype: "f32", checkpoint: { row: 1, of: 4 } });
  assert.equal(step(await at({ row: -1 })), 30);
  assert.equal(step(await at({ epoch: 2 })), 20);
  assert.equal(step(await at({ at: "first" })), 0);
  assert.equal(step(await at({ at: "last" })), 30);
  assert.equal(step(await at({ at: "best" })), 20, "a loss that is NaN is never the best");
  assert.equal(step(await at({ at: "best", by: "validationAccuracy" })), 10);
});

test("a checkpoint that is not there, and parameters that contradict each other, are refused", async () => {
  const fails = (params: object, message: RegExp) =>
    assert.rejects(runStage(checkpointStage, params, { model }), message);
  await fails({ row: 4 }, /row is 4; the model has 4 checkpoints, counted from 0/);
  await fails({ epoch: 2.5 }, /epoch is 2.5; the model keeps the epochs 0, 1, 2, 3/);
  await fails({ at: "best", by: "validationLoss" }, /no numeric column "validationLoss"/);
  const faults = (params: object) => checkpointStage.check!(params).map(({ message }) => message);
  assert.deepEqual(faults({}), ["has 0 of row, epoch and at; expected exactly one"]);
  assert.deepEqual(faults({ row: 1, epoch: 1 }), ["has 2 of row, epoch and at; expected exactly one"]);
  assert.deepEqual(faults({ row: 1, by: "loss" }), ["needs at: best; leave it out"]);
});
