import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers } from "../../src/artifact/artifact.js";
import { barcodeStage } from "../../stages/barcode.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { runStage } from "./runStage.js";
import { grid } from "./twoValleys.js";

test("the barcode of a grid has basins and tunnels, with scores for each", async () => {
  // 9 5 5 5 5
  // 5 1 3 1 5    a ring of 1 … 3 around the 4
  // 5 2 4 2 5
  // 5 1 3 0 5
  // 5 5 5 5 5
  const ring = grid([5, 5], [9, 5, 5, 5, 5, 5, 1, 3, 1, 5, 5, 2, 4, 2, 5, 5, 1, 3, 0, 5, 5, 5, 5, 5, 5]);
  const bars = await runStage(barcodeStage, { connectivity: "axis" }, { grid: ring });
  assert.deepEqual([...numbers(bars, "dimension")], [0, 0, 0, 0, 1]);
  assert.deepEqual([...numbers(bars, "birth")], [0, 1, 1, 1, 3]);
  assert.deepEqual([...numbers(bars, "death")], [Infinity, 3, 2, 2, 4]);
  assert.equal(numbers(bars, "deathVertex")[4], 12, "filled in the middle");
  const { barsH0, toScoreH0, toScoreSumH0, barsH1, toScoreH1 } = bars.summary;
  assert.deepEqual([barsH0, toScoreH0, toScoreSumH0, barsH1, toScoreH1], [4, 4 / 3, 4, 1, 1]);

  const tree = await runStage(mergeTreeStage, {}, { grid: ring });
  const ofTree = await runStage(barcodeStage, {}, { tree });
  const ofGrid = await runStage(barcodeStage, { dimensions: [0] }, { grid: ring });
  assert.deepEqual(ofGrid.columns.birthVertex, ofTree.columns.birthVertex);
  assert.deepEqual(ofGrid.columns.deathVertex, ofTree.columns.deathVertex);
  await assert.rejects(runStage(barcodeStage, { dimensions: [1] }, { tree }), /dimensions needs a grid/);
  await assert.rejects(runStage(barcodeStage, { dimensions: [2] }, { grid: ring }), /dimension 0 to 1; found 2/);
  await assert.rejects(runStage(barcodeStage, {}, {}), /at port "tree" or a grid at port "grid"; found 0/);
});
