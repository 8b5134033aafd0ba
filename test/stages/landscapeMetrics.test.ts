import assert from "node:assert/strict";
import { test } from "node:test";
import { gridArtifact } from "../../stages/artifacts/grid.js";
import { landscapeMetricsStage } from "../../stages/landscapeMetrics.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { runStage } from "./runStage.js";
import { twoValleys } from "./twoValleys.js";

const axis = Float64Array.from({ length: 5 }, (_, i) => i);

async function metricsOf(grid: typeof twoValleys, params: object) {
  const tree = await runStage(mergeTreeStage, { connectivity: "axis" }, { grid });
  const { columns } = await runStage(landscapeMetricsStage, params, { tree });
  return (name: string) => (columns[name] as Float64Array)[0];
}

test("without a pair the average persistence is what the policy says", async () => {
  // 9   8
  //  5 4
  //   1        one valley: no pair but the global one, 9 − 1
  const valley = gridArtifact(Float64Array.of(9, 5, 1, 4, 8), [axis], {});
  const averages = async (params: object) => {
    const metrics = await metricsOf(valley, { thresholds: [0, 0.1], ...params });
    assert.equal(metrics("pairs"), 0);
    return [metrics("averagePersistence"), metrics("averageDistanceToDiagonal"), metrics("averagePersistence@10%")];
  };
  assert.deepEqual(await averages({}), [Number.NaN, Number.NaN, Number.NaN]);
  assert.deepEqual(await averages({ missing: "drop" }), [Number.NaN, Number.NaN, Number.NaN]);
  assert.deepEqual(await averages({ missing: "zero" }), [0, 0, 0]);
  assert.deepEqual(await averages({ missing: "global-pair" }), [8, 8 * Math.SQRT1_2, 8]);
});

test("where there is a pair the policy changes nothing", async () => {
  const plain = await metricsOf(twoValleys, {});
  for (const missing of ["zero", "global-pair"]) {
    const metrics = await metricsOf(twoValleys, { missing });
    assert.equal(metrics("averagePersistence"), plain("averagePersistence"));
    assert.ok(metrics("pairs") > 0);
  }
});
