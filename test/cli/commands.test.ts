import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const cli = join(process.cwd(), "dist/src/cli/main.js");

const pipeline = `params: { file: losses.csv, simplify: 0 }
matrix: { power: [1, 2] }
stages:
  grid: { uses: import-grid, with: { path: "\${file}", column: loss } }
  scaled: { uses: ./scale.mjs, from: { grid: grid }, with: { power: "\${power}" } }
  tree: { uses: merge-tree, from: { grid: scaled } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  summary: { uses: gather, from: { table: [metrics] } }
`;
const stage = `export default {
  version: 1,
  inputs: { grid: { kinds: ["grid"] } },
  output: "grid",
  schema: { type: "object", additionalProperties: false, properties: { power: { type: "number" } } },
  async run({ params, input, log }) {
    if (params.power === 3) throw new Error("three is too much");
    log("to the power of " + params.power);
    const { columns, metadata } = input("grid");
    return { columns: { ...columns, loss: columns.loss.map((loss) => loss ** params.power) }, metadata, summary: { power: params.power } };
  },
};
`;
const landscape = `x,y,loss\n${Array.from({ length: 16 }, (_, i) => `${i % 4},${i >> 2},${(i * 7) % 16}`).join("\n")}\n`;

/** A fresh folder with the pipeline, run once. */
function workplace(): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-commands-"));
  const files = { "p.yaml": pipeline, "scale.mjs": stage, "losses.csv": landscape };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  assert.equal(cirque(folder, "run", "p.yaml").status, 0);
  return folder;
}

