import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { validate } from "../../src/pipeline/validateParameters.js";
import { faultsOf } from "./planOf.js";

const told = (stage: string, params: object) =>
  validate(stage, structuredClone(params), "s").map(({ path, message }) => `${path.join(".")}: ${message}`);

test("a value of the wrong type has no wrong size as well", () => {
  assert.deepEqual(told("sample-grid", { steps: 0.5 }), ["steps: s.steps is 0.5; expected a whole number or a list"]);
  assert.deepEqual(told("sample-grid", { steps: 0 }), ["steps: s.steps is 0; expected a number >= 1"]);
});

test("a value of the wrong type is told once, also where several rules concern it", () => {
  const samples = "{ uses: load-data, with: { name: two-moons, count: 5 } }";
  for (const [text, fault] of [
    [`matrix: { a: abc }\nstages: { s: ${samples} }`, 'matrix.a is "abc"; expected a list or a mapping'],
    ["stages: { s: load-data }", 'stages.s is "load-data"; expected a mapping'],
    [`stages: { s: ${samples}, q: { uses: shell, from: { a: s }, with: { command: cat, output: tabel } } }`, "tabel"],
    [`name: a b\nstages: { s: ${samples} }`, 'name is "a b"; expected at most 100 letters, digits'],
    [
      `matrix: { 1a: [1] }\nstages: { s: ${samples} }`,
      'has the name "1a"; expected letters, digits and "_", a letter first',
    ],
    ["stages: { g: { uses: import-grid, with: { path: ., format: npy } } }", "is a folder; expected a file"],
  ]) {
    const found = faultsOf({ "p.yaml": text });
    assert.equal(found.length, 1, found.join("\n"));
    assert.ok(found[0].includes(fault), found[0]);
  }
});

test("initials and a whole word of one name are understood; of two names they are not", () => {
  const kind = "sgd";
  assert.match(told("optimizer", { kind, lr: 0.1 })[0], /^lr: s has no "lr"; .*; did you mean "learningRate"\?$/);
  assert.match(told("optimizer", { kind, wd: 0.1 })[0], /; did you mean "weightDecay"\?$/);
  assert.match(told("load-data", { name: "moons" })[0], /; did you mean "two-moons"\?$/);
  assert.match(told("load-data", { name: "mnits" })[0], /; did you mean "mnist"\?$/);
  assert.doesNotMatch(told("compute-directions", { method: "random", rate: 1 })[0], /did you mean/);
});

test("a required name that is misspelt is one fault, at the misspelt one", () => {
  const [fault, ...others] = told("import-grid", { pathh: "a.npy" });
  assert.match(fault, /^pathh: s has no "pathh"; .*; did you mean "path"\?$/);
  assert.deepEqual(others, []);
  const [unlike, ...more] = told("import-grid", { file: "a.npy" });
  assert.match(unlike, /^file: s has no "file"; .*; did you mean "path"\?$/);
  assert.deepEqual(more, []);
  assert.equal(told("import-grid", { file: "a.npy", key: 3 }).length, 2, "another mistake is another fault");
  const [kind, ...rest] = told("architecture", { kin: "mlp", widths: [2, 3, 1] });
  assert.equal(kind, 'kin: s has no "kin"; did you mean "kind"?');
  assert.deepEqual(rest, []);
});

test("what matches a pattern is told in words", () => {
  assert.deepEqual(told("embed", { method: "phate", t: "ato" }), [
    't: s.t is "ato"; expected a whole number or "auto"',
  ]);
});

test("of a choice only the alternative that is meant is told", () => {
  assert.deepEqual(told("evaluate", { rows: "lsat" }), ['rows: s.rows is "lsat"; expected "last", "all" or a list']);
  assert.deepEqual(told("evaluate", { rows: [-1] }), ["rows.0: s.rows.0 is -1; expected a number >= 0"]);
  assert.deepEqual(told("figure", { notes: [{ text: "a" }] }), ['notes.0: s.notes.0 lacks "x" or "y"']);
  assert.deepEqual(told("figure", { y: [3] }), ["y.0: s.y.0 is 3; expected text"]);
  assert.deepEqual(told("report", { parts: [{ figre: "m" }] }), [
    'parts.0.figre: s.parts.0 has no "figre"; expected "figure"; did you mean "figure"?',
  ]);
});

/** A word with two letters swapped. */
function misspelt(word: string): string {
  const at = [...word].findIndex((letter, i) => i > 0 && i + 1 < word.length && letter !== word[i + 1]);
  return at < 0 ? `${word}x` : word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
}

const renamed = (of: object, name: string) =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key === name ? misspelt(key) : key, value]));

