import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, ids, planOf } from "./planOf.js";

const params = (text: string, changes = {}) =>
  planOf({ "p.yaml": text }, changes).steps.map(({ id, params }) => [id, params.count ?? params.noise]);

test("an axis of lists, of mappings and of named points has a name for each", () => {
  const text = `matrix:
  widths: [[2, 8, 2], [2, 16, 16, 2]]
  data: { few: { name: two-moons, count: 20 }, many: { name: blobs, count: 90 } }
  optimizer: [{ kind: sgd, learningRate: 0.1 }, { kind: adam, learningRate: 0.1 }]
stages:
  samples: { uses: load-data, with: "\${data}" }
  model:
    uses: train
    from: { data: some }
    with: { architecture: { kind: mlp, widths: "\${widths}" }, problem: { kind: supervised }, optimizer: "\${optimizer}" }
  some: { uses: load-data, with: { name: two-moons, count: "\${data.count / 10}" } }
  page: { uses: report, from: { tables: all }, with: { title: "no axes" } }
  all: { uses: gather, from: { table: model } }
`.replace('with: "${data}"', 'with: { name: "${data.name}", count: "${data.count}" }');
  const { steps } = planOf({ "p.yaml": text });
  const models = steps.filter(({ stage }) => stage === "model");
  assert.equal(models.length, 8);
  assert.deepEqual(ids(planOf({ "p.yaml": text })).slice(0, 2), ["samples@data=few", "samples@data=many"]);
  assert.equal(models[0].id, "model@widths=2-8-2,data=few,optimizer=sgd-0.1");
  assert.deepEqual((models[7].params.architecture as { widths: unknown }).widths, [2, 16, 16, 2]);
  assert.equal((models[7].params.optimizer as { kind: string }).kind, "adam");
  assert.deepEqual(
    params(text).filter(([id]) => String(id).startsWith("some")),
    [
      ["some@data=few", 2],
      ["some@data=many", 9],
    ],
  );
  const few = planOf({ "p.yaml": text }, { set: ["data=few", "widths=[2, 3, 2]", "optimizer=adam-0.1"] });
  assert.deepEqual(
    few.steps.filter(({ stage }) => stage === "model").map(({ id }) => id),
    ["model@widths=2-3-2,data=few,optimizer=adam-0.1"],
  );
  assert.deepEqual(faultsOf({ "p.yaml": text }, { set: ["data=fwe"] }), [
    'p.yaml:1:1 --set data=fwe: it has no point "fwe"; expected "few" or "many"',
  ]);
});

test("a text writes the name of a point, and what is not a single value is refused there", () => {
  const text = (title: string) => `matrix: { net: { small: { depth: 1 }, large: { depth: 2 } } }
stages:
  samples: { uses: load-data, with: { name: two-moons, count: "\${10 * net.depth}" } }
  model: { uses: train, from: { data: samples }, with: { architecture: { kind: mlp, widths: [2, 2] }, problem: { kind: supervised } } }
  curve: { uses: figure, from: { of: model }, with: { plot: curves, title: "${title}" } }
`;
  const { steps } = planOf({ "p.yaml": text("a ${net} net of ${net.depth}") });
  assert.deepEqual(
    steps.filter(({ stage }) => stage === "curve").map(({ params }) => params.title),
    ["a small net of 1", "a large net of 2"],
  );
});

