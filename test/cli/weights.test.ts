import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** A workplace with a pipeline that samples `count` directions; runs the program in it. */
function workplace(stages = "") {
  const folder = mkdtempSync(join(tmpdir(), "cirque-weights-"));
  writeFileSync(
    join(folder, "p.yaml"),
    `name: p
params: { count: 2, steps: 41 }
stages:
  model: { uses: train, with: { architecture: { kind: mlp, widths: [2, 4, 1] },
    problem: { kind: pinn, equation: "u_t + u_x", initial: "sin(x)" }, optimizer: { kind: adam, iterations: 1 } } }
  directions: { uses: compute-directions, from: { model: model }, with: { method: random, count: "\${count}" } }
  grid: { uses: sample-grid, from: { model: model, directions: directions }, with: { steps: "\${steps}" } }
${stages}`,
  );
  return (...args: string[]) => {
    const [verb, ...rest] = args;
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, verb, "p.yaml", ...rest], {
      cwd: folder,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };
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