function cirque(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

const lines = (text: string) => text.trimEnd().split("\n");

test("status and why tell what changed, down to the parameter, the file, the module and the failure", () => {
  const folder = workplace();
  const status = (...args: string[]) => lines(cirque(folder, "status", "p.yaml", ...args).stdout).at(-1);
  const why = (step: string, ...args: string[]) => lines(cirque(folder, "why", "p.yaml", step, ...args).stdout);
  const run = /since run 1-[0-9a-f]{4}/;
  assert.equal(status(), "8 cached");
  assert.deepEqual(why("grid"), ["grid is cached and would not run"]);

  assert.equal(status("--set", "power=[1, 5]"), "4 cached, 1 stale, 3 missing");
  assert.deepEqual(why("scaled@power=5", "--set", "power=5"), ["scaled@power=5 would run: it never ran here"]);
  assert.match(cirque(folder, "why", "p.yaml", "tree", "--set", "file=other.csv").stderr, /other\.csv does not exist/);

  writeFileSync(join(folder, "losses.csv"), landscape.replace(",15", ",30"));
  assert.equal(status(), "8 stale");
  const [first, ...rest] = why("metrics@power=1");
  assert.match(first, run);
  assert.deepEqual(rest, [
    "  input tree: tree@power=1 changed:",
    "    input grid: scaled@power=1 changed:",
    "      input grid: grid changed:",
    "        file losses.csv changed",
  ]);
  writeFileSync(join(folder, "losses.csv"), landscape);
  assert.equal(status(), "8 cached");

  writeFileSync(join(folder, "scale.mjs"), stage.replace("version: 1", "version: 2"));
  const changed = why("scaled@power=2").slice(1);
  assert.equal(changed[0], "  stage version 1 → 2");
  assert.match(changed[1], /^ {2}the module .*scale\.mjs changed$/);
  writeFileSync(join(folder, "scale.mjs"), stage);

  const failing = cirque(folder, "run", "p.yaml", "--set", "power=3");
  assert.equal(failing.status, 1);
  assert.equal(status("--set", "power=3"), "1 cached, 3 missing, 1 failed");
  assert.match(
    why("scaled@power=3", "--set", "power=3").join("\n"),
    /it failed in run 2-[0-9a-f]{4}\n {2}three is too much/,
  );
  assert.equal(cirque(folder, "status", "p.yaml", "--set", "power=3", "--exit-code").status, 3);
});

test("a result that has gone is missing, and why says so", () => {
  const folder = workplace();
  const records = join(folder, "results/.cache/records");
  rmSync(records, { recursive: true });
  assert.equal(lines(cirque(folder, "status", "p.yaml").stdout).at(-1), "8 missing");
  assert.match(
    cirque(folder, "why", "p.yaml", "grid").stdout,
    /the store has no result, and nothing has changed since run 1/,
  );
});

test("logs keep what a step said, and the error of one that failed", () => {
  const folder = workplace();
  assert.equal(cirque(folder, "logs", "p.yaml", "scaled").stdout, "to the power of 1\nto the power of 2\n");
  cirque(folder, "run", "p.yaml", "--set", "power=3");
  assert.match(
    cirque(folder, "logs", "p.yaml", "scaled", "--set", "power=3").stdout,
    /^Error: three is too much\n {4}at .*scale\.mjs/,
  );
});

test("show prints columns, facts and rows; a repeated step wants its point, one that has not run says so", () => {
  const folder = workplace();
  const { stdout } = cirque(folder, "show", "p.yaml", "tree@power=2", "--rows", "2");
  assert.match(stdout, /^tree@power=2 \(merge-tree\)\ntree, \d+ rows, \d+ bytes\nfile: results\/\.cache\/objects/);
  assert.match(stdout, /\n {2}vertex: i32\n {2}value: f64\n {2}type: text\n/);
  assert.match(stdout, /\nfirst 2 rows:\n {2}vertex +value +type .*\n {2}0 +0 +minimum/);
  const repeated = cirque(folder, "show", "p.yaml", "tree");
  assert.equal(repeated.status, 2);
  assert.match(repeated.stderr, /"tree" is repeated; expected one of tree@power=1, tree@power=2/);
  assert.match(
    cirque(folder, "show", "p.yaml", "tree", "--set", "power=7").stderr,
    /tree@power=7 has no result yet; run it first/,
  );
  assert.match(cirque(folder, "show", "p.yaml", "tre").stderr, /no step "tre"; did you mean "tree"\?/);
  assert.match(
    cirque(folder, "show", "p.yaml", "tree@power=9").stderr,
    /no step "tree@power=9"; expected "tree@power=1" or "tree@power=2"/,
  );
});

test("diff of two runs tells parameters and numbers that differ", () => {
  const folder = workplace();
  assert.equal(cirque(folder, "diff", "p.yaml", "1", "latest").stdout, "no difference\n");
  cirque(folder, "run", "p.yaml", "--set", "power=[1, 4]", "-q");
  const found = lines(cirque(folder, "diff", "p.yaml", "previous", "latest").stdout);
  assert.deepEqual(found, [
    "matrix.power.1 2 → 4",
    "scaled@power=2 is gone",
    "tree@power=2 is gone",
    "metrics@power=2 is gone",
    "scaled@power=4 is new",
    "tree@power=4 is new",
    "metrics@power=4 is new",
  ]);
  writeFileSync(
    join(folder, "p.yaml"),
    pipeline.replace('"${power}" }', "5 }").replace("matrix: { power: [1, 2] }\n", ""),
  );
  cirque(folder, "run", "p.yaml", "-q");
  writeFileSync(
    join(folder, "p.yaml"),
    pipeline.replace('"${power}" }', "6 }").replace("matrix: { power: [1, 2] }\n", ""),
  );
  cirque(folder, "run", "p.yaml", "-q");
  const metrics = lines(cirque(folder, "diff", "p.yaml", "previous", "latest").stdout);
  assert.deepEqual(metrics.slice(0, 3), ["scaled", "  params.power 5 → 6", "  power 5 → 6"]);
  assert.ok(metrics.includes("metrics") && metrics.some((line) => /^ {2}lossMaximum \S+ → \S+$/.test(line)), "a row");
  assert.match(
    cirque(folder, "diff", "p.yaml", "77", "latest").stderr,
    /no run "77" of p; expected latest, previous, 4-/,
  );
  assert.equal(lines(cirque(folder, "runs", "p.yaml").stdout).length, 4);
});

test("verify --recompute computes steps again and compares: pure ones agree, one that draws other numbers does not", () => {
  const folder = workplace();
  const all = cirque(folder, "verify", "p.yaml", "--recompute", "99");
  assert.equal(all.status, 0, all.stdout + all.stderr);
  const [, ...steps] = lines(all.stdout);
  assert.match(steps.pop() as string, /^computed \d+ steps again; the cache has no more of this pipeline$/);
  assert.ok(steps.length >= 5 && steps.every((line) => line.endsWith(": the same numbers")), all.stdout);

  writeFileSync(
    join(folder, "noisy.mjs"),
    `export default { version: 1, inputs: {}, output: "table", schema: { type: "object" },
      run: async () => ({ columns: { a: Float64Array.of(4), b: Float64Array.of(Math.random()) }, summary: {} }) };`,
  );
  writeFileSync(join(folder, "q.yaml"), "stages: { noisy: { uses: ./noisy.mjs } }\n");
  assert.equal(cirque(folder, "run", "q.yaml", "-q").status, 0);
  const noisy = cirque(folder, "verify", "q.yaml", "--recompute", "1");
  assert.equal(noisy.status, 1, noisy.stdout);
  assert.match(
    noisy.stdout,
    /noisy: differs by \d\S* of the column's largest number, more than 0\.0001: b\[0\] is 0\.\d+ in the cache and 0\.\d+ now/,
  );
  const without = cirque(folder, "verify", "--recompute", "1");
  assert.equal(without.status, 2);
  assert.match(without.stderr, /--recompute needs a pipeline/);
});

test("verify finds what is damaged, and the next run mends it", () => {
  const folder = workplace();
  assert.match(cirque(folder, "verify").stdout, /^8 results, .*: all intact\n$/);
  const objects = join(folder, "results/.cache/objects");
  const [name] = (readdirSync(objects, { recursive: true }) as string[]).filter((path) => path.endsWith(".arrow"));
  const bytes = readFileSync(join(objects, name));
  bytes[bytes.length >> 1] ^= 1;
  chmodSync(join(objects, name), 0o644);
  writeFileSync(join(objects, name), bytes);
  const damaged = cirque(folder, "verify");
  assert.equal(damaged.status, 1);
  assert.match(damaged.stdout, /the object .* of .* has changed\n8 results, .*: 1 damaged; their steps run again/);
  assert.match(cirque(folder, "run", "p.yaml").stderr, /warning .*a stored object has changed/);
  assert.match(cirque(folder, "verify").stdout, /all intact/);
});

test("gc keeps what pipelines and recent runs refer to, and asks before it removes the rest", () => {
  const folder = workplace();
  for (const power of [3.5, 4, 5]) cirque(folder, "run", "p.yaml", "-q", "--set", `power=${power}`);
  // What is younger than an hour may belong to a run that is going on.
  const store = join(folder, "results/.cache");
  assert.match(
    cirque(folder, "gc", "--keep-runs", "1").stdout,
    /\n0 files can go \(0 kB\), and the records of 3 older runs\n/,
  );
  for (const path of readdirSync(store, { recursive: true }) as string[]) utimesSync(join(store, path), 1e9, 1e9);
  const asked = cirque(folder, "gc", "--keep-runs", "1");
  // Two powers, each: scaled, its tree and metrics; two summaries; the logs of the two.
  assert.match(asked.stdout, /\n18 files can go .* 3 older runs\nnothing was removed; --yes removes them\n$/);
  assert.match(cirque(folder, "gc", "--keep-runs", "1", "--yes").stdout, /removed\n$/);
  assert.match(cirque(folder, "status", "p.yaml").stdout, /\n8 cached\n$/);
  assert.match(cirque(folder, "status", "p.yaml", "--set", "power=5").stdout, /\n5 cached\n$/);
  assert.match(cirque(folder, "status", "p.yaml", "--set", "power=4").stdout, /\n1 cached, 1 stale, 3 missing\n$/);
  assert.match(cirque(folder, "verify").stdout, /: all intact\n$/);
});

test("gc knows the pipelines that have run wherever it is called", () => {
  const folder = workplace();
  cirque(folder, "run", "p.yaml", "-q", "--set", "power=4");
  const store = join(folder, "results/.cache");
  for (const path of readdirSync(store, { recursive: true }) as string[]) utimesSync(join(store, path), 1e9, 1e9);
  const { stdout } = cirque(tmpdir(), "gc", "--results", join(folder, "results"), "--keep-runs", "1", "--yes");
  assert.match(stdout, /p\.yaml, or by the last 1 runs/);
  assert.match(cirque(folder, "status", "p.yaml").stdout, /\n8 cached\n$/);
});

test("gc removes nothing while a pipeline that has run cannot be read", () => {
  const folder = workplace();
  writeFileSync(join(folder, "p.yaml"), `${pipeline}  more: { uses: merg-tree }\n`);
  const { status, stderr } = cirque(folder, "gc", "--yes");
  assert.equal(status, 2);
  assert.match(stderr, /merg-tree[\s\S]*nothing was removed: .*p\.yaml cannot be read/);
});

test("init writes a pipeline that runs, and overwrites nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-init-"));
  assert.equal(
    cirque(folder, "init", "pipelines/first").stdout,
    "pipelines/first.yaml\nnext: cirque run pipelines/first.yaml\n",
  );
  assert.match(cirque(folder, "check", "pipelines/first.yaml").stdout, /ok, 9 stages/);
  const again = cirque(folder, "init", "pipelines/first.yaml");
  assert.equal(again.status, 2);
  assert.match(again.stderr, /first\.yaml exists already/);
});

