import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { npyFile } from "../files/npyFile.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");

const tiny = `# Two tiny networks.
name: tiny
params: { steps: 5 }
matrix: { beta: [1, 2] }
stages:
  model:
    uses: train
    with:
      architecture: { kind: mlp, widths: [2, 6, 1] }
      problem:
        { kind: pinn, equation: "u_t + beta * u_x", coefficients: { beta: "\${beta}" }, initial: "sin(x)",
          exact: "sin(x - beta * t)", grid: { x: 16, t: 8 }, collocation: { points: 12 } }
      optimizer: { kind: lbfgs, maxIterations: 20 }
  directions: { uses: compute-directions, from: { model: model }, with: { method: random } }
  grid: { uses: sample-grid, from: { model: model, directions: directions }, with: { steps: "\${steps}" } }
  tree: { uses: merge-tree, from: { grid: grid } }
  barcode: { uses: barcode, from: { tree: tree } }
  profile: { uses: profile, from: { tree: tree } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  summary: { uses: gather, from: { table: [model, metrics] } }
  report: { uses: report, from: { figures: [grid, profile], tables: [summary] } }
`;

/** A fresh folder that holds a pipeline file. */
function workplace(text = tiny): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-cli-"));
  writeFileSync(join(folder, "tiny.yaml"), text);
  return folder;
}

function cirque(folder: string, ...args: string[]) {
  return cirqueWith({}, folder, ...args);
}

function cirqueWith(environment: Record<string, string>, folder: string, ...args: string[]) {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** Path → hash of every file below a folder. */
function contents(folder: string): Record<string, string> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).sort();
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex"),
      ]),
  );
}

const published = (folder: string) => join(folder, "results/tiny");

test("a run publishes report, figures, tables and manifest; a second one does no work and changes no byte", () => {
  const folder = workplace();
  const first = cirque(folder, "run", "tiny.yaml", "-j", "2");
  assert.equal(first.status, 0, first.stderr);
  assert.equal(first.stdout, "results/tiny/report.html\n");
  const files = contents(published(folder));
  const points = ["beta=1", "beta=2"];
  assert.deepEqual(
    Object.keys(files),
    [
      ...["grid", "profile"].flatMap((name) =>
        points.flatMap((at) => ["pdf", "png", "svg"].map((end) => `figures/${name}@${at}.${end}`)),
      ),
      "manifest.json",
      "report.html",
      ...["barcode", "profile"].flatMap((name) =>
        points.flatMap((at) => ["arrow", "csv"].map((end) => `tables/${name}@${at}.${end}`)),
      ),
      ...["arrow", "csv"].map((end) => `tables/summary.${end}`),
    ].sort(),
  );
  const summary = readFileSync(join(published(folder), "tables/summary.csv"), "utf8").split("\r\n");
  assert.match(summary[0], /^beta,model\.loss,model\.relativeL2,.*metrics\.minima/);
  assert.deepEqual(
    summary.slice(1, 3).map((line) => line.split(",")[0]),
    ["1", "2"],
  );

  const before = statSync(join(published(folder), "report.html"), { bigint: true }).mtimeNs;
  const second = cirque(folder, "run", "tiny.yaml");
  assert.equal(second.status, 0);
  assert.match(second.stderr, /^tiny: 20 steps, all cached\n$/);
  assert.deepEqual(contents(published(folder)), files);
  assert.equal(statSync(join(published(folder), "report.html"), { bigint: true }).mtimeNs, before, "not even touched");

  // Only the grid and what follows depends on the steps; status says so beforehand.
  const status = cirque(folder, "status", "tiny.yaml", "--set", "steps=4", "--exit-code");
  assert.equal(status.status, 3);
  const stale = status.stdout.split("\n").filter((line) => line.startsWith("stale"));
  assert.deepEqual(
    new Set(stale.map((line) => line.split(/\s+/)[1].replace(/@.*/, ""))),
    new Set(["grid", "tree", "barcode", "profile", "metrics", "summary", "report", "grid:figure", "profile:figure"]),
  );
  const third = cirque(folder, "run", "tiny.yaml", "--set", "steps=4");
  assert.match(third.stderr, /^tiny: 20 steps, 4 cached, 16 to run on \d+ workers\n/);
  assert.equal(cirque(folder, "run", "tiny.yaml").stderr, "tiny: 20 steps, all cached\n", "both versions stay cached");
  assert.deepEqual(contents(published(folder)), files, "and the first is published again, byte for byte");
});

