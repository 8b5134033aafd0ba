import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadPipeline } from "../../src/pipeline/config.js";
import { ConfigError } from "../../src/pipeline/configFile.js";
import { plan } from "../../src/pipeline/plan.js";
import { loadStages } from "../../stages/index.js";

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