test("a lone reference is written out where text is expected, and nowhere else", () => {
  const text = (parameters: string) => `matrix: { beta: [1, 0.5], net: { small: { depth: 1 }, large: { depth: 2 } } }
stages:
  samples: { uses: load-data, with: { name: two-moons, count: "\${20 * beta}", seed: "\${net.depth}" } }
  picture: { uses: figure, from: { of: samples }, with: { ${parameters} } }
`;
  const titles = (parameters: string) =>
    planOf({ "p.yaml": text(parameters) })
      .steps.filter(({ stage }) => stage === "picture")
      .map(({ params }) => [params.title, params.caption]);
  assert.deepEqual(titles('title: "${beta}", caption: "${net}"'), [
    ["1", "small"],
    ["1", "large"],
    ["0.5", "small"],
    ["0.5", "large"],
  ]);
  assert.deepEqual(titles('title: "${2 * beta}"')[2], ["1", undefined]);
  const refused = (parameters: string) => faultsOf({ "p.yaml": text(parameters) }).join();
  assert.match(refused("title: 2"), /picture\.title is 2; expected text/, "a number in the file has no other form");
  assert.match(refused('width: "${net}"'), /picture\.width is {.*expected a number/);
  assert.match(refused('plot: "${beta}"'), /picture\.plot is 1; expected "contour"/);
});

test("axes go together by zip, and a setting keeps the values beside it", () => {
  const text = `matrix: { count: [10, 20, 30], noise: [0.1, 0.2, 0.3], zip: [count, noise], seed: [0, 1] }
stages:
  a: { uses: load-data, with: { name: two-moons, count: "\${count}", noise: "\${noise}", seed: "\${seed}" } }
  b: { uses: load-data, with: { name: two-moons, count: "\${count}" } }
`;
  assert.equal(params(text).length, 9);
  const { steps } = planOf({ "p.yaml": text }, { set: ["count=[30, 10]", "seed=0"] });
  assert.deepEqual(
    steps.slice(0, 2).map(({ params }) => [params.count, params.noise]),
    [
      [30, 0.3],
      [10, 0.1],
    ],
  );
  const refused = (from: string, to: string) => faultsOf({ "p.yaml": text.replace(from, to) });
  assert.match(
    refused("0.3]", "0.3, 0.4]")[0],
    /matrix\.zip: "count" has 3, "noise" has 4 values; expected equally many/,
  );
  assert.match(refused("zip: [count, noise]", "zip: [count, niose]")[0], /has no "niose"; .*did you mean "noise"\?/);
  assert.match(refused("zip: [count, noise]", "zip: [count, count]")[0], /matrix\.zip has "count" twice/);
});

const sweep = `matrix: { beta: [1, 30, 70], lr: [1, 0.1, 0.01], seed: [0, 1] }
stages:
  samples: { uses: load-data, with: { name: two-moons, count: 20, noise: "\${lr / beta}", seed: "\${seed}" } }
  model: { uses: train, from: { data: samples }, with: { architecture: { kind: mlp, widths: [2, 2] }, problem: { kind: supervised } } }
  grid: { uses: sample-grid, from: { model: model, directions: directions, data: samples }, with: { steps: 3 } }
  directions: { uses: compute-directions, from: { model: model }, with: { method: random } }
  all: { uses: gather, from: { table: model } }
  few: { uses: gather, from: { table: grid } }
`;
const withWhere = (stage: string, word: string) => sweep.replace(`${stage}: { uses`, () => `${stage}: { ${word}, uses`);

test("where: chooses the points of a stage, what follows inherits it, and fan-ins take these", () => {
  const text = withWhere("directions", "where: [{ beta: 1, lr: 1 }, { beta: 70, lr: 0.01, seed: 0 }]");
  const { steps } = planOf({ "p.yaml": text });
  const of = (stage: string) => steps.filter((step) => step.stage === stage);
  const chosen = ["beta=1,lr=1,seed=0", "beta=1,lr=1,seed=1", "beta=70,lr=0.01,seed=0"];
  assert.equal(of("model").length, 18);
  assert.deepEqual(
    of("grid").map(({ id }) => id),
    chosen.map((point) => `grid@${point}`),
  );
  for (const { point, inputs } of of("grid")) {
    assert.deepEqual(
      Object.values(inputs)
        .flat()
        .map((input) => input.point),
      [point, point, point],
    );
  }
  assert.equal(of("all")[0].inputs.table.length, 18);
  assert.deepEqual(
    of("few")[0].inputs.table.map(({ id }) => id),
    chosen.map((point) => `grid@${point}`),
  );
});

test("where: takes conditions on axes, on a fan-in too", () => {
  const count = (text: string, stage: string) =>
    planOf({ "p.yaml": text }).steps.filter((step) => step.stage === stage);
  assert.equal(count(withWhere("model", 'where: "seed < 1 and beta > 1"'), "grid").length, 6);
  const [all] = count(withWhere("all", 'where: "lr <= 0.1"'), "all");
  assert.equal(all.inputs.table.length, 12);
});

test("by: gives a fan-in one result for each value of these axes, with the rest inside", () => {
  const text = withWhere("all", "by: [beta, seed]").replace("few: {", 'few: { where: "seed == 1", by: [lr],');
  const { steps } = planOf({ "p.yaml": text });
  const of = (stage: string) => steps.filter((step) => step.stage === stage);
  assert.deepEqual(
    of("all").map(({ id }) => id),
    [
      "all@beta=1,seed=0",
      "all@beta=1,seed=1",
      "all@beta=30,seed=0",
      "all@beta=30,seed=1",
      "all@beta=70,seed=0",
      "all@beta=70,seed=1",
    ],
  );
  assert.deepEqual(
    of("all")[1].inputs.table.map(({ id }) => id),
    ["model@beta=1,lr=1,seed=1", "model@beta=1,lr=0.1,seed=1", "model@beta=1,lr=0.01,seed=1"],
  );
  assert.deepEqual(
    of("few").map(({ inputs }) => inputs.table.length),
    [3, 3, 3],
  );
});

test("a title groups nothing: a fan-in that mentions an axis must say by:", () => {
  const text = sweep.replace(
    "  few:",
    '  page: { uses: report, from: { tables: all }, with: { title: "Speed ${beta}" } }\n  few:',
  );
  const [fault] = faultsOf({ "p.yaml": text });
  assert.match(
    fault,
    /p\.yaml:8:\d+ page mentions "\$\{beta\}", and the stage takes all points at once; add by: \[beta\] for one result each/,
  );
});

test("where: and by: are checked where they stand", () => {
  const cases: [string, string, RegExp][] = [
    ["model", "where: [{ beta: 3 }]", /model\.where\.0\.beta is 3; the matrix has 1, 30, 70/],
    ["model", "where: [{ bta: 1 }]", /model\.where\.0 has "bta"; the matrix has .*did you mean "beta"\?/],
    ["model", 'where: "seed <"', /model\.where is "seed <": it cannot be read at its end/],
    ["model", 'where: "sede < 1"', /it mentions the unknown value "\$\{sede\}".*did you mean "seed"\?/],
    ["model", 'where: "seed + 1"', /it is not a condition: it gives 1/],
    ["model", 'where: "1 < 2"', /which names no axis; the matrix has "beta", "lr" or "seed"/],
    ["model", 'where: "seed > 7"', /model\.where leaves none of its points/],
    ["samples", "by: [seed]", /samples \(load-data\) takes one point at a time; by: needs a stage that takes many/],
    ["all", "by: [sede]", /all\.by names "sede"; its inputs are repeated over "beta", "lr" or "seed"; did you mean/],
  ];
  for (const [stage, word, message] of cases) {
    const faults = faultsOf({ "p.yaml": withWhere(stage, word) });
    assert.equal(faults.length, 1, `${word}: ${faults.join("\n")}`);
    assert.match(faults[0], message);
    assert.match(faults[0], /^p\.yaml:\d+:\d+ /);
  }
  const constant = sweep.replace(
    "\n  few",
    '\n  fixed: { uses: load-data, where: "seed < 1", with: { name: blobs, count: 3 } }\n  few',
  );
  assert.match(faultsOf({ "p.yaml": constant })[0], /fixed\.where names "seed", and fixed does not depend on it/);
});

test("a value that is twice in a matrix is told in the words of the file, at its place", () => {
  const stages = 'stages: { a: { uses: load-data, with: { name: two-moons, seed: "${s}" } } }';
  for (const [axis, told] of [
    ["[7, 0x7]", "1:18 matrix.s has 7 twice"],
    ["[[2, 3], [2, 3]]", "1:23 matrix.s has [2,3] twice"],
    ["[{ b: 1 }, { b: 1 }]", '1:25 matrix.s has {"b":1} twice'],
    ["[é, é]", '1:18 matrix.s has "é" twice'],
  ]) {
    const [first] = faultsOf({ "p.yaml": `matrix: { s: ${axis} }\n${stages}\n` });
    assert.equal(first, `p.yaml:${told}; expected each value once`);
  }
});
