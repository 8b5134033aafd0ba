import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cirque, pipeline, workplace } from "./workplace.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");

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

test("gc removes nothing that a run is about to publish", { timeout: 60_000 }, async (t) => {
  const folder = workplace();
  const manifest = join(folder, "results/p/manifest.json");
  rmSync(manifest);
  // A run reads the last manifest before it publishes, and here it waits for one.
  if (spawnSync("sh", ["-c", `mkfifo "${manifest}"`]).status !== 0) return t.skip("no named pipes here");
  const run = spawn(process.execPath, [cli, "run", "p.yaml", "--set", "power=7", "--force"], { cwd: folder });
  const ended = once(run, "exit");
  const pipe = await open(manifest, "w");
  // Neither the pipeline nor the recent runs need what the run has made.
  writeFileSync(
    join(folder, "p.yaml"),
    "stages: { grid: { uses: import-grid, with: { path: losses.csv, column: loss } } }\n",
  );
  cirque(folder, "work", "p.yaml");
  const store = join(folder, "results/.cache");
  for (const part of ["records", "objects"]) {
    for (const path of readdirSync(join(store, part), { recursive: true }) as string[])
      utimesSync(join(store, part, path), 1e9, 1e9);
  }
  assert.match(cirque(folder, "gc", "--keep-runs", "1", "--yes").stdout, /removed\n$/);
  rmSync(manifest, { force: true });
  await pipe.close();
  assert.deepEqual(await ended, [0, null]);
  assert.ok(existsSync(join(folder, "results/p/tables/summary.csv")));
  assert.match(cirque(folder, "verify").stdout, /: all intact\n$/);
});
