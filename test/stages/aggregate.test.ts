import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact, numbers } from "../../src/artifact/artifact.js";
import type { Source } from "../../src/stage.js";
import { aggregateStage } from "../../stages/aggregate.js";
import { gatherStage } from "../../stages/gather.js";
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

test("mean, deviation, standard error, quantiles and count over the seeds; missing numbers do not count", async () => {
  const params = { over: ["seed"], columns: ["minima"], quantiles: [0.25] };
  const { columns, summary } = await runStage(aggregateStage, params, { table: metrics });
  assert.deepEqual(columns, {
    beta: Float64Array.of(0, 1),
    "metrics.minima.mean": Float64Array.of(2, 15),
    "metrics.minima.deviation": Float64Array.of(1, Math.sqrt(50)),
    "metrics.minima.standardError": Float64Array.of(1 / Math.sqrt(3), Math.sqrt(50) / Math.sqrt(2)),
    "metrics.minima.count": Float64Array.of(3, 2),
    "metrics.minima.25%": Float64Array.of(1.5, 12.5),
  });
  assert.deepEqual(summary, { groups: 2, rows: 6 });
});

test("a gathered table gives the same as the stages that were gathered; a column seed is not the axis", async () => {
  const table = await runStage(gatherStage, {}, { table: metrics });
  const params = { over: ["seed"] };
  const direct = await runStage(aggregateStage, params, { table: metrics });
  assert.deepEqual((await runStage(aggregateStage, params, { table })).columns, direct.columns);
  assert.deepEqual(numbers(direct, "metrics.seed.mean"), Float64Array.of(99, 99));
  assert.ok(!Object.keys(direct.columns).some((name) => name.includes("label")), "text has no mean");
  const both = await runStage(aggregateStage, { over: ["seed", "beta"], columns: ["minima"] }, { table: metrics });
  assert.deepEqual(numbers(both, "metrics.minima.count"), Float64Array.of(5));
});

test("failed points are counted, and mistakes are told with what would do", async () => {
  const failing = metrics.map((source, i) => (i === 0 ? { ...source, error: "no memory" } : source));
  const found = await runStage(aggregateStage, { over: ["seed"], columns: ["minima"] }, { table: failing });
  assert.deepEqual(found.summary, { groups: 2, rows: 6, failed: 1 });
  assert.deepEqual([...numbers(found, "metrics.minima.mean")], [2.5, 15]);
  const fails = (params: object, message: RegExp) =>
    assert.rejects(runStage(aggregateStage, params, { table: metrics }), message);
  await fails({ over: ["sed"] }, /over\[0\] is "sed", which is not a matrix axis of the inputs; did you mean "seed"/);
  await fails({ over: ["seed"], columns: ["minma"] }, /did you mean "metrics.minima"/);
  await fails({ over: ["seed"], columns: ["label"] }, /a column of text/);
  assert.equal(aggregateStage.check!({ over: ["seed"], statistics: [], quantiles: [] }).length, 1);
});
