import assert from "node:assert/strict";
import { test } from "node:test";
import { schemaOf } from "../src/parameters.js";
import { describeStage } from "../src/stageHelp.js";
import { computeDirectionsStage } from "../stages/computeDirections.js";
import { loadModelStage } from "../stages/loadModel.js";

const help = (stage: Parameters<typeof describeStage>[0]) => describeStage(stage, schemaOf(stage.name)).split("\n");
const namesIn = (lines: string[]) => lines.map((line) => line.trimStart().split(/[ :]/)[0]);

test("each value of a choice has its own parameters below it; those of all come once, at the end", () => {
  const lines = help(computeDirectionsStage);
  const block = (start: string) => {
    const from = lines.findIndex((line) => line.startsWith(`  ${start}`)) + 1;
    const to = lines.findIndex((line, i) => i >= from && !line.startsWith("    "));
    return namesIn(lines.slice(from, to < 0 ? undefined : to));
  };
  assert.deepEqual(block("method: random:"), ["count", "distribution"]);
  assert.deepEqual(block("method: gradient:"), ["statistics", "batchSize"]);
  assert.deepEqual(block("any method:"), ["normalize", "ignore", "orthogonalize", "seed", "dtype"]);
  assert.ok(lines.includes("  to: model (optional, one or more)"));
});

test("a choice with one value has no parameters in common", () => {
  const lines = help(loadModelStage);
  assert.ok(lines.some((line) => line.startsWith("    kind: mlp: ")));
  assert.ok(!lines.some((line) => line.trim() === "any kind:"), "widths belong to mlp");
});