test("a comparison of all points is drawn by itself where a report wants a figure, and published as a table", () => {
  const folder = workplace(
    tiny
      .replace("figures: [grid, profile], tables: [summary]", "figures: [compared], tables: [compared]")
      .replace(
        "  report:",
        "  compared: { uses: compare, from: { of: tree }, with: { distance: merge-tree } }\n  report:",
      ),
  );
  const run = cirque(folder, "run", "tiny.yaml");
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(readdirSync(join(published(folder), "figures")).sort(), [
    "compared.pdf",
    "compared.png",
    "compared.svg",
  ]);
  const [header, ...rows] = readFileSync(join(published(folder), "tables/compared.csv"), "utf8")
    .trim()
    .split("\r\n");
  assert.equal(header, "beta,x1,x2,beta=1,beta=2");
  const [first, second] = rows.map((row) => row.split(",").map(Number));
  assert.deepEqual([first[3], second[4]], [0, 0]);
  assert.ok(first[4] > 0 && first[4] === second[3]);
  assert.ok(
    Math.abs(Math.abs(first[1] - second[1]) - first[4]) < 1e-12 * first[4],
    "two points lie as far apart as they are",
  );
  const wrong = workplace(tiny.replace("figures: [grid, profile]", "figures: [summary]"));
  assert.match(
    cirque(wrong, "check", "tiny.yaml").stderr,
    /report\.from\.figures is "summary", whose output is a table/,
  );
});

test("one worker or two, another folder, another day: the same bytes", () => {
  const [one, two] = [workplace(), workplace()];
  assert.equal(cirque(one, "run", "tiny.yaml", "-j", "1", "-q").status, 0);
  assert.equal(cirque(two, "run", "tiny.yaml", "-j", "2", "-q").status, 0);
  assert.deepEqual(contents(published(one)), contents(published(two)));
});

test("a failed point is told, leaves a row with its error, and the rest goes on", () => {
  const folder = workplace(
    tiny
      .replace("matrix: { beta: [1, 2] }", "matrix: { beta: [1], products: [3, 400] }")
      .replace("with: { method: random }", 'with: { method: hessian, maxIterations: "${products}" }'),
  );
  const run = cirque(folder, "run", "tiny.yaml");
  assert.equal(run.status, 1);
  assert.match(run.stderr, /✗ directions@beta=1,products=3: 2 Hessian eigenvectors did not converge in 3 products/);
  assert.match(run.stderr, /1 failed: directions@beta=1,products=3\n/);
  const [header, ...rows] = readFileSync(join(published(folder), "tables/summary.csv"), "utf8")
    .trim()
    .split("\r\n");
  assert.ok(header.endsWith(",failure"));
  assert.match(rows[0], /^1,3,.*metrics: needs tree@beta=1,products=3/);
  assert.match(rows[1], /^1,400,.*,$/);
  assert.match(readFileSync(join(published(folder), "report.html"), "utf8"), /needs grid@beta=1,products=3/);
  assert.match(cirque(folder, "run", "tiny.yaml").stderr, /✗ directions@beta=1,products=3/, "tried again");
  assert.equal(cirque(folder, "run", "tiny.yaml", "--set", "products=400").status, 0);
});

