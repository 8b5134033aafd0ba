import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact } from "../../src/artifact/artifact.js";
import { barcodeStage } from "../../stages/barcode.js";
import { gatherStage } from "../../stages/gather.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { runStage } from "./runStage.js";
import { twoValleys } from "./twoValleys.js";

test("gathering puts the tables and headline numbers of each point side by side", async () => {
  const table = (beta: number, minima: number) => ({
    stage: "metrics",
    point: { beta },
    artifact: () => artifact("table", { minima: Float64Array.of(minima), loss: Float64Array.of(9) }),
  });
  const model = (beta: number) => ({
    stage: "model",
    point: { beta },
    artifact: () =>
      artifact(
        "model",
        { step: Int32Array.of(1), loss: Float64Array.of(1), weights: { width: 1, values: new Float64Array(1) } },
        {},
        { loss: 0.5, stopped: "done" },
      ),
  });
  const shared = {
    stage: "baseline",
    point: {},
    artifact: () => artifact("table", { accuracy: Float64Array.of(7) }),
  };
  const failed = { ...table(2, 0), error: "out of memory" };
  const gathered = await runStage(gatherStage, {}, { table: [model(1), model(2), table(1, 3), failed, shared] });
  const names = ["beta", "model.loss", "stopped", "minima", "metrics.loss", "accuracy", "error"];
  assert.deepEqual(Object.keys(gathered.columns), names);
  assert.deepEqual(gathered.columns.beta, Float64Array.of(1, 2));
  assert.deepEqual(gathered.columns.minima, Float64Array.of(3, Number.NaN), "a missing number is NaN");
  assert.deepEqual(gathered.columns.accuracy, Float64Array.of(7, 7), "what is not repeated goes beside every point");
  assert.deepEqual(gathered.columns.error, ["", "metrics: out of memory"]);
  await assert.rejects(
    runStage(gatherStage, { columns: ["minma"] }, { table: [table(1, 3)] }),
    /no column "minma" to gather; there are minima, loss/,
  );
});

test("gather takes each bar as a row where it is asked for, beside the matrix values", async () => {
  const tree = await runStage(mergeTreeStage, {}, { grid: twoValleys });
  const bars = await runStage(barcodeStage, {}, { tree });
  const at = (beta: number) => ({ stage: "bars", point: { beta }, artifact: () => bars });
  const columns = ["birth", "death"];
  const gathered = await runStage(gatherStage, { rows: "all", columns }, { table: [at(1), at(2)] });
  assert.deepEqual(gathered.columns, {
    beta: Float64Array.of(1, 1, 2, 2),
    birth: Float64Array.of(0, 1, 0, 1),
    death: Float64Array.of(Infinity, 4, Infinity, 4),
  });
});
