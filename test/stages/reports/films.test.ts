import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lineage } from "../../../src/stage.js";
import { trainingAxis } from "../../../stages/reports/films.js";

const step = (uses: string, params: Record<string, unknown>): Lineage => ({
  ...{ step: uses, uses, version: 1, key: "", params, from: [] },
});

test("the axis over training is the one whose values a checkpoint stage takes", () => {
  const matrix = { seed: [0, 1], epoch: [0, 5, 10] };
  const at = (...epochs: number[]) => epochs.map((epoch) => step("checkpoint", { epoch }));
  assert.equal(trainingAxis(matrix, at(0, 5, 10)), "epoch");
  assert.equal(trainingAxis(matrix, [step("checkpoint", { row: 0 }), step("checkpoint", { row: 1 })]), "seed");
  // One checkpoint of every training is no film, nor are values of a parameter of another name.
  assert.equal(trainingAxis(matrix, [step("checkpoint", { at: "last" })]), undefined);
  assert.equal(trainingAxis(matrix, [step("train", { epoch: 5 }), step("train", { epoch: 10 })]), undefined);
  assert.equal(trainingAxis(matrix, at(0, 7)), undefined);
});