test("a damaged object is a warning and is made again, byte for byte", () => {
  const folder = workplace();
  cirque(folder, "run", "tiny.yaml", "-q");
  const files = contents(join(folder, "results/.cache/objects"));
  const [victim] = Object.keys(files);
  const path = join(folder, "results/.cache/objects", victim);
  chmodSync(path, 0o644);
  truncateSync(path, 100);
  const again = cirque(folder, "run", "tiny.yaml");
  assert.equal(again.status, 0);
  assert.match(again.stderr, /warning .*: a stored object is cut short; the step runs again/);
  assert.deepEqual(contents(join(folder, "results/.cache/objects")), files);
});

test("a run that is killed goes on from its finished pieces", async () => {
  const folder = workplace(tiny.replace("steps: 5", "steps: 61").replace("[1, 2]", "[1]"));
  const victim = spawn(process.execPath, [cli, "run", "tiny.yaml", "-j", "1"], { cwd: folder, stdio: "ignore" });
  const records = join(folder, "results/.cache/records");
  const count = () =>
    (existsSync(records) ? (readdirSync(records, { recursive: true }) as string[]) : []).filter((name) =>
      name.endsWith(".json"),
    );
  // Model and directions are two records, 61² points are 15 pieces.
  while (count().length < 5 && victim.exitCode === null) await new Promise((wake) => setTimeout(wake, 5));
  assert.equal(victim.exitCode, null, "still at work");
  victim.kill("SIGKILL");
  await new Promise((done) => victim.once("exit", done));
  const kept = count();
  const written = new Map(kept.map((name) => [name, statSync(join(records, name)).mtimeMs]));
  const finished = cirque(folder, "run", "tiny.yaml");
  assert.equal(finished.status, 0, finished.stderr);
  for (const name of kept.filter((record) => existsSync(join(records, record)))) {
    assert.equal(statSync(join(records, name)).mtimeMs, written.get(name), `${name} was made once`);
  }
  const undisturbed = workplace(tiny.replace("steps: 5", "steps: 61").replace("[1, 2]", "[1]"));
  cirque(undisturbed, "run", "tiny.yaml", "-q");
  assert.deepEqual(contents(published(folder)), contents(published(undisturbed)));
});

test("two runs at once share the store and the work, and both succeed", async () => {
  const folder = workplace(tiny.replace("steps: 5", "steps: 61"));
  const finished = (run: ReturnType<typeof spawn>) => new Promise((done) => run.once("exit", done));
  const start = () => spawn(process.execPath, [cli, "run", "tiny.yaml", "-q"], { cwd: folder, stdio: "inherit" });
  assert.deepEqual(await Promise.all([finished(start()), finished(start())]), [0, 0]);
  const alone = workplace(tiny.replace("steps: 5", "steps: 61"));
  assert.equal(cirque(alone, "run", "tiny.yaml", "-q").status, 0);
  assert.deepEqual(contents(published(folder)), contents(published(alone)));
});

