import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadPipeline } from "../../src/pipeline/config.js";
import { ConfigError } from "../../src/pipeline/configFile.js";
import { plan } from "../../src/pipeline/plan.js";
import { loadStages } from "../../stages/index.js";
import { faultsOf, ids, planOf } from "./planOf.js";

const stages = await loadStages();

const folder = mkdtempSync(join(tmpdir(), "cirque-check-"));

/** The message for a pipeline with this text, its path shortened to "p.yaml"; fails when the pipeline is accepted. */
function complaint(text: string | Uint8Array, settings: string[] = []): string {
  const path = join(folder, "p.yaml");
  writeFileSync(path, text);
  try {
    plan(loadPipeline(path, { set: settings }), stages);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.replaceAll(path, "p.yaml");
  }
  assert.fail("the pipeline was accepted");
}

const head = `name: p
matrix: { beta: [1, 30] }
stages:
  model: { uses: train, with: { architecture: { kind: mlp, widths: [2, 8, 1] },
    problem: { kind: pinn, equation: "u_t + beta * u_x", coefficients: { beta: "\${beta}" }, initial: "sin(x)" } } }
  directions: { uses: compute-directions, from: { model: model }, with: { method: random } }
  grid: { uses: sample-grid, from: { model: model, directions: directions }, with: { steps: 5 } }
`;

test("the file of these tests is fine without the faults", () => {
  const path = join(folder, "good.yaml");
  writeFileSync(path, head);
  const { steps } = plan(loadPipeline(path), stages);
  assert.deepEqual(
    steps.map(({ id }) => id),
    ["model@beta=1", "model@beta=30", "directions@beta=1", "directions@beta=30", "grid@beta=1", "grid@beta=30"],
  );
  assert.equal(steps[0].params.seed, 0, "defaults are filled in");
  assert.deepEqual((steps[1].params.problem as { coefficients: object }).coefficients, { beta: 30 });
});

test("an unknown stage is underlined, with the nearest name", () => {
  assert.equal(
    complaint(`${head}  tree: { uses: merg-tree, from: { grid: grid } }\n`),
    [
      'p.yaml:8:17 tree uses the unknown stage "merg-tree"; did you mean "merge-tree"?',
      "  8 |   tree: { uses: merg-tree, from: { grid: grid } }",
      "    |                 ^^^^^^^^^",
    ].join("\n"),
  );
});

test("a misspelt parameter is underlined, with the known ones and the nearest", () => {
  const message = complaint(head.replace("steps: 5", "stesp: 5"));
  assert.match(message, /^p\.yaml:7:86 grid has no "stesp"; expected "steps", .*did you mean "steps"\?/);
  assert.match(message, /\n {4}\| +\^\^\^\^\^$/);
});

test("a missing kind is told once, with the kinds that there are", () => {
  const told = complaint(head.replace("kind: pinn, ", ""));
  assert.equal(told.match(/lacks "kind"/g)?.length, 1, told);
  assert.match(told, /model\.problem lacks "kind"; expected "pinn", "supervised", "function" or "external"/);
});

test("a wrong value or type says what was found and what would do", () => {
  const tree = (text: string) =>
    complaint(`${head}  tree: { uses: merge-tree, from: { grid: grid }, with: ${text} }\n`);
  assert.match(
    tree("{ direction: sublevle }"),
    /p\.yaml:8:70 tree\.direction is "sublevle"; expected "sublevel" or "superlevel"; did you mean "sublevel"\?/,
  );
  assert.match(
    complaint(head.replace("steps: 5", "steps: many")),
    /p\.yaml:7:93 grid\.steps is "many"; expected a whole number or a list/,
  );
  assert.match(
    complaint(head.replace("kind: pinn", "kind: pin")),
    /p\.yaml:5:22 model\.problem\.kind is "pin"; expected "pinn", "supervised", "function" or "external"; did you mean "pinn"\?/,
  );
  assert.match(complaint(head.replace(', initial: "sin(x)"', "")), /p\.yaml:5:14 model\.problem: lacks "initial"/);
});

test("values that only together make no sense are found before anything runs", () => {
  assert.match(
    complaint(head.replace("beta * u_x", "betta * u_x")),
    /p\.yaml:5:\d+ model\.problem\.equation: unknown name "betta" at character 7; did you mean beta\?/,
  );
  assert.match(complaint(head.replace("beta * u_x", "beta * ")), /p\.yaml:5:\d+ model\.problem\.equation: /);
  assert.match(complaint(head.replace("[2, 8, 1]", "[3, 8, 1]")), /p\.yaml:4:\d+ model\.architecture\.widths\.0: is 3/);
  assert.match(complaint(head.replace("steps: 5", "range: [1, -1]")), /p\.yaml:7:\d+ grid\.range: is \[1, -1\]/);
});

