import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, ids, planOf } from "./planOf.js";

test("with and from merge deeply along a chain of files; another kind replaces, and null removes", () => {
  const files = {
    "p.yaml": `extends: b.yaml
params: { count: 9 }
matrix: { lr: null }
stages:
  model: { with: { architecture: { activation: sin }, schedule: null, optimizer: { kind: sgd } } }
  extra: null
`,
    "b.yaml": `extends: a/a.yaml
stages:
  model: { with: { epochs: 7, architecture: { widths: [2, 6, 2] } } }
  curves: { from: { b: model } }
`,
    "a/a.yaml": `params: { count: 5, noise: 0.2 }
matrix: { seed: [0], lr: [0.1] }
stages:
  samples: { uses: load-data, with: { name: two-moons, count: "\${count}", noise: "\${noise}", seed: "\${seed}" } }
  model:
    uses: train
    from: { data: samples }
    with:
      architecture: { kind: mlp, widths: [2, 4, 2], activation: tanh }
      problem: { kind: supervised }
      optimizer: { kind: adam, learningRate: "\${lr}" }
      schedule: { kind: cosine }
  curves: { uses: figure, from: { a: model } }
  extra: { uses: evaluate, from: { model: model, data: others } }
  others: { uses: load-data, with: { name: two-moons, count: 3 } }
`,
  };
  const planned = planOf(files);
  assert.deepEqual(ids(planned), ["samples@seed=0", "model@seed=0", "curves@seed=0"]);
  const [, model, curves] = planned.steps;
  const { architecture, optimizer, epochs, schedule } = model.params as Record<string, Record<string, unknown>>;
  assert.deepEqual([architecture.widths, architecture.activation, epochs], [[2, 6, 2], "sin", 7]);
  assert.notEqual(optimizer.learningRate, 0.1);
  assert.equal(schedule.kind, "constant");
  assert.deepEqual(Object.keys(curves.inputs), ["a", "b"]);
  const unknown = faultsOf({ ...files, "p.yaml": "extends: b.yaml\nstages: { nothing: null }\n" });
  assert.match(unknown[0], /^p\.yaml:2:\d+ stages\.nothing is empty; expected a mapping/);
  const broken = files["a/a.yaml"].replace("two-moons, count: 3", "two-moon, count: 3");
  const [fault] = faultsOf({ ...files, "a/a.yaml": broken, "p.yaml": "extends: b.yaml\n" });
  assert.match(fault, /^a\/a\.yaml:\d+:\d+ others\.name is "two-moon"/);
});
