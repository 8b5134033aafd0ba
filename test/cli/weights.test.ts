import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { npyBytes } from "../files/weightFiles.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** A workplace with a pipeline that samples `count` directions; runs the program in it. */
function workplace(stages = "") {
  const folder = mkdtempSync(join(tmpdir(), "cirque-weights-"));
  writeFileSync(
    join(folder, "p.yaml"),
    `name: p
${stages.includes("params:") ? "" : "params: { count: 2, steps: 41 }"}
stages:
  model: { uses: train, with: { architecture: { kind: mlp, widths: [2, 4, 1] },
    problem: { kind: pinn, equation: "u_t + u_x", initial: "sin(x)" }, optimizer: { kind: adam, iterations: 1 } } }
  directions: { uses: compute-directions, from: { model: model }, with: { method: random, count: "\${count}" } }
  grid: { uses: sample-grid, from: { model: model, directions: directions }, with: { steps: "\${steps}" } }
${stages}`,
  );
  const cirque = (...args: string[]) => {
    const [verb, ...rest] = args;
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, verb, "p.yaml", ...rest], {
      cwd: folder,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };
  return Object.assign(cirque, { folder });
}

test("check tells points and bytes, and warns of many; what no column can hold is refused at its place", () => {
  const cirque = workplace();
  const small = cirque("check");
  assert.equal(small.stdout, "p.yaml: ok, 3 stages, 3 steps\n  grid: 1,681 points, 41 kB\n");
  assert.equal(small.stderr, "");
  const large = cirque("check", "--set", "count=5");
  assert.equal(large.status, 0);
  assert.match(large.stderr, /^warning large: grid: 115,856,201 points, 5\.6 GB/);
  for (const settings of [["count=8"], ["steps=100000"]]) {
    const { status, stderr } = cirque("check", ...settings.flatMap((setting) => ["--set", setting]));
    assert.equal(status, 2);
    assert.match(stderr, /^p\.yaml:7:93 grid: [\d,]+ points are too many; expected at most 2,147,483,647\n/);
  }
});

test("scattered points, refined grids and paths are weighed as grids are; an amount for each point of a matrix", () => {
  const cirque =
    workplace(`  scattered: { uses: sample-points, from: { model: model, directions: directions }, with: { count: 20000000 } }
  finer: { uses: refine, from: { model: model, directions: directions, grid: grid }, with: { points: 319 } }
  seeds: { uses: train, with: { architecture: { kind: mlp, widths: [2, 4, 1] }, seed: "\${seed}",
    problem: { kind: pinn, equation: "u_t + u_x", initial: "sin(x)" } } }
  paths: { uses: connect-minima, from: { minima: [seeds] }, with: { maxPoints: 98 } }
matrix: { seed: [0, 1, 2, 3, 4] }
`);
  const { stdout, stderr } = cirque("check");
  assert.match(stdout, / {2}scattered: 20,000,001 points, 480\.0 MB\n/);
  assert.match(stdout, / {2}finer: 2,000 points, 48 kB\n/);
  assert.match(stdout, / {2}paths: 1,000 points, 48 kB\n/);
  assert.equal(stderr, "warning large: scattered: 20,000,001 points, 480.0 MB\n");
});

test("time is told once the model was sampled before; by a dry run, too, and only for what would run", () => {
  const cirque = workplace();
  assert.doesNotMatch(cirque("run", "-n").stdout, /worker/);
  assert.equal(cirque("run", "-q").status, 0);
  const dry = cirque("run", "-n", "--set", "count=3").stdout;
  assert.match(dry, /\n {2}grid: 68,921 points, 2\.2 MB, about [\d.]+ (s|min .*) of one worker\n$/);
  assert.match(cirque("check", "--set", "count=5").stderr, /points, 5\.6 GB, about \d+ (h|min) .* of one worker\n$/);
  assert.doesNotMatch(cirque("run", "-n").stdout, /points/);
});

test("maps, trees, spectra, solutions and imported grids are weighed; what memory cannot hold is refused", () => {
  const cirque = workplace(`  tree: { uses: merge-tree, from: { grid: grid } }
  spectrum: { uses: hessian, from: { model: model }, with: { top: 2, bottom: 0, density: false, trace: { maxProducts: 50 } } }
  solution: { uses: predict, from: { model: model } }
  scattered: { uses: sample-points, from: { model: model, directions: directions }, with: { count: "\${points}", center: false } }
  map: { uses: embed, from: { points: scattered }, with: { method: mds } }
  imported: { uses: import-grid, with: { path: g.npy } }
  bars: { uses: barcode, from: { grid: imported }, with: { dimensions: ["\${dimension}"] } }
params: { count: 2, steps: 41, points: 300, dimension: 1 }
`);
  writeFileSync(join(cirque.folder, "g.npy"), npyBytes({ shape: [3, 4], values: new Float64Array(12) }));
  const { stdout } = cirque("check");
  for (const line of [
    "tree: 1,681 points, 21 kB",
    "spectrum: up to 1,050 products",
    "solution: 25,600 points, 615 kB",
    "map: 300 points, 12 kB",
    "imported: 12 points, 1 kB",
  ]) {
    assert.ok(stdout.includes(`\n  ${line}\n`), `${line} in\n${stdout}`);
  }
  assert.match(cirque("check", "--set", "points=9000").stdout, /map: 9,000 points, 360 kB, 1\.3 GB of memory\n/);
  assert.match(
    cirque("check", "--set", "points=50000").stderr,
    /map: 50,000 points have too many distances; expected at most 46,340 points/,
  );
  assert.match(
    cirque("check", "--set", "dimension=2").stderr,
    /dimensions names 2; imported has 2 axes and bars of dimension 0 to 1/,
  );
  assert.equal(cirque("run", "-q").status, 0);
  const dry = cirque("run", "-n", "--set", "points=600").stdout;
  assert.match(dry, /map: 600 points, 24 kB, about [\d.]+ m?s of one worker/);
});