test("a cycle names its stages in order", () => {
  const text = `stages:
  a: { uses: gather, from: { table: b } }
  b: { uses: gather, from: { table: a } }
`;
  assert.match(complaint(text), /^p\.yaml:\d:\d+ a cycle: [ab] → [ab] → [ab]; a stage cannot need its own output\n/);
});

test("a missing input names its kind and the stage that would do", () => {
  assert.match(
    complaint(head.replace("model: model, directions: directions", "model: model")),
    /p\.yaml:7:3 grid \(sample-grid\) lacks its input "directions" \(directions\); add from: \{ directions: directions \}/,
  );
});

test("an input from an unknown stage, of a wrong kind, at an unknown port", () => {
  const grid = (from: string) => complaint(head.replace("{ model: model, directions: directions }", from));
  assert.match(
    grid("{ model: modle, directions: directions }"),
    /p\.yaml:7:45 grid\.from\.model names the unknown stage "modle"; did you mean "model"\?/,
  );
  assert.match(
    grid("{ model: model, directions: model }"),
    /p\.yaml:7:64 grid\.from\.directions is "model", whose output is a model; expected "directions"/,
  );
  assert.match(
    grid("{ model: model, direction: directions }"),
    /p\.yaml:7:52 grid \(sample-grid\) has no input "direction"; expected "model", "directions" or "data"; did you mean "directions"\?/,
  );
  assert.match(
    grid("{ model: [model, model], directions: directions }"),
    /grid\.from\.model lists 2 stages; expected one/,
  );
});

test("bad YAML, duplicate keys, no UTF-8, no file: each is located", () => {
  assert.match(complaint("stages: {\n  a: [1\n"), /^p\.yaml:\d:\d+ bad YAML: /);
  assert.match(complaint("stages: {}\nstages: {}\n"), /p\.yaml:2:1 bad YAML: Map keys must be unique/);
  assert.match(complaint(Uint8Array.of(0x73, 0xff, 0xfe)), /^p\.yaml:1:1 is not UTF-8 text/);
  assert.match(complaint(""), /^p\.yaml:1:1 the file is empty; expected a mapping/);
  assert.match(complaint("stages: {}\n"), /^p\.yaml:1:9 stages is empty; expected at least one entry/);
  assert.match(complaint("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"), /the file has no "a"/);
  assert.throws(() => loadPipeline(join(folder, "none.yaml")), /none\.yaml:1:1 no such file; expected the path/);
});

test("a fault of indentation says what would do; a parameter beside uses belongs below with", () => {
  const stage = (...lines: string[]) => complaint(["stages:", "  a:", ...lines, ""].join("\n"));
  const withless = stage("    uses: load-data", "      name: two-moons");
  assert.match(withless, /^p\.yaml:3:11 bad YAML: .*; the next line is indented too far, or this text needs quotes/);
  assert.match(
    stage("    from: { data: d }", "      epochs: 3"),
    /^p\.yaml:4:\d+ bad YAML: .*; the key that this line belongs to, such as with:, is missing above it/,
  );
  assert.match(stage("\tuses: load-data"), /^p\.yaml:3:\d+ bad YAML: Tabs .*; use spaces/);
  assert.match(
    stage("    uses: load-data", "    count: 3"),
    /p\.yaml:4:5 stages\.a has no "count"; expected .*; parameters of the stage belong below "with"/,
  );
});

test("unknown values, settings and matrix names are found", () => {
  assert.match(
    complaint(head.replace('"${beta}"', '"${bta}"')),
    /p\.yaml:5:\d+ model mentions the unknown value "\$\{bta\}".*did you mean "beta"\?/,
  );
  assert.match(complaint(head, ["stepz=3"]), /--set stepz=3: the pipeline has no "stepz"; expected "beta"/);
  assert.match(complaint(head, ["beta"]), /--set beta: expected name=value/);
  assert.match(complaint(head, ["beta={a: 1}"]), /--set beta=\{a: 1\}: .* is not a value or a \[list, of, values\]/);
  assert.match(
    complaint(head.replace("[1, 30] }", "[1, 30], exclude: [{ bta: 1 }] }")),
    /p\.yaml:2:\d+ the matrix has no "bta"; expected "beta"; did you mean "beta"\?/,
  );
  assert.match(
    complaint(head.replace("[1, 30] }", "[1], exclude: [{ beta: 1 }] }")),
    /every point of the matrix is excluded/,
  );
  const many = `[${Array.from({ length: 10_001 }, (_, i) => i).join(",")}]`;
  assert.match(complaint(head.replace("[1, 30]", many)), /the matrix has 10001 points; expected at most 10000/);
});

test("every fault of a file is told at once", () => {
  const text = head.replace("method: random", "method: rndom").replace("steps: 5", "stps: 5");
  assert.equal(complaint(text).match(/^p\.yaml/gm)?.length, 2);
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
