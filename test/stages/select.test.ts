import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact } from "../../src/artifact/artifact.js";
import type { Source } from "../../src/stage.js";
import { selectStage } from "../../stages/select.js";
import { runStage } from "./runStage.js";

const model = artifact(
  "model",
  { step: Int32Array.of(1), loss: Float64Array.of(1), weights: { width: 1, values: Float64Array.of(5) } },
  { dtype: "f64" },
);

/** Models of three seeds with these losses. */
const models = (...losses: number[]): Source[] =>
  losses.map((loss, seed) => ({
    stage: "model",
    point: { seed },
    artifact: () => ({ ...model, summary: { loss } }),
  }));

test("the best of several models, by its own headline number or by another stage's", async () => {
  const of = models(3, 1, 2);
  const best = await runStage(selectStage, {}, { of });
  assert.deepEqual(best.columns, model.columns);
  assert.equal(best.summary.selected, "seed=1");
  const { selected } = best.metadata as { selected: object };
  assert.deepEqual(selected, { stage: "model", point: { seed: 1 }, column: "model.loss", value: 1, candidates: 3 });
  const measure = of.map(({ point }, i) => ({
    stage: "test",
    point,
    artifact: () => artifact("table", { accuracy: Float64Array.of([0.5, 0.6, 0.9][i]) }),
  }));
  const params = { column: "accuracy", best: "highest" };
  assert.equal((await runStage(selectStage, params, { of, measure })).summary.selected, "seed=2");
});

test("failed candidates and missing numbers are no choice; the first of equals is", async () => {
  const [first, second, third] = models(1, Number.NaN, 1);
  const failed = { ...first, error: "diverged" };
  assert.equal((await runStage(selectStage, {}, { of: [failed, second, third] })).summary.selected, "seed=2");
  assert.equal((await runStage(selectStage, {}, { of: [first, second, third] })).summary.selected, "seed=0");
  await assert.rejects(runStage(selectStage, {}, { of: [failed] }), /nothing to select from: model@seed=0 failed/);
  await assert.rejects(runStage(selectStage, {}, { of: [second] }), /no candidate has a loss that is a number/);
  await assert.rejects(runStage(selectStage, { output: "grid" }, { of: [third] }), /is a model; set output: model/);
});
