import assert from "node:assert/strict";
import { test } from "node:test";
import { contourTreeStage } from "../../stages/contourTree.js";
import { runStage } from "./runStage.js";
import { grid } from "./twoValleys.js";

test("a contour tree is a table of its arcs", async () => {
  // 3   5   4
  //   1   0        on a line a minimum lies between two slopes
  const { columns, summary } = await runStage(contourTreeStage, {}, { grid: grid([5, 1], [3, 1, 5, 0, 4]) });
  assert.deepEqual(columns.lowerVertex, Int32Array.of(3, 3, 1, 1));
  assert.deepEqual(columns.upperVertex, Int32Array.of(4, 2, 0, 2));
  assert.deepEqual(columns.upperType, ["maximum", "maximum", "maximum", "maximum"]);
  assert.deepEqual([columns.lowerValue, columns.size], [Float64Array.of(0, 0, 1, 1), new Int32Array(4)]);
  assert.deepEqual(summary, { nodes: 5, minima: 2, maxima: 3 });
});