test("Ctrl+C stops a run cleanly in the middle of a step", async () => {
  const endless = "{ kind: adam, iterations: 100000000 }";
  const folder = workplace(tiny.replace("{ kind: lbfgs, maxIterations: 20 }", endless));
  const run = spawn(process.execPath, [cli, "run", "tiny.yaml"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  run.stderr.on("data", (text) => {
    stderr += text;
  });
  while (!stderr.includes("to run on")) await new Promise((wake) => setTimeout(wake, 10));
  await new Promise((wake) => setTimeout(wake, 1500));
  run.kill("SIGINT");
  const code = await new Promise((done) => run.once("exit", done));
  assert.equal(code, 130, stderr);
  assert.match(stderr, /interrupted; finished steps and pieces are kept; run again to continue\n$/);
  assert.equal(existsSync(published(folder)), false, "nothing half-made is published");
});

test("with --fail-fast nothing more is begun after a failure", () => {
  const folder = workplace(
    tiny.replace("with: { method: random }", "with: { method: hessian, maxIterations: 3 }").replace("[1, 2]", "[1]"),
  );
  const { status, stderr } = cirque(folder, "run", "tiny.yaml", "--fail-fast");
  assert.equal(status, 1);
  assert.match(stderr, /1 failed: directions@beta=1\n\d+ not run because of that: grid@beta=1, /);
});

test("a bad file or command line ends with code 2, a message on stderr, and nothing written", () => {
  const folder = workplace(tiny.replace("merge-tree", "merge-three"));
  for (const verb of ["check", "run", "status", "dag"]) {
    const { status, stdout, stderr } = cirque(folder, verb, "tiny.yaml");
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^tiny\.yaml:16:\d+ tree uses the unknown stage "merge-three"; did you mean "merge-tree"\?\n/);
  }
  for (const args of [["run"], ["rnu", "tiny.yaml"], ["run", "tiny.yaml", "-j", "0"], ["stages", "trian"]]) {
    assert.equal(cirque(folder, ...args).status, 2, args.join(" "));
  }
  assert.deepEqual(readdirSync(folder), ["tiny.yaml"]);
});

test("targets run alone, check counts, dag draws, stages document", () => {
  const folder = workplace();
  assert.equal(
    cirque(folder, "check", "tiny.yaml").stdout,
    "tiny.yaml: ok, 9 stages, 20 steps\n  grid: 2 × 25 points, 1 kB each\n  tree: 2 × 25 points, 1 kB each\n",
  );
  const run = cirque(folder, "run", "tiny.yaml", "model@beta=1", "-n");
  assert.equal(run.stdout, "missing  model@beta=1  train\n1 missing\n");
  assert.equal(existsSync(join(folder, "results")), false, "a dry run writes nothing");
  const dag = cirque(folder, "dag", "tiny.yaml").stdout;
  assert.match(dag, /^flowchart LR\n {2}s0\["model<br\/><i>train<\/i><br\/>2 × beta"\]/);
  assert.match(dag, /s0 -->\|model\| s1/);
  assert.match(cirque(folder, "stages").stdout, /merge-tree +The merge tree of a sampled loss/);
  assert.match(
    cirque(folder, "stages", "merge-tree").stdout,
    /connectivity \(axis \| freudenthal \| full \| gabriel \| given or object\)/,
  );
});

test("an unknown backend ends with code 2 and the nearest name, and nothing is written", () => {
  const folder = workplace();
  const option = cirque(folder, "run", "tiny.yaml", "--backend", "tensorflo");
  const variable = cirqueWith({ CIRQUE_BACKEND: "refrence" }, folder, "run", "tiny.yaml");
  assert.deepEqual([option.status, option.stdout, variable.status, variable.stdout], [2, "", 2, ""]);
  assert.match(option.stderr, /'--backend <name>'.* unknown backend "tensorflo"; did you mean "tensorflow"\?/);
  assert.match(variable.stderr, /from env 'CIRQUE_BACKEND'.* unknown backend "refrence"; did you mean "reference"\?/);
  assert.deepEqual(readdirSync(folder), ["tiny.yaml"]);
});

test("the chosen backends are in the records of the steps that computed on them, not in their keys", () => {
  const single = tiny.replace("[1, 2]", "[1]").replace("with: { steps", "with: { dtype: f32, steps");
  const folder = workplace(
    single.replace("      optimizer:", "      dtype: f32\n      optimizer:").replace("steps: 5", "steps: 61"),
  );
  const backendsOf = () =>
    Object.fromEntries(
      (readdirSync(join(folder, "results/.cache/records"), { recursive: true }) as string[])
        .filter((name) => name.endsWith(".json"))
        .map((name) => JSON.parse(readFileSync(join(folder, "results/.cache/records", name), "utf8")))
        .map(({ preimage, provenance }) => [preimage.stage, provenance.backends]),
    );
  const first = cirqueWith({ CIRQUE_BACKEND: "tensorflow" }, folder, "run", "tiny.yaml", "model", "-q");
  assert.equal(first.status, 0, first.stderr);
  assert.equal(first.stderr, "");
  assert.match(backendsOf().train.tensorflow, /^\d.* \(@tensorflow\//);
  // The option is stronger than the variable; the model is not made again; the grid is made in pieces.
  const second = cirqueWith(
    { CIRQUE_BACKEND: "tensorflow" },
    folder,
    "run",
    "tiny.yaml",
    "tree",
    "--backend",
    "onnxruntime",
  );
  assert.equal(second.status, 0, second.stderr);
  const backends = backendsOf();
  assert.deepEqual(Object.keys(backends.train), ["tensorflow"]);
  assert.deepEqual(Object.keys(backends["sample-grid"]), ["onnxruntime"]);
  assert.deepEqual(backends["merge-tree"], {});
});

test("f64 on a backend without it is an error that says what would do", () => {
  const folder = workplace();
  const { status, stderr } = cirque(folder, "run", "tiny.yaml", "model@beta=1", "--backend", "tensorflow");
  assert.equal(status, 1);
  // A GPU is used by one worker, however many are asked for.
  assert.match(cirque(folder, "run", "tiny.yaml", "-j", "2", "--backend", "webgpu").stderr, /20 to run on 1 worker/);
  assert.match(stderr, /✗ model@beta=1: backend tensorflow does not support f64, only f32: set dtype f32/);
});

test("landscapes of other tools, one a matrix point: a file that changes re-runs only its points", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-cli-"));
  const landscape = (name: string, losses: number[]) =>
    writeFileSync(join(folder, `${name}.npy`), npyFile([losses.length, 1], Float64Array.from(losses)));
  landscape("valley", [3, 1, 4, 5]);
  landscape("valleys", [3, 1, 4, 0, 5]);
  writeFileSync(
    join(folder, "tiny.yaml"),
    `name: tiny
matrix: { landscape: [valley, valleys] }
stages:
  grid: { uses: import-grid, with: { path: "\${landscape}.npy", range: [-1, 1] } }
  tree: { uses: merge-tree, from: { grid: grid } }
  barcode: { uses: barcode, from: { tree: tree } }
  profile: { uses: profile, from: { tree: tree } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  summary: { uses: gather, from: { table: metrics } }
publish: [tree, metrics]
`,
  );
  const first = cirque(folder, "run", "tiny.yaml", "-q");
  assert.equal(first.status, 0, first.stderr);
  const table = (name: string) => readFileSync(join(published(folder), `tables/${name}.csv`), "utf8").split("\r\n");
  assert.deepEqual(table("barcode@landscape=valleys").slice(1, 3), ["0,0,Infinity,3,-1,5", "0,1,4,1,2,2"]);
  assert.deepEqual(table("barcode@landscape=valley").slice(1), ["0,1,Infinity,1,-1,4", ""]);
  for (const name of ["tree", "profile", "metrics"]) assert.ok(table(`${name}@landscape=valley`).length > 2);
  assert.deepEqual(
    table("summary").map((line) => line.split(",")[0]),
    ["landscape", "valley", "valleys", ""],
  );

  landscape("valley", [3, 2, 4, 1]);
  const stale = cirque(folder, "status", "tiny.yaml")
    .stdout.split("\n")
    .filter((line) => line.startsWith("stale"));
  const rerun = ["grid", "tree", "barcode", "profile", "metrics"].map((name) => `${name}@landscape=valley`);
  assert.deepEqual(
    stale.map((line) => line.split(/\s+/)[1]),
    [...rerun, "summary"],
  );
  assert.equal(cirque(folder, "run", "tiny.yaml", "-q").status, 0);
  assert.deepEqual(table("barcode@landscape=valley").slice(1, 3), ["0,1,Infinity,3,-1,4", "0,2,4,1,2,2"]);
  landscape("valley", [3, 1, 4, 5]);
  assert.match(cirque(folder, "run", "tiny.yaml").stderr, /all cached/, "back to the first content");

  const missing = cirque(folder, "check", "tiny.yaml", "--set", "landscape=[valley, valeys]");
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /^tiny\.yaml:4:44 grid\.path is "valeys\.npy", but .* did you mean "valleys\.npy"\?/);
});