interface Stage {
  uses: string;
  from?: Record<string, string | string[]>;
  with?: object;
}

/** The stage with one mistake: each word that it mentions others by, misspelt. */
function* mistakes(stage: Stage): Generator<Stage> {
  yield { ...stage, uses: misspelt(stage.uses) };
  for (const name of Object.keys(stage.with ?? {})) yield { ...stage, with: renamed(stage.with ?? {}, name) };
  for (const [port, sources] of Object.entries(stage.from ?? {})) {
    // A figure takes ports of any name.
    if (stage.uses !== "figure") yield { ...stage, from: renamed(stage.from ?? {}, port) };
    for (const source of [sources].flat()) {
      const others = [sources].flat().map((name) => (name === source ? misspelt(name) : name));
      yield { ...stage, from: { ...stage.from, [port]: Array.isArray(sources) ? others : others[0] } };
    }
  }
}

test("each misspelt word of a pipeline is one fault, whatever follows from it in later stages", () => {
  let count = 0;
  for (const path of ["pipelines/quickstart.yaml", "pipelines/tutorials/trajectory.yaml"]) {
    const pipeline = parse(readFileSync(path, "utf8")) as { stages: Record<string, Stage> };
    for (const [name, stage] of Object.entries(pipeline.stages)) {
      for (const wrong of mistakes(stage)) {
        const text = stringify({ ...pipeline, stages: { ...pipeline.stages, [name]: wrong } });
        const found = faultsOf({ "p.yaml": text });
        assert.equal(found.length, 1, `${path} ${JSON.stringify(wrong)}:\n${found.join("\n")}`);
        count++;
      }
    }
  }
  assert.ok(count > 60, `${count}`);
});

const swept = `matrix: { beta: [1, 2], seed: [0, 1] }
stages:
  model: { uses: train, with: { architecture: { kind: mlp, widths: [2, 4, 1] }, seed: "\${seed}",
    problem: { kind: pinn, equation: "u_t + beta * u_x", coefficients: { beta: "\${beta}" }, initial: "sin(x)" } } }
  directions: { uses: compute-directions, from: { model: model }, with: { method: random } }
  grid: { uses: sample-grid, from: { model: model, directions: directions }, with: { steps: 5 } }
  tree: { uses: merge-tree, from: { grid: grid } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  summary: { uses: gather, from: { table: metrics } }
  panels: { uses: figure, from: { grid: grid }, with: { facet: { row: beta, column: seed } } }
  line: { uses: figure, from: { of: summary }, with: { plot: lines, x: beta, y: minima, over: seed } }
  mean: { uses: aggregate, from: { table: summary }, with: { over: [seed] } }
  few: { uses: evaluate, from: { model: model }, where: "beta == 1" }
  best: { uses: select, by: [beta], from: { of: model } }
`;

test("what follows from a fault is not told: axes, points and columns that later stages have without it", () => {
  assert.deepEqual(faultsOf({ "p.yaml": swept }), []);
  for (const [right, wrong] of [
    ["uses: train", "uses: tarin"],
    ['seed: "${seed}"', 'seed: "${sead}"'],
    ["steps: 5", "setps: 5"],
    ["uses: merge-tree", "uses: mereg-tree"],
    ["from: { model: model }, with: { method", "from: { modle: model }, with: { method"],
    ["from: { grid: grid }, with", "from: { grid: girds }, with"],
    ["uses: gather", "uses: gahter"],
    ["row: beta", "row: bta"],
  ]) {
    const found = faultsOf({ "p.yaml": swept.replace(right, () => wrong) });
    assert.equal(found.length, 1, `${wrong}:\n${found.join("\n")}`);
  }
});

test("a stage that another pipeline lacks is one fault, and so is a name that is unknown at several points", () => {
  const other = swept.replace(/ {2}panels(.|\n)*/, "");
  const foreign = `stages:
  e: { uses: evaluate, from: { model: { pipeline: other.yaml, stage: modle, set: { matrix: { seed: [0], beta: [1] } } } } }
`;
  const found = faultsOf({ "p.yaml": foreign, "other.yaml": other });
  assert.equal(found.length, 1, found.join("\n"));
  assert.match(found[0], /other\.yaml has no stage "modle"; .*did you mean "model"\?/);
  const points = `matrix: { kind: [sgd, adam] }
stages:
  d: { uses: load-data, with: { name: two-moons, count: 5 } }
  m: { uses: train, from: { data: d }, with: { architecture: { kind: mlp, widths: [2, 4, 2] }, problem: { kind: supervised },
    optimizer: { kind: "\${kind}", larningRate: 0.1 } } }
`;
  assert.equal(faultsOf({ "p.yaml": points }).length, 1);
});