test("the flowchart comes as mermaid, dot and SVG, with names escaped", () => {
  const folder = workplace();
  assert.match(cirque(folder, "dag", "p.yaml").stdout, /^flowchart LR\n {2}s0\["grid<br\/><i>import-grid<\/i>"\]/);
  assert.match(
    cirque(folder, "dag", "p.yaml", "--format", "dot").stdout,
    /s1 \[label="scaled\\nscale\.mjs\\n2 × power"\];[\s\S]*s0 -> s1 \[label="grid"\];/,
  );
  const svg = cirque(folder, "dag", "p.yaml", "--format", "svg").stdout;
  assert.equal(svg.match(/<rect/g)?.length, 6, "the page and a box for each stage");
  assert.equal(svg.match(/marker-end/g)?.length, 4, "an arrow for each input");
});

test("runs --profile tells where the time went, by stage and step, and what was cached", () => {
  const folder = workplace();
  const profile = (...args: string[]) => cirque(folder, "runs", "p.yaml", "--profile", ...args);
  const first = lines(profile().stdout);
  assert.match(first[0], /^run 1-[0-9a-f]{4}, .*: took .*; 8 of 8 steps computed$/);
  assert.match(first.join("\n"), /\nstage +steps +time +share\n/);
  const steps = (stage: string) => first.find((line) => line.startsWith(`${stage} `))?.match(/^\S+ +(\d+)/)?.[1];
  assert.deepEqual(["grid", "scaled", "tree", "metrics", "summary"].map(steps), ["1", "2", "2", "2", "1"]);
  assert.match(first.join("\n"), /\nslowest steps +time\n(.*\n){7}/);
  assert.equal(cirque(folder, "run", "p.yaml", "--set", "power=[1, 3]").status, 1);
  const second = profile().stdout;
  assert.match(second, /^run 2-.*; 1 of 8 steps computed/);
  assert.match(second, /cached or not run; computing what is cached took /);
  assert.match(second, /\nfailed: scaled@power=3\n/);
  assert.equal(profile("1").stdout, `${first.join("\n")}\n`, "an earlier run by its number");
  const { status, stderr } = profile("9");
  assert.equal(status, 2);
  assert.match(stderr, /p has no run 9; see cirque runs/);
});

test("why of an input from another pipeline names the steps as they are here", () => {
  const folder = workplace();
  writeFileSync(
    join(folder, "q.yaml"),
    `params: { power: [1, 2] }
stages:
  all: { uses: gather, from: { table: { pipeline: p.yaml, stage: summary, set: { power: "\${power}" } } } }
`,
  );
  assert.equal(cirque(folder, "run", "q.yaml").status, 0);
  const { stdout } = cirque(folder, "why", "q.yaml", "all", "--set", "power=[1, 5]");
  assert.match(stdout, /all would run: .*\n +input table: p\/summary changed:\n/);
  assert.match(stdout, /p\/metrics@power=5 is new/);
  assert.match(stdout, /metrics@power=2 is no longer one/);
  assert.doesNotMatch(stdout, /metrics@power=1 is no longer one/);
});
