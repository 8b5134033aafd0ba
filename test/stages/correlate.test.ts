import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact, numbers } from "../../src/artifact/artifact.js";
import type { Source } from "../../src/stage.js";
import { correlateStage } from "../../stages/correlate.js";
import { runStage } from "./runStage.js";

/** Two values of beta with three seeds each: minima 1, 2, 3 and 10, 20, nothing. */
const minima = [
  [1, 2, 3],
  [10, 20, Number.NaN],
];
const metrics: Source[] = minima.flatMap((ofBeta, b) =>
  ofBeta.map((count, seed) => ({
    stage: "metrics",
    point: { beta: b, seed },
    artifact: () => artifact("table", { minima: Float64Array.of(count), label: [`b${b}`], seed: Float64Array.of(99) }),
  })),
);

test("columns and axes are correlated, by group, corrected, and missing numbers left out", async () => {
  const params = { x: ["minima"], y: ["seed"], methods: ["pearson", "kendall"], group: ["beta"], resamples: 50 };
  const named = metrics.map((source) => ({
    ...source,
    artifact: () => artifact("table", { minima: numbers(source.artifact(), "minima") }),
  }));
  const found = await runStage(correlateStage, params, { table: named });
  assert.deepEqual(found.columns.beta, Float64Array.of(0, 0, 1, 1));
  assert.deepEqual(found.columns.method, ["pearson", "kendall", "pearson", "kendall"]);
  for (const value of numbers(found, "coefficient")) assert.ok(Math.abs(value - 1) < 1e-12);
  assert.deepEqual([...numbers(found, "pairs")], [3, 3, 2, 2]);
  assert.deepEqual([...numbers(found, "missing")], [0, 0, 1, 1]);
  // of 6 orders of three pairs, 2 are as extreme; of 2 orders of two pairs both
  assert.deepEqual([...numbers(found, "pValue")], [2 / 6, 2 / 6, 1, 1]);
  assert.deepEqual([...numbers(found, "correctedPValue")], [4 / 6, 4 / 6, 1, 1], "two groups of each method");
  await assert.rejects(
    runStage(correlateStage, { x: ["minima"], y: ["minima"] }, { table: named }),
    /name the same column/,
  );
});
