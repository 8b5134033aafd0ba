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

const other = `matrix: { beta: [1, 30] }
params: { count: 20 }
stages:
  samples: { uses: load-data, with: { name: two-moons, count: "\${count}", noise: "\${beta / 100}" } }
  model: { uses: train, from: { data: samples }, with: { architecture: { kind: mlp, widths: [2, 2] }, problem: { kind: supervised } } }
  summary: { uses: gather, from: { table: model } }
  unused: { uses: evaluate, from: { model: model, data: samples } }
`;

test("an input from another pipeline is planned with this one, under the keys that it has there", () => {
  const own = `params: { count: 7 }
stages:
  curve: { uses: figure, from: { table: { pipeline: sub/other.yaml, stage: summary } }, with: { plot: lines, x: beta, y: loss } }
  few:
    uses: gather
    from: { table: [{ pipeline: sub/other.yaml, stage: model, set: { count: "\${count}", beta: [30] } }] }
`;
  const planned = planOf({ "p.yaml": own, "sub/other.yaml": other });
  assert.deepEqual(ids(planned), [
    "other/samples@beta=1",
    "other/samples@beta=30",
    "other/model@beta=1",
    "other/model@beta=30",
    "other/summary",
    "other~2/samples@beta=30",
    "other~2/model@beta=30",
    "curve",
    "few",
  ]);
  assert.equal(planned.steps[5].params.count, 7);
  assert.deepEqual([...planned.published].sort(), ["curve", "few"]);
  const alone = planOf({ "p.yaml": other });
  assert.equal(alone.steps.find(({ id }) => id === "summary")?.key, planned.steps[4].key);
});

test("what is wrong with an input from elsewhere is told where it is", () => {
  const fault = (source: string, port = "table", uses = "gather") =>
    faultsOf({ "p.yaml": `stages: { a: { uses: ${uses}, from: { ${port}: ${source} } } }\n`, "other.yaml": other })[0];
  assert.match(
    fault("{ pipeline: nothing.yaml, stage: a }"),
    /^p\.yaml:1:\d+ pipeline: nothing\.yaml:1:1 no such file/,
  );
  assert.match(fault("{ pipeline: p.yaml, stage: a }"), /p\.yaml takes inputs from itself/);
  assert.match(fault("{ pipeline: other.yaml, stage: sumary }"), /other\.yaml has no stage "sumary".*"summary"\?/);
  assert.match(fault("{ pipeline: other.yaml }"), /from\.table lacks "stage"/);
  assert.match(fault("{ pipeline: other.yaml, stage: model, sett: {} }"), /has no "sett"; .*did you mean "set"\?/);
  assert.match(fault("{ pipeline: other.yaml, stage: model, set: { cuont: 3 } }"), /has no "cuont"; .*"count"\?/);
  assert.match(fault('{ pipeline: other.yaml, stage: model, set: { count: "${x}" } }'), /set: .*value "\$\{x\}"/);
  assert.match(
    fault("{ pipeline: other.yaml, stage: model }", "model", "compute-directions"),
    /a\.from\.model has 2 points on "beta"; expected one: choose it by set:/,
  );
});

test("a mistake hides no other, and each is told once", () => {
  const text = `matrix: { seed: [0, 1, 2] }
stages:
  samples: { uses: load-data, with: { name: two-moons, count: "\${Seed}", noise: -1, seed: "\${seed}" } }
  model: { uses: train, from: { data: smaples }, with: { architecture: { kind: mlp, widths: [2] }, problem: { kind: supervised }, epochs: 0 } }
  grid: { uses: sample-grid, from: { model: model, directions: model }, with: { stepz: 3 } }
  tree: { uses: merge-treee, from: { grid: grid } }
  bars: { uses: barcode, from: { tree: tree }, with: { essential: never } }
  loop: { uses: gather, from: { table: loop }, with: { columns: 3 } }
publish: [nothing]
`;
  const faults = faultsOf({ "p.yaml": text });
  const expected = [
    /:9:11 publish: no stage "nothing"/,
    /:4:39 model\.from\.data names the unknown stage "smaples"/,
    /:5:\d+ grid\.from\.directions is "model", whose output is a model/,
    /:6:\d+ tree uses the unknown stage "merge-treee"/,
    /:8:\d+ a cycle: loop → loop/,
    /:3:\d+ samples mentions the unknown value "\$\{Seed\}"/,
    /:3:\d+ samples\.noise is -1/,
    /:4:\d+ model\.architecture\.widths is \[2\]/,
    /:4:\d+ model\.epochs is 0/,
    /:5:\d+ grid has no "stepz"/,
    /:7:\d+ bars\.essential is "never"/,
    /:8:\d+ loop\.columns is 3/,
  ];
  for (const pattern of expected) assert.equal(faults.filter((line) => pattern.test(line)).length, 1, String(pattern));
  assert.equal(faults.length, expected.length, faults.join("\n"));
});
