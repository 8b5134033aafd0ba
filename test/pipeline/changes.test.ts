import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, ids, planOf } from "./planOf.js";

const text = `params: { count: 20 }
stages:
  samples: { uses: load-data, with: { name: two-moons, count: "\${count}" } }
  model:
    uses: train
    from: { data: samples }
    with: { architecture: { kind: mlp, widths: [2, 4, 2] }, problem: { kind: supervised }, optimizer: { kind: sgd } }
`;
const files = { "p.yaml": text };

test("a setting reaches every value of the file by its path", () => {
  const { steps, pipeline } = planOf(files, {
    set: [
      "stages.model.with.epochs=5",
      "stages.model.with.architecture.widths.1=9",
      "stages.samples.with.noise=0.3",
      "name=other",
      "count=7",
    ],
  });
  assert.equal(pipeline.name, "other");
  assert.deepEqual([steps[0].params.noise, steps[0].params.count, steps[1].params.epochs], [0.3, 7, 5]);
  assert.deepEqual((steps[1].params.architecture as { widths: number[] }).widths, [2, 9, 2]);
});

test("a sweep of a path is an axis of its last name", () => {
  assert.deepEqual(ids(planOf(files, { sweep: ["stages.model.with.optimizer.learningRate=0.1,0.01"] })), [
    "samples",
    "model@learningRate=0.1",
    "model@learningRate=0.01",
  ]);
  assert.deepEqual(ids(planOf(files, { sweep: ["stages.samples.with.count=3,4"] })), [
    "samples@with_count=3",
    "samples@with_count=4",
    "model@with_count=3",
    "model@with_count=4",
  ]);
});

test("a path that leads nowhere is refused, with the nearest name", () => {
  const refused = (setting: string) => faultsOf(files, { set: [setting] }).join("\n");
  assert.match(refused("stages.modle.with.epochs=5"), /has no stage "modle"; expected .*did you mean "model"\?/);
  assert.match(refused("stages.model.with.epcohs=5"), /model has no "epcohs"; expected .*did you mean "epochs"\?/);
  assert.match(refused("stages.model.wiht.epochs=5"), /stages\.model has no "wiht"; .*did you mean "with"\?/);
  assert.match(refused("cuont=5"), /the pipeline has no "cuont"; expected "count", or a path as stages\..*"count"\?/);
  assert.match(refused("stages.model=5"), /the pipeline has no "stages\.model"/);
  assert.match(refused("stages.model.with.epochs="), /empty is not a value/);
});
